#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Fill a map of Ringfence with entries that mean nothing, or take them out.

usage: fill.py fill|empty NAME

Root only. Prints how many entries it put there or took out.
"""

import ctypes
import os
import struct
import sys

BPF = 321
LOOKUP, DELETE, OBJ_GET, INFO, UPDATE_BATCH = 1, 3, 7, 15, 26
PART = 4096
LIBC = ctypes.CDLL(None, use_errno=True)


def bpf(command, attr):
    """The system call; 0 or a descriptor, or minus the errno."""
    attr = attr + bytes(128 - len(attr))
    buffer = ctypes.create_string_buffer(attr, 128)
    result = LIBC.syscall(BPF, command, buffer, 128)
    return result if result >= 0 else -ctypes.get_errno()


def open_map(name):
    """Descriptor, size of a key, size of a value, capacity."""
    path = ctypes.create_string_buffer(f"/sys/fs/bpf/ringfence/maps/{name}".encode())
    map_fd = bpf(OBJ_GET, struct.pack("QII", ctypes.addressof(path), 0, 0))
    if map_fd < 0:
        sys.exit(f"{name}: {os.strerror(-map_fd)}")
    info = ctypes.create_string_buffer(256)
    bpf(INFO, struct.pack("IIQ", map_fd, 256, ctypes.addressof(info)))
    _, _, key, value, entries = struct.unpack_from("IIIII", info)
    return map_fd, key, value, entries


def fill(name):
    """Put entries there until there is no room."""
    map_fd, key, value, entries = open_map(name)
    values = ctypes.create_string_buffer(value * PART)
    put = 0
    for first in range(0, entries, PART):
        keys = ctypes.create_string_buffer(b"".join(
            own_key(number, key) for number in range(first, first + PART)), key * PART)
        attr = struct.pack("QQQQIIQQ", 0, 0, ctypes.addressof(keys),
                           ctypes.addressof(values), PART, map_fd, 0, 0)
        buffer = ctypes.create_string_buffer(attr, 128)
        result = LIBC.syscall(BPF, UPDATE_BATCH, buffer, 128)
        put += struct.unpack_from("I", buffer, 32)[0]
        if result < 0:
            return put
    return put


def empty(name):
    """Take out what fill() put there."""
    map_fd, key, _, entries = open_map(name)
    taken = 0
    for number in range(entries + PART):
        one = ctypes.create_string_buffer(own_key(number, key), key)
        if bpf(DELETE, struct.pack("IIQ", map_fd, 0, ctypes.addressof(one))) < 0:
            return taken
        taken += 1
    return taken


def own_key(number, size):
    """A key that nothing on the host has."""
    return (struct.pack("<I", number) + b"\xfe" * 28)[:size]


def main():
    """As the usage says."""
    if len(sys.argv) != 3 or sys.argv[1] not in ("fill", "empty"):
        sys.exit(__doc__)
    print((fill if sys.argv[1] == "fill" else empty)(sys.argv[2]))


if __name__ == "__main__":
    main()
