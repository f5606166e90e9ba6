#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The far end of attack/tls.c: keeps in $FAR what its records say, and answers.

usage: untls.py; runs on a host of the world, until that ends.
"""

import ctypes
import ctypes.util
import itertools
import os
import socket
import struct
import threading

PORT = 9443
KEY, SALT = b"0123456789abcde\0", b"abc\0"
CRYPTO = ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so.3")
for name in ("EVP_CIPHER_CTX_new", "EVP_aes_128_ctr"):
    getattr(CRYPTO, name).restype = ctypes.c_void_p


def decrypted(nonce, text):
    """What GCM made of TEXT: counter mode from 2 on. Nobody checks the tag here."""
    out, size = ctypes.create_string_buffer(len(text)), ctypes.c_int()
    context = ctypes.c_void_p(CRYPTO.EVP_CIPHER_CTX_new())
    CRYPTO.EVP_DecryptInit_ex(context, ctypes.c_void_p(CRYPTO.EVP_aes_128_ctr()), None, KEY,
                              SALT + nonce + struct.pack(">I", 2))
    CRYPTO.EVP_DecryptUpdate(context, out, ctypes.byref(size), text, len(text))
    CRYPTO.EVP_CIPHER_CTX_free(context)
    return out.raw[:size.value]


def take(connection, path):
    """The records of one connection; an answer to each. The world waits for open files."""
    with connection, connection.makefile("rwb") as stream:
        while len(head := stream.read(5)) == 5:
            record = stream.read(struct.unpack(">H", head[3:])[0])
            with open(path, "ab", 0) as kept:
                kept.write(decrypted(record[:8], record[8:-16]))
            stream.write(b"k")
            stream.flush()


def main():
    """Take connections. Of those that are denied the end may never come."""
    server = socket.create_server(("", PORT))
    for number in itertools.count():
        connection, _ = server.accept()
        path = os.path.join(os.environ["FAR"], f"tls-{number}")
        threading.Thread(target=take, args=(connection, path), daemon=True).start()


if __name__ == "__main__":
    main()
