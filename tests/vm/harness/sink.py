#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""TCP and UDP port 9000 of one host: take anything, keep it, answer `ok`.

usage: sink.py DIRECTORY

Keeps what each TCP connection brought in DIRECTORY/tcp-N, and the datagrams
in DIRECTORY/udp. Whoever connects to DIRECTORY/sync gets a line once all that
the kernel had received before has been kept.
"""

import asyncio
import os
import socket
import sys

PORT = 9000
LULL = 0.03             # answer when a sender has paused for so long, or ended
IP_PKTINFO = 8
BUFFER = 1 << 24


class Sink:
    """What is kept, and the handlers that keep it."""

    def __init__(self, directory):
        self.directory = directory
        self.connections = 0
        self.udp = self.open("udp")

    def open(self, name):
        """A descriptor to append to the file NAME."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        return os.open(os.path.join(self.directory, name), flags, 0o644)

    async def take_stream(self, reader, writer):
        """Keep one connection's bytes; answer at each lull and at the end."""
        self.connections += 1
        kept = self.open(f"tcp-{self.connections}")
        unanswered, answers = False, 0
        pending = asyncio.ensure_future(reader.read(1 << 16))
        try:
            while True:
                done, _ = await asyncio.wait(
                    {pending}, timeout=LULL if unanswered else None)
                if not done:
                    answer(writer)
                    unanswered, answers = False, answers + 1
                    continue
                data = pending.result()
                if not data:
                    break
                os.write(kept, data)
                unanswered = True
                pending = asyncio.ensure_future(reader.read(1 << 16))
            if unanswered or not answers:
                answer(writer)
        except ConnectionError:
            pass
        finally:
            os.close(kept)
            writer.close()

    def take_datagrams(self, sock):
        """Keep all datagrams that wait at SOCK; answer from where they went."""
        while True:
            try:
                data, ancillary, _, peer = sock.recvmsg(1 << 16, 512)
            except (BlockingIOError, ConnectionError):
                return
            os.write(self.udp, data)
            try:
                sock.sendmsg([b"ok\n"], from_same(ancillary), 0, peer)
            except OSError:
                pass    # who cannot be answered has been heard all the same


def answer(writer):
    """Answer unless the peer lets answers pile up: never wait for its reading."""
    if writer.transport.get_write_buffer_size() == 0 and \
            not writer.transport.is_closing():
        writer.write(b"ok\n")


def from_same(ancillary):
    """The ancillary data that sends from the address a datagram was sent to."""
    for level, kind, data in ancillary:
        if level == socket.IPPROTO_IP and kind == IP_PKTINFO:
            # struct in_pktinfo: the interface is left open, the address kept
            return [(level, kind, bytes(4) + data[8:12] + bytes(4))]
        if level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO:
            return [(level, kind, data[:16] + bytes(4))]
    return []


def bound_socket(family, kind):
    """A socket of FAMILY and KIND, bound to the port at every address."""
    sock = socket.socket(family, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.bind(("", PORT))
    sock.setblocking(False)
    return sock


def listen_stream(family):
    """A listening TCP socket that also takes data in the SYN."""
    sock = bound_socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 128)
    sock.listen(1024)
    return sock


def listen_datagrams(family):
    """A UDP socket that tells where each datagram was sent to."""
    sock = bound_socket(family, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    if family == socket.AF_INET:
        sock.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
    else:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    return sock


async def synchronize(_, writer):
    """Answer after two more turns of the loop, which took what was waiting."""
    for _ in range(2):
        await asyncio.sleep(0.001)
    writer.write(b"done\n")
    writer.close()


async def serve(directory):
    """Serve until killed."""
    sink = Sink(directory)
    loop = asyncio.get_running_loop()
    for family in (socket.AF_INET, socket.AF_INET6):
        await asyncio.start_server(sink.take_stream, sock=listen_stream(family))
        sock = listen_datagrams(family)
        loop.add_reader(sock, sink.take_datagrams, sock)
    await asyncio.start_unix_server(synchronize, os.path.join(directory, "sync"))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
