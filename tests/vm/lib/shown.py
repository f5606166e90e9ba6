# SPDX-License-Identifier: GPL-2.0
"""What /proc shows of a process' descriptors and timers: ways of told.py."""

import contextlib
import os
import re
import signal
import struct

from given import SIZE, TOKENS, Ring, call, given, pieces, tokens


def shown(give, places, find, early, prepare=None):
    """What FIND makes of each of PLACES of a child that has run GIVE with the data, and
    before that PREPARE; EARLY: we have opened them before, and read them after."""
    ready, go = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        made = [prepare()] if prepare else []
        os.write(ready[1], b"x")
        os.read(go[0], 1)
        give(tokens(), *made)
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    os.read(ready[0], 1)

    def opened():
        return [open(f"/proc/{child}/{place}", encoding="ascii") for place in places]
    try:
        files = opened() if early else None
        os.write(go[1], b"x")
        os.waitpid(child, os.WUNTRACED)
        return b"".join(find(file.read()) for file in files or opened())
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def shown_counter():
    """A counter (eventfd), also of one's own"""
    counters = [call("eventfd2", 0, 0x800) for _ in range(TOKENS)]

    def put(text):
        for counter, piece in zip(counters, pieces(text, 8)):
            os.write(counter, piece)
    given(put)
    text = b""
    for counter in counters:
        with open(f"/proc/self/fdinfo/{counter}", encoding="ascii") as file:
            value = re.search("eventfd-count: *([0-9a-f]+)", file.read()).group(1)
        text += struct.pack("<Q", int(value, 16))
    return text


def shown_events(early):
    """The data of an epoll"""
    events = call("epoll_create1", 0)
    counters = [call("eventfd2", 0, 0) for _ in range(TOKENS)]

    def put(text):
        for counter, piece in zip(counters, pieces(text, 8)):
            call("epoll_ctl", events, 1, counter, struct.pack("<I", 1) + piece)

    def find(text):
        found = {int(number): struct.pack("<Q", int(data, 16)) for number, data in
                 re.findall(r"tfd: +(\d+) .*data: +([0-9a-f]+)", text)}
        return b"".join(found[counter] for counter in counters)
    return shown(put, [f"fdinfo/{events}"], find, early)


def shown_timers(early):
    """The values of timers"""
    def put(text):
        for piece in pieces(text, 8):
            call("timer_create", 1, piece + struct.pack("ii", 10, 1) + bytes(48), bytes(8))

    def find(text):
        return b"".join(struct.pack("<Q", int(value, 16))
                        for value in re.findall("signal: 10/([0-9a-f]+)", text))
    return shown(put, ["timers"], find, early)


def shown_clocks(early):
    """The intervals of a timerfd's"""
    clocks = [call("timerfd_create", 1, 0) for _ in range(SIZE // 4)]

    def put(text):
        for clock, piece in zip(clocks, pieces(text, 4)):
            interval = struct.unpack("<I", piece)[0] + 1
            call("timerfd_settime", clock, 0, struct.pack("qqqq", interval, 0, 1 << 30, 0), None)

    def find(text):
        interval = int(re.search(r"it_interval: \((\d+), 0\)", text).group(1))
        return struct.pack("<I", interval - 1 & 0xffffffff)
    return shown(put, [f"fdinfo/{clock}" for clock in clocks], find, early)


def shown_signals(early):
    """Which signals a signalfd waits for"""
    waiting = [call("signalfd4", -1, bytes(8), 8, 0) for _ in range(SIZE // 4)]

    def put(text):
        for descriptor, piece in zip(waiting, pieces(text, 4)):
            # Two of the lower half can't be waited for.
            call("signalfd4", descriptor, bytes(4) + piece, 8, 0)

    def find(text):
        return bytes.fromhex(re.search("sigmask:\t([0-9a-f]{8})", text).group(1))[::-1]
    return shown(put, [f"fdinfo/{descriptor}" for descriptor in waiting], find, early)


def shown_ring(early):
    """What is in a ring, of which nobody else has the memory"""
    number = os.open("/dev/null", os.O_RDONLY)

    def prepare():
        ring = Ring()
        os.dup2(ring.descriptor, number)
        return ring

    def put(text, ring):
        for piece in pieces(text, 8):
            ring.add(0, -1, 0, struct.unpack("<Q", piece)[0])

    def find(text):
        return b"".join(struct.pack("<Q", int(value))
                        for value in re.findall(r"user_data:(\d+)\n", text)[:TOKENS])
    return shown(put, [f"fdinfo/{number}"], find, early, prepare)


SHOWN = {"shown-counter": shown_counter}
for name, way in (("events", shown_events), ("timers", shown_timers), ("clocks", shown_clocks),
                  ("signals", shown_signals), ("ring", shown_ring)):
    SHOWN[f"shown-{name}"] = lambda way=way: way(False)
    SHOWN[f"shown-{name}-early"] = lambda way=way: way(True)
