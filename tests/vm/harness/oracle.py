# SPDX-License-Identifier: GPL-2.0
"""What reached one host: judged by the frames on its link and by its servers."""

import os
import struct

from packet import IPV4, IPV6, Defragmenter, ethernet, ip
from stream import Stream

ICMP, TCP, UDP, DCCP, ICMP6, SCTP, UDPLITE = 1, 6, 17, 33, 58, 132, 136
MARKER = 0x88b5         # an ethertype for local experiments: no host takes it
SYN = 0x02
BORDER = b"\xff\0\xff"


class Found:
    """Numbers of the tokens of one file found so far; looks at each text once.

    A text has a key and only grows, so that only its end is new.
    """

    def __init__(self, seeker):
        self.seeker = seeker
        self.numbers = set()
        self.looked = {}

    def look(self, key, text, deep=True):
        """Look for tokens in what is new in TEXT, known by KEY."""
        before = self.looked.get(key, 0)
        if len(text) <= before:
            return
        self.looked[key] = len(text)
        self.numbers |= self.seeker.direct(text, max(0, before - 64))
        if deep:
            self.numbers |= self.seeker.deep(text)


class Record:
    """All that went over one link toward one host.

    TOWARD tells by a frame's source address whether it goes to the host, OWNS
    by the bytes of an IP address whether it is the host's, and OUR whether it
    is the router's, whose own packets nobody in the VM has sent. SEEKERS maps
    a file's name to the Seeker of its tokens, KEPT lists the files of servers.
    """

    def __init__(self, toward, owns, our, seekers, kept=lambda: ()):
        self.toward, self.owns, self.our, self.kept = toward, owns, our, kept
        self.seekers = seekers
        self.streams = {}
        self.finished = []
        self.markers = set()
        self.skip = {}
        self.forget()

    def forget(self):
        """Begin anew: what was seen until now does not count any more."""
        self.sent = 0
        self.raw = bytearray()
        self.flows = {}
        self.defragmenter = Defragmenter()
        self.finished = []
        for stream in self.streams.values():
            stream.forget()
        self.skip = dict(self.kept_states())
        self.found = {name: Found(seeker) for name, seeker in self.seekers.items()}

    def kept_states(self):
        """Path of each file of the servers, and what tells whether it has changed."""
        for path in self.kept():
            try:
                state = os.stat(path)
            except FileNotFoundError:
                continue
            yield path, (state.st_ino, state.st_size, state.st_mtime_ns)

    def feed(self, frame):
        """Take one FRAME of the link, in the order of the capture."""
        parts = ethernet(frame)
        if not parts or not self.toward(parts[0]):
            return
        _, kind, contents = parts
        if kind == MARKER:
            self.markers.add(bytes(contents[:16]))
            return
        packet = ip(contents) if kind in (IPV4, IPV6) else None
        if not packet:
            self.raw += BORDER + frame
            return
        if self.owns(packet.target) and not self.our(packet.source):
            self.sent += 1
        self.feed_raw(contents, packet)
        whole = self.defragmenter.add(packet)
        if whole and whole.protocol == TCP and len(whole.body) >= 20:
            self.feed_tcp(whole)
        elif whole:
            self.feed_flow(whole)

    def feed_raw(self, contents, packet):
        """Keep the bytes that no stream will show: all but a TCP payload."""
        if packet.protocol == TCP and not packet.fragment and len(packet.body) >= 20:
            contents = contents[:len(contents) - len(packet.body)] + \
                packet.body[:tcp_header(packet.body)]
        self.raw += BORDER + contents

    def feed_tcp(self, packet):
        """Add a segment to its stream; a SYN of another number starts a new one."""
        ports, sequence = packet.body[:4], struct.unpack_from("!I", packet.body, 4)[0]
        data = packet.body[tcp_header(packet.body):]
        key = (packet.source, packet.target, ports)
        stream = self.streams.get(key)
        if packet.body[13] & SYN:
            sequence = (sequence + 1) & 0xffffffff
            if stream and stream.sequence != sequence:
                self.finished.append(stream)
                stream = None
        if not stream:
            stream = self.streams[key] = Stream(sequence)
        stream.add(sequence, data)

    def feed_flow(self, packet):
        """Join what datagrams of one flow carry, for tokens cut in pieces."""
        ports = packet.body[:4] if packet.protocol in (UDP, UDPLITE, SCTP, DCCP) else b""
        key = (packet.source, packet.target, packet.protocol, ports)
        self.flows.setdefault(key, bytearray()).extend(payload(packet))

    def count(self, name):
        """How many tokens of the file NAME reached the host."""
        found = self.found[name]
        found.look("raw", self.raw, deep=False)
        for key, flow in self.flows.items():
            found.look(key, flow)
        for stream in (*self.streams.values(), *self.finished):
            for part, text in stream.texts():
                found.look((id(stream), part), text)
        for path, state in self.kept_states():
            if state != self.skip.get(path):
                with open(path, "rb") as file:
                    file.seek(self.added_from(path, state))
                    found.look((path, state), file.read())
        return len(found.numbers)


    def added_from(self, path, state):
        """Where in the file PATH, now in STATE, that begins which has not been looked
        at: its start if it may have been written anew."""
        inode, size, _ = self.skip.get(path, (None, 0, 0))
        return size if inode == state[0] and size < state[1] else 0


def tcp_header(body):
    """Length of the TCP header at BODY, options included."""
    return max(20, (body[12] >> 4) * 4)


def payload(packet):
    """What a datagram carries for its user."""
    body = packet.body
    if packet.protocol in (UDP, UDPLITE, ICMP, ICMP6):
        return body[8:]
    if packet.protocol == DCCP and len(body) > 8:
        return body[max(12, body[4] * 4):]
    if packet.protocol == SCTP:
        return b"".join(sctp_data(body))
    return body


def sctp_data(body):
    """User data of the DATA chunks of an SCTP packet."""
    at = 12
    while len(body) - at >= 4:
        kind, _, size = struct.unpack_from("!BBH", body, at)
        if kind == 0:
            yield body[at + 16:at + size]
        at += max(4, (size + 3) & ~3)
