# SPDX-License-Identifier: GPL-2.0
"""How the data of a file comes to where told.py looks for it: by a child that puts it there."""

import contextlib
import ctypes
import fcntl
import mmap
import os
import select
import socket
import struct
import sys
import tempfile
import threading

LIBC = ctypes.CDLL(None, use_errno=True)
TOKENS = 8                  # as many as a way passes on, of eight bytes each
SIZE = 8 * TOKENS

# Numbers of system calls
NUMBERS = {"keyctl": 250, "add_key": 248, "inotify_init1": 294, "inotify_add_watch": 254,
           "eventfd2": 290, "epoll_create1": 291, "epoll_ctl": 233, "timer_create": 222,
           "fsopen": 430, "fsconfig": 431, "timerfd_create": 283, "timerfd_settime": 286,
           "signalfd4": 289, "fanotify_init": 300, "fanotify_mark": 301, "userfaultfd": 323,
           "io_uring_setup": 425, "io_uring_enter": 426}


def call(name, *arguments):
    """A system call: its result, or OSError."""
    numbers = [ctypes.c_long(argument) if isinstance(argument, int) else argument
               for argument in arguments]
    result = LIBC.syscall(ctypes.c_long(NUMBERS[name]), *numbers)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result


def low_ioctl():
    """ioctl() as a 32-bit program calls it, and memory that such a call can name."""
    area = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40,
                     prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    # push rbx; mov eax, edi; mov ebx, esi; xchg ecx, edx; int 0x80; pop rbx; ret
    area[:11] = bytes.fromhex("5389f889f387d1cd805bc3")
    address = ctypes.addressof(ctypes.c_char.from_buffer(area))
    function = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_uint] * 4)(address)

    def ioctl(descriptor, command, text):
        area[1024:1024 + len(text)] = text
        result = function(54, descriptor, command, address + 1024)
        if result < 0:
            raise OSError(-result, "ioctl")
        return area[1024:1024 + len(text)]
    return ioctl


def pieces(text, size):
    """TEXT in pieces of SIZE bytes."""
    return [text[at:at + size] for at in range(0, len(text), size)]


def tokens():
    """The first tokens of $FILE, as bytes."""
    with open(os.environ["FILE"], "rb") as file:
        rows = file.read().split(b"\n")[:TOKENS]
    return b"".join(bytes.fromhex(row.split(b",")[2].decode()) for row in rows)


def by_child(run):
    """RUN in a child, and wait for it; whether it succeeded."""
    child = os.fork()
    if not child:
        try:
            run()
        except OSError as error:
            print(f"given: {error!r}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return not os.waitpid(child, 0)[1]


def given(give):
    """GIVE with the data in a child; whether it succeeded."""
    return by_child(lambda: give(tokens()))


def send(address, text):
    """TEXT, in hexadecimal digits."""
    with socket.create_connection((address, 9000), 30) as connection:
        connection.sendall(b"".join(piece.hex().encode() + b"\n" for piece in pieces(text, 8)))


def given_late(use, make):
    """USE, given an address, in a thread of a child: it waits for what is there until
    another thread has the data, and puts there what MAKE makes of it."""
    def put():
        area = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        address = ctypes.addressof(ctypes.c_char.from_buffer(area))
        descriptor = call("userfaultfd", 0x80000)
        fcntl.ioctl(descriptor, 0xc018aa3f, struct.pack("QQQ", 0xaa, 0, 0))
        fcntl.ioctl(descriptor, 0xc020aa00, struct.pack("QQQQ", address, len(area), 1, 0))
        thread = threading.Thread(target=use, args=(ctypes.c_void_p(address),), daemon=True)
        thread.start()
        select.select([descriptor], [], [])
        page = ctypes.create_string_buffer(make(tokens()), len(area))
        fcntl.ioctl(descriptor, 0xc028aa03, struct.pack(
            "QQQQQ", address, ctypes.addressof(page), len(area), 0, 0))
        thread.join()
    by_child(put)


def made(filesystem, count, kind="file"):
    """COUNT empty files, or directories, of a new directory: their paths."""
    top = tempfile.mkdtemp(dir=f"{os.environ['DIR']}/{filesystem}")
    paths = [f"{top}/{number}" for number in range(count)]
    for path in paths:
        if kind == "file":
            with open(path, "wb") as file:
                file.write(b"x")
        else:
            os.mkdir(path)
    return paths


@contextlib.contextmanager
def opened(path):
    """A descriptor of PATH that only reads."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


class Ring:
    """An io_uring whose entries are written by hand."""

    def __init__(self):
        setup = bytearray(120)
        self.descriptor = call("io_uring_setup", SIZE, (ctypes.c_char * 120).from_buffer(setup))
        places = struct.unpack_from("16I", setup, 40)
        self.tail, self.array, self.results = places[1], places[6], places[15]
        # Both rings are in one mapping, at the end of which is the array of the entries.
        self.rings = mmap.mmap(self.descriptor, self.array + 4 * SIZE)
        self.entries = mmap.mmap(self.descriptor, 64 * SIZE, offset=0x10000000)
        self.count = 0

    def add(self, operation, descriptor, command, data):
        """An entry, which is not submitted."""
        struct.pack_into("BBHiQQIIQ24x", self.entries, 64 * self.count,
                         operation, 0, 0, descriptor, command, 0, 0, 0, data)
        struct.pack_into("I", self.rings, self.array + 4 * self.count, self.count)
        self.count += 1
        struct.pack_into("I", self.rings, self.tail, self.count)

    def run(self):
        """What the entries have come to, by their data."""
        call("io_uring_enter", self.descriptor, self.count, self.count, 1, None, 0)
        found = (struct.unpack_from("Qi", self.rings, self.results + 16 * number)
                 for number in range(self.count))
        return dict(found)
