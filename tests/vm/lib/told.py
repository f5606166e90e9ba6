#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The data of a file in what the kernel keeps for two processes, or shows them.

usage: told.py WAY ADDRESS

We make the thing; a child reads $FILE, puts it there and ends; we ask the kernel for it
and send what we got to ADDRESS. The files of $DIR/FILESYSTEM are ours to make.
"""

import contextlib
import ctypes
import fcntl
import os
import pty
import re
import select
import socket
import struct
import sys
import termios
import tty

sys.path.insert(0, os.path.dirname(__file__))
# pylint: disable=wrong-import-position
from given import LIBC, SIZE, TOKENS, Ring, call, given, given_late, low_ioctl, made, opened, \
    pieces, send
from shown import SHOWN

CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
IN_OPEN = 0x20
FAN_OPEN, FAN_EVENT_ON_CHILD = 0x20, 0x08000000
FIONREAD = termios.FIONREAD


def own_mounts():
    """Namespaces in which uid 1000 may mount."""
    uid, gid = os.getuid(), os.getgid()
    if LIBC.unshare(CLONE_NEWNS | (CLONE_NEWUSER if uid else 0)):
        raise OSError(ctypes.get_errno(), "unshare")
    if uid:
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"),
                           ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)


# --- options of a socket that both have

def by_option(sockets, level, option, give, take):
    """One piece by each of SOCKETS: GIVE makes a value of it, TAKE is what is taken."""
    size = SIZE // len(sockets)

    def put(text):
        for sock, piece in zip(sockets, pieces(text, size)):
            sock.setsockopt(level, option, give(piece))
    given(put)
    return b"".join(take(sock.getsockopt(level, option, 256)) for sock in sockets)


def fastopen_key():
    """TCP_FASTOPEN_KEY"""
    return by_option([socket.socket() for _ in range(SIZE // 16)], socket.IPPROTO_TCP, 33,
                     bytes, lambda value: value[:16])


def option_late():
    """TCP_FASTOPEN_KEY that is still being copied"""
    sock = socket.socket()
    given_late(lambda address: LIBC.setsockopt(sock.fileno(), socket.IPPROTO_TCP, 33, address, 16),
               lambda text: text[:16])
    return sock.getsockopt(socket.IPPROTO_TCP, 33, 256)[:16]


def time_limit():
    """SO_RCVTIMEO of unix sockets"""
    return by_option([socket.socket(socket.AF_UNIX) for _ in range(SIZE // 4)],
                     socket.SOL_SOCKET, socket.SO_RCVTIMEO,
                     lambda piece: struct.pack("qq", struct.unpack("<I", piece)[0] + 1, 0),
                     lambda value: struct.pack("<I", struct.unpack("qq", value)[0] - 1))


def tls_key():
    """TLS_TX"""
    keep, sockets = [], []
    with socket.create_server(("127.0.0.1", 0)) as server:
        for _ in range(SIZE // 16):
            sock = socket.create_connection(server.getsockname())
            keep.append(server.accept())
            sock.setsockopt(socket.IPPROTO_TCP, 31, b"tls")
            sockets.append(sock)
    head = struct.pack("HH", 0x303, 51) + b"i" * 8

    def take(sock):
        return sock.getsockopt(282, 1, 40)[12:28]

    def put(text):
        for sock, piece in zip(sockets, pieces(text, 16)):
            sock.setsockopt(282, 1, head + piece + b"salt" + b"r" * 8)
    given(put)
    return b"".join(take(sock) for sock in sockets)


# --- groups, which the kernel tells the routers of

def groups():
    """IPv6 groups that are joined: what leaves the host, as a packet socket hears it"""
    # All that leaves, of which one kind alone would not be heard.
    heard = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    indices = [index for index, name in socket.if_nameindex() if name != "lo"]

    def put(text):
        with contextlib.ExitStack() as stack:
            for piece in pieces(text, 8):
                for index in indices:
                    sock = stack.enter_context(socket.socket(socket.AF_INET6,
                                                             socket.SOCK_DGRAM))
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                                    b"\xff\x1e" + bytes(6) + piece + struct.pack("I", index))
    # Who has heard such packets has no label, and gets none; so has who forks from it.
    if not given(put):
        return b""
    text = b""
    # Each group has been left as well, which is told at once or a second later.
    while select.select([heard], [], [], 5)[0] and len(text) < SIZE:
        for group in re.findall(b"\xff\x1e\0{6}(.{8})", heard.recv(65536), re.DOTALL):
            if group not in pieces(text, 8):
                text += group
    return text


# --- a datagram without data

def no_data():
    """The sender's address, 127.7.x.y"""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def put(text):
        for piece in pieces(text, 2):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.bind((f"127.7.{piece[0]}.{piece[1]}", 0))
                sock.sendto(b"", server.getsockname())
    given(put)
    text = b""
    while len(text) < SIZE and select.select([server], [], [], 5)[0]:
        text += bytes(map(int, server.recvfrom(10)[1][0].split(".")[2:]))
    return text


# --- how much there is to read

def how_much(reader, ioctl=fcntl.ioctl):
    """The number of bytes that wait there"""
    return struct.unpack("i", ioctl(reader, FIONREAD, bytes(4)))[0]


def counted(pairs, count=how_much):
    """The number of bytes that wait in each of PAIRS: (who reads, write)."""
    def put(text):
        for (_, write), piece in zip(pairs, pieces(text, 1)):
            write(b"x" * (piece[0] + 1))
    if not given(put):
        return b""
    for reader, _ in pairs:     # a worker of the kernel takes it through a terminal
        select.select([reader], [], [], 60)
    return bytes(count(reader) - 1 & 255 for reader, _ in pairs)


def count_pipe():
    """Bytes in a pipe"""
    def one():
        reader, writer = os.pipe()
        return reader, lambda text: os.write(writer, text)
    return counted([one() for _ in range(SIZE)])


def count_socket(count=how_much):
    """Bytes in a socket"""
    both = []

    def one():
        reader, writer = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        both.append(reader)
        return reader.fileno(), writer.send
    pairs = [one() for _ in range(SIZE)]
    return counted(pairs, count)


def count_ring():
    """Bytes in a TCP socket, by a ring"""
    both = []

    def one(server):
        writer = socket.create_connection(server.getsockname())
        both.append((writer, server.accept()[0]))
        return both[-1][1].fileno(), writer.send

    def count(reader):
        ring = Ring()
        ring.add(46, reader, 0, 1)
        result = ring.run()[1]
        if result < 0:
            raise OSError(-result, "uring_cmd")
        return result
    with socket.create_server(("127.0.0.1", 0)) as server:
        return counted([one(server) for _ in range(SIZE)], count)


def count_terminal():
    """Bytes in a terminal"""
    def one():
        master, slave = pty.openpty()
        tty.setraw(slave)
        return master, lambda text: os.write(slave, text)
    return counted([one() for _ in range(SIZE)])


# --- what a descriptor tells

def watch_inotify(directory):
    """A descriptor that tells what is opened in DIRECTORY."""
    watch = call("inotify_init1", 0x800)
    call("inotify_add_watch", watch, directory.encode(), IN_OPEN)
    return watch


def watch_fanotify(directory):
    """The same, for each file once."""
    watch = call("fanotify_init", 0x200, 0)
    call("fanotify_mark", watch, 1, ctypes.c_ulong(FAN_OPEN | FAN_EVENT_ON_CHILD), -100,
         directory.encode())
    return watch


def watched(watch):
    """How many files were opened in each of eight directories, as WATCH tells it"""
    files = [made("tmpfs", 257) for _ in range(8)]
    watches = [watch(os.path.dirname(paths[0])) for paths in files]

    def use(paths):
        for path in paths:
            os.close(os.open(path, os.O_RDONLY))

    def put(text):
        for paths, byte in zip(files, text):
            use(paths[1:byte + 1])
    for paths in files:
        use(paths[:1])
    size = how_much(watches[0])
    given(put)
    return bytes((how_much(descriptor) - size) // size for descriptor in watches)


def watched_names():
    """Names of files that are opened, in a directory that is watched"""
    paths = made("tmpfs", 512)
    watch = watch_inotify(os.path.dirname(paths[0]))

    def put(text):
        for place, byte in enumerate(text):
            os.close(os.open(paths[byte + 256 * (place & 1)], os.O_RDONLY))
    given(put)
    events, text = b"", b""
    with contextlib.suppress(BlockingIOError):
        while True:
            events += os.read(watch, 65536)
    while events:
        size = 16 + struct.unpack_from("iIII", events)[3]
        text += bytes([int(events[16:size].rstrip(b"\0")) & 255])
        events = events[size:]
    return text


def mount_messages():
    """Options that a file system which is being configured does not know"""
    own_mounts()
    file_systems = [call("fsopen", b"tmpfs", 0) for _ in range(TOKENS)]

    def put(text):
        for context, piece in zip(file_systems, pieces(text, 8)):
            with contextlib.suppress(OSError):
                call("fsconfig", context, 1, piece.hex().encode() + b"_", b"1", 0)
    given(put)
    return b"".join(bytes.fromhex(os.read(context, 1000).split(b"'")[1].rstrip(b"_").decode())
                    for context in file_systems)


def linked_keys(rights=0x3f3f0000):
    """Which keys are in a ring: of RIGHTS, which who possesses it does not need"""
    call("keyctl", 1, 0)
    rings = [call("add_key", b"keyring", b"r%d" % number, None, 0, -3) for number in range(TOKENS)]
    for ring in rings:
        call("keyctl", 5, ring, rights)
    keys = [call("add_key", b"user", b"k%d" % number, b"x", 1, -3) for number in range(64)]

    def put(text):
        for ring, piece in zip(rings, pieces(text, 8)):
            bits = struct.unpack("<Q", piece)[0]
            for number, key in enumerate(keys):
                if bits >> number & 1:
                    call("keyctl", 8, key, ring)
    given(put)
    text = b""
    for ring in rings:
        listed = ctypes.create_string_buffer(1024)
        size = call("keyctl", 11, ring, listed, 1024)
        there = struct.unpack(f"{size // 4}i", listed.raw[:size])
        text += struct.pack("<Q", sum(1 << number for number, key in enumerate(keys)
                                      if key in there))
    return text


def interpreter(early=False):
    """The interpreter of an entry of binfmt_misc; EARLY: where it is told is open before"""
    own_mounts()
    place = f"{os.environ['DIR']}/tmpfs/binfmt{os.getpid()}"
    os.mkdir(place)
    if LIBC.mount(b"none", place.encode(), b"binfmt_misc", 0, None):
        raise OSError(ctypes.get_errno(), "mount")

    def tell():
        return open(f"{place}/register", "w", encoding="ascii")
    teller = tell() if early else None

    def put(text):
        with teller or tell() as file:
            file.write(f":told{os.getpid()}:E::told::/{text.hex()}:")
    if not given(put):
        return b""
    text = b""
    for name in os.listdir(place):
        if name.startswith("told"):
            with open(f"{place}/{name}", encoding="ascii") as file:
                text += bytes.fromhex(re.search("interpreter /([0-9a-f]+)", file.read()).group(1))
            with open(f"{place}/{name}", "w", encoding="ascii") as file:
                file.write("-1")
    return text


# --- what a call sets by a descriptor that only reads

def by_ioctl(paths, give, take):
    """One piece by each of PATHS: GIVE and TAKE have a descriptor of it."""
    def put(text):
        for path, piece in zip(paths, pieces(text, SIZE // len(paths))):
            with opened(path) as descriptor:
                give(descriptor, piece)
    given(put)
    text = b""
    for path in paths:
        with opened(path) as descriptor:
            text += take(descriptor)
    return text


def salt():
    """The salt of fs-verity"""
    def give(descriptor, piece):
        text = ctypes.create_string_buffer(piece, 32)
        fcntl.ioctl(descriptor, 0x40806685, struct.pack(
            "IIIIQIIQ", 1, 1, 4096, 32, ctypes.addressof(text), 0, 0, 0).ljust(128, b"\0"))

    def take(descriptor):
        text = ctypes.create_string_buffer(256)
        fcntl.ioctl(descriptor, 0xc0286687, struct.pack("QQQQQ", 2, 0, 256,
                                                        ctypes.addressof(text), 0))
        return text.raw[80:112]
    return by_ioctl(made("ext4", SIZE // 32), give, take)


def encryption_late():
    """A key's name that is still being copied"""
    path, = made("ext4", 1, "directory")
    with opened(path) as descriptor:
        given_late(lambda address: LIBC.ioctl(descriptor, ctypes.c_ulong(0x800c6613), address),
                   lambda text: struct.pack("BBBB8s", 0, 1, 4, 0, text[:8]))
        return fcntl.ioctl(descriptor, 0x400c6615, bytes(12))[4:12]


def encryption():
    """The key's name of an encrypted directory"""
    return by_ioctl(
        made("ext4", SIZE // 8, "directory"),
        lambda descriptor, piece: fcntl.ioctl(descriptor, 0x800c6613,
                                              struct.pack("BBBB8s", 0, 1, 4, 0, piece)),
        lambda descriptor: fcntl.ioctl(descriptor, 0x400c6615, bytes(12))[4:12])


def project(filesystem, ioctl, asked=0x801c581f):
    """The project of a file, which can be ASKED for by two calls"""
    def give(descriptor, piece):
        now = bytearray(ioctl(descriptor, 0x801c581f, bytes(28)))
        now[12:16] = piece
        ioctl(descriptor, 0x401c5820, bytes(now))
    return by_ioctl(made(filesystem, SIZE // 4), give,
                    lambda descriptor: ioctl(descriptor, asked, bytes(28))[12:16])


def generation():
    """The generation of an inode"""
    return by_ioctl(
        made("fresh", SIZE // 4),
        lambda descriptor, piece: fcntl.ioctl(descriptor, 0x40087602, piece + bytes(4)),
        lambda descriptor: fcntl.ioctl(descriptor, 0x80087601, bytes(8))[:4])


def label():
    """The name of a file system"""
    return by_ioctl(
        [f"{os.environ['DIR']}/btrfs"],
        lambda descriptor, piece: fcntl.ioctl(descriptor, 0x41009432,
                                              piece.hex().encode().ljust(256, b"\0")),
        lambda descriptor: bytes.fromhex(fcntl.ioctl(descriptor, 0x81009431, bytes(256))
                                         .rstrip(b"\0").decode()))


def received():
    """Where a subvolume of btrfs was received from"""
    def take(descriptor):
        text = bytearray(504)
        fcntl.ioctl(descriptor, 0x81f8943c, text)
        return bytes(text[328:344])
    return by_ioctl(
        [f"{os.environ['DIR']}/btrfs/{number}" for number in range(SIZE // 16)],
        lambda descriptor, piece: fcntl.ioctl(descriptor, 0xc0c89425, piece.ljust(200, b"\0")),
        take)


WAYS = {
    "fastopen-key": fastopen_key,
    "time-limit": time_limit,
    "tls-key": tls_key,
    "groups": groups,
    "no-data": no_data,
    "count-pipe": count_pipe,
    "count-socket": count_socket,
    "count-compat": lambda ioctl=low_ioctl(): count_socket(lambda one: how_much(one, ioctl)),
    "count-ring": count_ring,
    "count-terminal": count_terminal,
    "count-inotify": lambda: watched(watch_inotify),
    "count-fanotify": lambda: watched(watch_fanotify),
    "watched-names": watched_names,
    "mount-messages": mount_messages,
    "linked-keys": linked_keys,
    "linked-keys-possessed": lambda: linked_keys(0x3d3d0000),
    "interpreter": interpreter,
    "interpreter-early": lambda: interpreter(True),
    "option-late": option_late,
    "encryption-late": encryption_late,
    "salt": salt,
    "encryption": encryption,
    "project-xfs": lambda: project("xfs", fcntl.ioctl),
    "project-xfs-asked": lambda: project("xfs", fcntl.ioctl, 0x801c582d),
    "project-ext4": lambda: project("ext4", fcntl.ioctl),
    "project-compat": lambda: project("ext4", low_ioctl()),
    "generation": generation,
    "label": label,
    "received": received,
    **SHOWN,
}

if __name__ == "__main__":
    send(sys.argv[2], WAYS[sys.argv[1]]())
