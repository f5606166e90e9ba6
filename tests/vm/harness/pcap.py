# SPDX-License-Identifier: GPL-2.0
"""Read a capture file while tcpdump is still writing it."""

import struct

FILE_HEADER = 24
RECORD = struct.Struct("<IIII")
MAGIC = b"\xd4\xc3\xb2\xa1"


class Follower:
    """Frames of the capture at PATH, each given out once."""

    def __init__(self, path):
        self.path = path
        self.file = None
        self.begun = False
        self.pending = b""

    def frames(self):
        """All whole frames written since the last call, oldest first."""
        if not self.file:
            try:
                self.file = open(self.path, "rb")
            except FileNotFoundError:
                return []
        self.pending += self.file.read()
        at, whole = 0, []
        if not self.begun:
            if len(self.pending) < FILE_HEADER:
                return []
            if self.pending[:4] != MAGIC:
                raise ValueError(f"{self.path} is not a little-endian pcap file")
            at, self.begun = FILE_HEADER, True
        while len(self.pending) - at >= RECORD.size:
            _, _, length, _ = RECORD.unpack_from(self.pending, at)
            start = at + RECORD.size
            if len(self.pending) - start < length:
                break
            whole.append(self.pending[start:start + length])
            at = start + length
        self.pending = self.pending[at:]
        return whole
