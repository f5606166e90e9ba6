# SPDX-License-Identifier: GPL-2.0
"""Reassemble one direction of a TCP connection, in whatever order it came."""

HALF = 1 << 31
WHOLE = 1 << 32


class Pieces:
    """Bytes at positions: sorted, disjoint [start, bytearray] runs."""

    def __init__(self):
        self.runs = []

    def add(self, start, data):
        """Add DATA at START where nothing is yet; join runs that now touch."""
        last = self.runs[-1] if self.runs else None
        if last and last[0] + len(last[1]) == start:
            last[1] += data         # the common case: the next in order
            return
        for begin, part in self.missing(start, data):
            self.runs.append([begin, bytearray(part)])
        self.runs.sort(key=lambda run: run[0])
        joined = []
        for run in self.runs:
            if joined and joined[-1][0] + len(joined[-1][1]) == run[0]:
                joined[-1][1] += run[1]
            else:
                joined.append(run)
        self.runs = joined

    def missing(self, start, data):
        """The parts (start, bytes) of DATA at START that are not here yet."""
        end, at = start + len(data), start
        if self.runs and self.runs[-1][0] + len(self.runs[-1][1]) <= start:
            yield start, data
            return
        for begin, run in self.runs:
            stop = begin + len(run)
            if stop <= at or begin >= end:
                continue
            if begin > at:
                yield at, data[at - start:begin - start]
            at = max(at, stop)
        if at < end:
            yield at, data[at - start:]

    def contradicts(self, start, data):
        """Whether a byte of DATA differs from what is here at its position."""
        end = start + len(data)
        for begin, run in self.runs:
            low, high = max(start, begin), min(end, begin + len(run))
            if low < high and run[low - begin:high - begin] != \
                    data[low - start:high - start]:
                return True
        return False


class Stream:
    """What went one way on one connection.

    Positions count from the first sequence number seen and do not wrap. Two
    sets of pieces are kept: all that was ever seen, to know retransmissions
    by, and what is new since the last forget().
    """

    def __init__(self, sequence):
        self.sequence = sequence        # of position 0
        self.newest = 0                 # highest position seen, to unwrap by
        self.seen = Pieces()
        self.new = Pieces()
        self.odd = bytearray()          # segments that contradict what was seen

    def position(self, sequence):
        """Where SEQUENCE is, taking the one nearest to the newest byte."""
        ahead = (sequence - self.sequence - self.newest) % WHOLE
        return self.newest + (ahead if ahead < HALF else ahead - WHOLE)

    def add(self, sequence, data):
        """Take the segment DATA whose first byte has number SEQUENCE."""
        start = self.position(sequence)
        if self.seen.contradicts(start, data):
            self.odd += data
        for begin, part in list(self.seen.missing(start, data)):
            self.seen.add(begin, part)
            self.new.add(begin, part)
        self.newest = max(self.newest, start + len(data))

    def forget(self):
        """Leave only what comes from now on to be looked at."""
        self.new = Pieces()
        self.odd = bytearray()

    def texts(self):
        """All byte strings to look for something in: (name, bytes) pairs.

        What has a name only ever grows at its end.
        """
        for begin, run in self.new.runs:
            yield begin, run
        yield "odd", self.odd
