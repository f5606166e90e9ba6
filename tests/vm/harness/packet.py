# SPDX-License-Identifier: GPL-2.0
"""Take frames apart: Ethernet, IPv4, IPv6 and their fragments."""

import struct
from dataclasses import dataclass

VLAN = {0x8100, 0x88a8}
IPV4, IPV6 = 0x0800, 0x86dd
# Extension headers that chain on: hop-by-hop, routing, destination, mobility.
CHAINED = {0, 43, 60, 135}
FRAGMENT = 44


@dataclass
class Packet:
    """One IP packet or fragment. BODY is what follows the IP headers."""

    source: bytes
    target: bytes
    protocol: int
    body: bytes
    ident: int = 0          # of the fragments of one datagram
    offset: int = 0         # of BODY in the whole datagram
    more: bool = False      # fragments follow

    @property
    def fragment(self):
        """Whether this is a part only."""
        return self.more or self.offset > 0


def ethernet(frame):
    """The source address, ethertype and contents of a frame, or None."""
    at = 12
    while len(frame) >= at + 2:
        kind = struct.unpack_from("!H", frame, at)[0]
        at += 2
        if kind not in VLAN:
            return frame[6:12], kind, frame[at:]
        at += 2
    return None


def ip(contents):
    """The Packet in CONTENTS, whatever its ethertype said; None if it is none."""
    if len(contents) >= 20 and contents[0] >> 4 == 4:
        return ipv4(contents)
    if len(contents) >= 40 and contents[0] >> 4 == 6:
        return ipv6(contents)
    return None


def ipv4(contents):
    """The Packet in an IPv4 packet. A length that cannot be is not believed."""
    header = max((contents[0] & 15) * 4, 20)
    total, ident, flags = struct.unpack_from("!HHH", contents, 2)
    if total < header or total > len(contents):
        total = len(contents)
    return Packet(contents[12:16],
                  contents[16:20],
                  contents[9], contents[header:total],
                  ident, (flags & 0x1fff) * 8, bool(flags & 0x2000))


def ipv6(contents):
    """The Packet in an IPv6 packet, behind its extension headers."""
    length = struct.unpack_from("!H", contents, 4)[0]
    end = 40 + length if 40 + length <= len(contents) and length else len(contents)
    packet = Packet(contents[8:24],
                    contents[24:40], contents[6], b"")
    at = 40
    while end - at >= 8:
        if packet.protocol in CHAINED:
            size = (contents[at + 1] + 1) * 8
        elif packet.protocol == FRAGMENT:
            where, packet.ident = struct.unpack_from("!HI", contents, at + 2)
            packet.offset, packet.more = where & 0xfff8, bool(where & 1)
            size = 8
        else:
            break
        packet.protocol = contents[at]
        at += size
        if packet.offset:
            break           # what follows is the middle of something
    packet.body = contents[at:end]
    return packet


class Defragmenter:
    """Whole datagrams from packets. Parts that never complete are kept apart."""

    def __init__(self):
        self.parts = {}

    def add(self, packet):
        """PACKET itself, or the datagram it completes, or None for now."""
        if not packet.fragment:
            return packet
        key = (packet.source, packet.target, packet.protocol, packet.ident)
        parts = self.parts.setdefault(key, {})
        parts.setdefault(packet.offset, packet)
        body = b""
        for offset in sorted(parts):
            if offset > len(body):
                return None
            body += parts[offset].body[len(body) - offset:]
            if not parts[offset].more:
                del self.parts[key]
                return Packet(packet.source, packet.target, packet.protocol, body)
        return None
