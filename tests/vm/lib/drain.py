#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A peer that does not read: port 9100 takes connections and leaves what they
bring in the kernel's buffers until somebody connects to port 9101.

usage: drain.py; runs on a host of the world, and ends when both are closed.
"""

import socket
import threading

SMALL = 4096


def listen(family, port, backlog=8):
    """A listening socket whose connections have small buffers."""
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    sock.bind(("", port))
    sock.listen(backlog)
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


def main():
    """Serve one attack after another."""
    full, wake = listen(socket.AF_INET, 9100), listen(socket.AF_INET, 9101)
    while True:
        held, _ = full.accept()
        waker, _ = wake.accept()
        waker.sendall(b"ok\n")
        waker.close()
        threading.Thread(target=read_all, args=(held,), daemon=True).start()


if __name__ == "__main__":
    main()
