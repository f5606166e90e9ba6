#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Make another build of ringfenced whose BPF programs do the same.

usage: another_build.py RINGFENCED OUT

The loops that walk up to 4096 steps walk 4097, and two instructions of the
egress program that do not depend on each other change places. So the kernel
gives the programs other tags, as it would after an upgrade.
"""

import struct
import sys

LOOP = b"\xb4\x01\x00\x00\x00\x10\x00\x00"      # w1 = 4096
LONGER = b"\xb4\x01\x00\x00\x01\x10\x00\x00"
MOVE = (0xb4, 0xb7)                             # a number into a register
WIDE, CALL, EXIT = 0x18, 0x85, 0x95
EM_BPF = 247


def section(data, wanted):
    """Offset and size of a section of the BPF object inside DATA."""
    at = data.index(b"\x7fELF\x02\x01\x01", 4)
    while struct.unpack_from("<H", data, at + 18)[0] != EM_BPF:
        at = data.index(b"\x7fELF\x02\x01\x01", at + 4)
    table, = struct.unpack_from("<Q", data, at + 40)
    count, names = struct.unpack_from("<HH", data, at + 60)
    heads = [struct.unpack_from("<IIQQQQ", data, at + table + 64 * i) for i in range(count)]
    for head in heads:
        start = at + heads[names][4] + head[0]
        if data[start:data.index(b"\0", start)] == wanted:
            return at + head[4], head[5]
    raise SystemExit(f"no section {wanted}")


def swap(code):
    """CODE with one pair of neighbours swapped that nothing jumps between."""
    steps = [struct.unpack_from("<BBhi", code, 8 * i) for i in range(len(code) // 8)]
    targets = {i + 1 + step[2] for i, step in enumerate(steps)
               if step[0] & 7 in (5, 6) and step[0] not in (CALL, EXIT)}
    for i in range(1, len(steps) - 1):
        one, two = steps[i], steps[i + 1]
        if (one[0] in MOVE and two[0] in MOVE and one[1] & 15 != two[1] & 15 and
                i + 1 not in targets and steps[i - 1][0] != WIDE):
            return code[:8 * i] + code[8 * i + 8:8 * i + 16] + code[8 * i:8 * i + 8] + \
                code[8 * i + 16:]
    raise SystemExit("no pair to swap")


def main():
    """Write OUT."""
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    if LOOP not in data:
        raise SystemExit("no loop to change")
    data = data.replace(LOOP, LONGER)
    start, size = section(data, b"cgroup_skb/egress")
    data = data[:start] + swap(data[start:start + size]) + data[start + size:]
    with open(sys.argv[2], "wb") as file:
        file.write(data)


main()
