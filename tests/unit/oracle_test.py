#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Unit tests of the oracle: frames in, counts out."""

import base64
import gzip
import os
import struct
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "vm", "harness"))

# pylint: disable=wrong-import-position,missing-function-docstring
from oracle import Record
from packet import Defragmenter, ip
from pcap import Follower
from places import PLACES, bound, country_of
from stream import Stream
from tokens import COUNT, Seeker, fresh

ROUTER, HOST = b"\2\0\0\0\0\1", b"\2\0\0\0\0\2"
VM4, HOST4 = bytes([192, 168, 77, 2]), bytes([18, 7, 22, 69])
VM6, HOST6 = b"\xfd\x77" + bytes(13) + b"\2", b"\x26\x07" + bytes(13) + b"\1"


def frame(contents, kind=0x0800, source=ROUTER, target=HOST):
    return target + source + struct.pack("!H", kind) + contents


def ip4(protocol, body, ident=1, offset=0, more=False, options=b""):
    flags = offset // 8 | (0x2000 if more else 0)
    return struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, 0,
                       20 + len(options) + len(body), ident, flags, 64,
                       protocol, 0) + VM4 + HOST4 + options + body


def ip6(header, body):
    return struct.pack("!IHBB", 6 << 28, len(body), header, 64) + VM6 + HOST6 + body


def tcp(sequence, data, flags=0x10, port=1000):
    return struct.pack("!HHIIBBHHH", port, 80, sequence, 0, 0x50, flags,
                       1000, 0, 0) + data


def udp(data, port=1000):
    return struct.pack("!HHHH", port, 9000, 8 + len(data), 0) + data


class RecordTest(unittest.TestCase):
    """What a Record counts of the frames it is fed."""

    def setUp(self):
        self.tokens = fresh()
        self.text = "".join(f"1,Li Wei,{token}\n" for token in self.tokens).encode()
        self.kept = []
        self.record = Record(ROUTER.__eq__, lambda a: a in (HOST4, HOST6),
                             lambda a: False, {"leaked": Seeker(self.tokens)},
                             lambda: self.kept)

    def feed(self, *contents, kind=0x0800):
        for each in contents:
            self.record.feed(frame(each, kind))

    def leaked(self):
        return self.record.count("leaked")

    def segments(self, size, start=5000):
        return [ip4(6, tcp((start + at) % (1 << 32), self.text[at:at + size]))
                for at in range(0, len(self.text), size)]

    def test_stream_in_order(self):
        self.feed(*self.segments(7))
        self.assertEqual(self.leaked(), COUNT)

    def test_stream_in_reverse_order(self):
        self.feed(*reversed(self.segments(7)))
        self.assertEqual(self.leaked(), COUNT)

    def test_stream_with_retransmissions(self):
        parts = self.segments(7)
        self.feed(*(part for pair in zip(parts, parts[1:]) for part in pair), parts[-1])
        self.assertEqual(self.leaked(), COUNT)

    def test_sequence_numbers_wrap(self):
        self.feed(*self.segments(11, start=(1 << 32) - 100))
        self.assertEqual(self.leaked(), COUNT)

    def test_hole_hides_only_what_is_missing(self):
        parts = self.segments(len(self.text) // COUNT)
        self.feed(*parts[:3], *parts[4:])
        self.assertEqual(self.leaked(), COUNT - 1)

    def test_data_in_the_syn(self):
        self.feed(ip4(6, tcp(9, self.text[:500], flags=2)),
                  ip4(6, tcp(510, self.text[500:])))
        self.assertEqual(self.leaked(), COUNT)

    def test_ports_used_again(self):
        half = len(self.text) // 2
        self.feed(ip4(6, tcp(9, b"", flags=2)), ip4(6, tcp(10, self.text[:half + 20])),
                  ip4(6, tcp(77, b"", flags=2)), ip4(6, tcp(78, self.text[half:])))
        self.assertEqual(self.leaked(), COUNT)

    def test_contradicting_segments(self):
        first, second = (token.encode() for token in self.tokens[:2])
        self.feed(ip4(6, tcp(10, first)), ip4(6, tcp(10, second)))
        self.assertEqual(self.leaked(), 2)

    def test_two_connections_are_not_mixed(self):
        token = self.tokens[0].encode()
        self.feed(ip4(6, tcp(10, token[:8], port=1)), ip4(6, tcp(18, token[8:], port=2)))
        self.assertEqual(self.leaked(), 0)

    def test_datagrams(self):
        self.feed(ip4(17, udp(self.text[:600])))
        self.feed(ip6(17, udp(self.text[560:])), kind=0x86dd)
        self.assertEqual(self.leaked(), COUNT)

    def test_token_cut_over_datagrams(self):
        token = self.tokens[0].encode()
        self.feed(*(ip4(17, udp(token[at:at + 1])) for at in range(16)))
        self.assertEqual(self.leaked(), 1)

    def test_fragments_in_any_order(self):
        body = udp(self.text)
        parts = [ip4(17, body[at:at + 24], offset=at, more=at + 24 < len(body))
                 for at in range(0, len(body), 24)]
        self.feed(*reversed(parts))
        self.assertEqual(self.leaked(), COUNT)
        self.assertEqual(self.record.sent, len(parts))

    def test_ipv6_fragments(self):
        body = udp(self.text)
        parts = [ip6(44, struct.pack("!BBHI", 17, 0, at | (at + 24 < len(body)), 5)
                     + body[at:at + 24]) for at in range(0, len(body), 24)]
        self.feed(*parts, kind=0x86dd)
        self.assertEqual(self.leaked(), COUNT)

    def test_tcp_in_fragments(self):
        body = tcp(10, self.text)
        self.feed(*(ip4(6, body[at:at + 80], offset=at, more=at + 80 < len(body))
                    for at in range(0, len(body), 80)))
        self.assertEqual(self.leaked(), COUNT)

    def test_icmp_and_unknown_protocols(self):
        half = len(self.text) // 2
        self.feed(ip4(1, bytes(8) + self.text[:half]), ip4(253, self.text[half - 40:]))
        self.assertEqual(self.leaked(), COUNT)

    def test_sctp_chunks(self):
        token = self.tokens[0].encode()
        chunks = b"".join(struct.pack("!BBH", 0, 3, 24) + bytes(12) + token[at:at + 8]
                          for at in (0, 8))
        self.feed(ip4(132, bytes(12) + chunks))
        self.assertEqual(self.leaked(), 1)

    def test_ip_options_and_extension_headers(self):
        first, second = (token.encode() for token in self.tokens[:2])
        self.feed(ip4(17, udp(b""), options=first))
        self.feed(ip6(60, bytes([17, 2]) + bytes(6) + second + udp(b"")), kind=0x86dd)
        self.assertEqual(self.leaked(), 2)

    def test_frames_that_are_no_ip(self):
        self.feed(self.text, kind=0x88b6)
        self.assertEqual(self.leaked(), COUNT)
        self.assertEqual(self.record.sent, 0)

    def test_nonsense_is_survived(self):
        for contents in (b"", b"\x45", b"\x4f" + bytes(19), b"\x60" + bytes(39),
                         ip4(6, b"\1\2"), ip4(132, bytes(15)), ip4(33, bytes(9)),
                         ip6(44, b"\0" * 7), ip6(0, b"\0\xff" + bytes(6))):
            self.feed(contents)
            self.feed(contents, kind=0x86dd)
        self.record.feed(b"short")
        self.assertEqual(self.leaked(), 0)

    def test_what_comes_from_the_host_does_not_count(self):
        self.record.feed(frame(ip4(17, udp(self.text)), source=HOST, target=ROUTER))
        self.assertEqual((self.leaked(), self.record.sent), (0, 0))

    def test_forget(self):
        parts = self.segments(len(self.text) // COUNT)
        self.feed(*parts[:40])
        self.assertEqual(self.leaked(), 40)
        self.record.forget()
        self.assertEqual((self.leaked(), self.record.sent), (0, 0))
        self.feed(*parts[30:])      # ten are retransmissions of what was seen
        self.assertEqual(self.leaked(), 24)

    def test_servers_files(self):
        with tempfile.NamedTemporaryFile() as file:
            self.kept.append(file.name)
            file.write(self.text[:len(self.text) // 2])
            file.flush()
            self.assertEqual(self.leaked(), COUNT // 2)
            self.record.forget()
            file.write(self.text[len(self.text) // 2:])
            file.flush()
            self.assertEqual(self.leaked(), COUNT // 2)

    def test_servers_files_written_anew(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "file")
            self.kept.append(path)
            for text, tokens in ((b"x" * len(self.text), 0), (self.text, COUNT),
                                 (self.text, COUNT), (self.text[:-1], COUNT)):
                self.record.forget()
                with open(path + ".new", "wb") as file:
                    file.write(text)
                os.rename(path + ".new", path)
                self.assertEqual(self.leaked(), tokens)
            self.record.forget()
            self.assertEqual(self.leaked(), 0)
            with open(path, "r+b") as file:     # of the same size
                file.write(self.text[:-1])
            self.assertEqual(self.leaked(), COUNT)

    def test_counts_grow_with_the_stream(self):
        parts = self.segments(9)
        self.feed(*parts[:len(parts) // 2])
        some = self.leaked()
        self.feed(*parts[len(parts) // 2:])
        self.assertTrue(0 < some < COUNT)
        self.assertEqual(self.leaked(), COUNT)

    def test_many_bytes_without_a_token(self):
        noise = os.urandom(1 << 20)
        for at in range(0, len(noise), 1400):
            self.feed(ip4(6, tcp(at, noise[at:at + 1400])))
        self.assertEqual(self.leaked(), 0)


class SeekerTest(unittest.TestCase):
    """Tokens in disguise."""

    def setUp(self):
        tokens = fresh()
        self.seeker = Seeker(tokens)
        self.text = "".join(f"{n},Li Wei,{t}\n" for n, t in enumerate(tokens)).encode()
        self.bare = "".join(tokens).encode()

    def check(self, data, found=COUNT):
        self.assertEqual(len(self.seeker.deep(data)), found)

    def test_plain_and_upper_case(self):
        self.check(self.text)
        self.check(self.text.upper())
        self.check(self.bare)

    def test_other_tokens_are_not_found(self):
        self.check("\n".join(fresh()).encode(), 0)

    def test_binary(self):
        self.check(bytes.fromhex(self.bare.decode()))

    def test_wide_characters(self):
        self.check(self.text.decode().encode("utf-16-le"))

    def test_backwards(self):
        self.check(self.text[::-1])

    def test_base64(self):
        for skip in range(3):
            self.check(b"xy\n" + base64.b64encode(self.text[skip:]))
        self.check(base64.encodebytes(self.text))
        self.check(base64.urlsafe_b64encode(self.text))

    def test_hex(self):
        self.check(b"x" + self.text.hex().encode())
        self.check(self.text.hex(" ").encode())

    def test_gzip_whole_and_cut(self):
        packed = gzip.compress(self.text)
        self.check(b"POST / HTTP/1.1\r\n\r\n" + packed)
        self.assertGreater(len(self.seeker.deep(packed[:len(packed) // 2 + 300])), 5)

    def test_gzip_in_base64(self):
        self.check(base64.b64encode(gzip.compress(self.text)))

    def test_percent(self):
        self.check(b"".join(b"%%%02x" % byte for byte in self.text))

    def test_chunks(self):
        self.check(b"\r\n\r\n" + b"".join(b"5\r\n" + self.text[at:at + 5] + b"\r\n"
                                          for at in range(0, len(self.text), 5)))


class PartsTest(unittest.TestCase):
    """The pieces below the Record."""

    def test_capture_is_followed_while_it_grows(self):
        frames = [os.urandom(60), os.urandom(1514), b""]
        data = b"\xd4\xc3\xb2\xa1" + bytes(20)
        for each in frames:
            data += struct.pack("<IIII", 1, 2, len(each), len(each)) + each
        with tempfile.NamedTemporaryFile() as file:
            follower, seen = Follower(file.name), []
            for at in range(0, len(data), 13):
                file.write(data[at:at + 13])
                file.flush()
                seen += follower.frames()
            follower.file.close()
        self.assertEqual(seen, frames)

    def test_stream_positions(self):
        stream = Stream(100)
        stream.add(110, b"later")
        stream.add(100, b"0123456789")
        stream.add(95, b"ABCDE")
        self.assertEqual(bytes(stream.new.runs[0][1]), b"ABCDE0123456789later")

    def test_fragments_overlap(self):
        whole, fragments = None, Defragmenter()
        for contents in (ip4(17, b"a" * 16, more=True), ip4(17, b"b" * 16, offset=8)):
            whole = fragments.add(ip(contents))
        self.assertEqual(whole.body, b"a" * 16 + b"b" * 8)

    def test_places_own_their_addresses(self):
        sites = next(place for place in PLACES if place.name == "dc")
        self.assertTrue(sites.owns(bytes([10, 20, 255, 1])))
        self.assertFalse(sites.owns(bytes([10, 21, 0, 1])))
        self.assertTrue(sites.owns(b"\x20\x01\x0d\xb8\x00\x20" + bytes(10)))
        self.assertFalse(sites.owns(b"\x20\x01\x0d\xb8\x00\x21" + bytes(10)))

    def test_database_bounds(self):
        self.assertEqual((bound("16"), bound("::10")), (16, 16))
        self.assertIsNone(country_of("10.0.0.1"))


if __name__ == "__main__":
    unittest.main()
