#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A peer that does not read: port 9100 takes connections and leaves what they
bring in the kernel's buffers until somebody connects to port 9101.

usage: drain.py; runs on a host of the world, until that ends.
"""

import socket
import threading

SMALL = 4096


def listen(port):
    """A listening socket whose connections have small buffers."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    sock.bind(("", port))
    sock.listen(8)
    return sock


def read_all(sock):
    """Read until there is no more; 5 s without anything is the end as well."""
    sock.settimeout(5)
    try:
        while sock.recv(1 << 16):
            pass
    except OSError:
        pass
    sock.close()


def hold(full, held):
    """Take connections and keep them, unread."""
    while True:
        held.append(full.accept()[0])


def main():
    """Read what is held whenever somebody wakes us."""
    held = []
    full, wake = listen(9100), listen(9101)
    threading.Thread(target=hold, args=(full, held), daemon=True).start()
    while True:
        waker, _ = wake.accept()
        while held:
            threading.Thread(target=read_all, args=(held.pop(),), daemon=True).start()
        waker.sendall(b"ok\n")
        waker.close()


if __name__ == "__main__":
    main()
