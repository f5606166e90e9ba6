# SPDX-License-Identifier: GPL-2.0
"""Recognise a file's tokens in bytes, plain or in the usual disguises."""

import base64
import bz2
import lzma
import re
import secrets
import urllib.parse
import zlib

COUNT = 64
DIGITS = 16
DEEP = 1 << 20          # disguises are looked for in this much of a text

HEX_RUN = re.compile(rb"[0-9a-fA-F]{%d,}" % DIGITS)
HEXED_RUN = re.compile(rb"(?:[0-9a-fA-F][\s:]*){%d,}" % (2 * DIGITS))
BASE64_RUN = re.compile(rb"(?:[A-Za-z0-9+/_-][\r\n]*){20,}")
CHUNK_BORDER = re.compile(rb"\r\n[0-9a-fA-F]+\r\n")
NOT_HEX = bytes(set(range(256)) - set(b"0123456789abcdefABCDEF"))
STANDARD = bytes.maketrans(b"-_", b"+/")
BORDER = b"\xff\0\xff"
UNPACKERS = (
    (re.compile(rb"\x1f\x8b\x08"), lambda: zlib.decompressobj(31)),
    (re.compile(rb"\x78[\x01\x5e\x9c\xda]"), lambda: zlib.decompressobj(15)),
    (re.compile(rb"BZh[1-9]"), bz2.BZ2Decompressor),
    (re.compile(rb"\xfd7zXZ"), lzma.LZMADecompressor),
)


def fresh():
    """A new list of tokens."""
    return [secrets.token_hex(DIGITS // 2) for _ in range(COUNT)]


class Seeker:
    """Looks for the tokens of one file."""

    def __init__(self, tokens):
        self.plain = {token.encode(): number for number, token in enumerate(tokens)}
        self.packed = {bytes.fromhex(token): number
                       for number, token in enumerate(tokens)}

    def direct(self, data, start=0):
        """Numbers of the tokens that DATA holds as they are, from START on."""
        found = set()
        for run in HEX_RUN.finditer(data, start):
            digits = run.group().lower()
            for at in range(len(digits) - DIGITS + 1):
                number = self.plain.get(digits[at:at + DIGITS])
                if number is not None:
                    found.add(number)
        return found

    def deep(self, data, depth=2):
        """Numbers of the tokens that DATA holds in a disguise, or twice disguised."""
        data = bytes(data[:DEEP])
        found = self.direct(data) | self.direct(data[::-1])
        found |= {number for token, number in self.packed.items() if token in data}
        digits = data.translate(None, NOT_HEX).lower()
        found |= {number for token, number in self.plain.items() if token in digits}
        if depth and len(found) < COUNT:
            for text in filter(None, undisguised(data)):
                found |= self.deep(text, depth - 1)
        return found


def undisguised(data):
    """What DATA may have been before it was encoded."""
    if b"%" in data:
        yield urllib.parse.unquote_to_bytes(data)
    if CHUNK_BORDER.search(data):
        yield CHUNK_BORDER.sub(b"", data)
    runs = [run.group().translate(None, NOT_HEX) for run in HEXED_RUN.finditer(data)]
    for skip in (0, 1):
        yield BORDER.join(unhex(run[skip:]) for run in runs)
    runs = [run.group().translate(STANDARD, b"\r\n")
            for run in BASE64_RUN.finditer(data)]
    for skip in range(4):
        yield BORDER.join(unbase64(run[skip:]) for run in runs)
    for magic, unpacker in UNPACKERS:
        for place in magic.finditer(data):
            text = unpacked(unpacker(), data[place.start():])
            if text:
                yield text


def unhex(digits):
    """The bytes that DIGITS are the hex of, without an odd last digit."""
    return bytes.fromhex(digits[:len(digits) & ~1].decode())


def unbase64(group):
    """GROUP decoded, as if filled up to a multiple of four characters."""
    return base64.b64decode(group + b"A" * (-len(group) % 4))


def unpacked(decompressor, data):
    """As much of DATA as can be decompressed, though it be cut or damaged."""
    text = bytearray()
    try:
        for at in range(0, len(data), 256):
            text += decompressor.decompress(data[at:at + 256])
            if decompressor.eof or len(text) > DEEP:
                break
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
        pass
    return bytes(text)
