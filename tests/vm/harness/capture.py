# SPDX-License-Identifier: GPL-2.0
"""Captures of all links, and how to know that they have drained."""

import os
import re
import secrets
import signal
import socket
import struct
import subprocess
import time

from namespace import die_with_parent
from network import GATEWAY_MAC, HOST_MAC, ROUTER_MAC, TAP
from oracle import MARKER, Record
from packet import ethernet
from pcap import Follower
from places import GATEWAY4, GATEWAY6, PLACES, VM4

ARP = 0x0806
PATIENCE = 60.0         # seconds for one round of draining
SNAP = "2048"           # more than any frame here; tcpdump's buffer is in such units
ROUNDS = 1.5            # seconds of rounds while the VM keeps sending


def router_owns(address):
    """Whether ADDRESS (4 or 16 bytes) is one of the router's."""
    if len(address) == 4:
        return address[:2] == b"\xa9\xfe" or address == socket.inet_aton(GATEWAY4)
    return address[:2] == b"\xfe\x80" or \
        address == socket.inet_pton(socket.AF_INET6, GATEWAY6)


def mac(text):
    """A hardware address as bytes."""
    return bytes.fromhex(text.replace(":", ""))


class Link:
    """One captured link: its tcpdump, the reader of its file, its record."""

    def __init__(self, name, directory, record):
        self.name, self.record = name, record
        self.path = os.path.join(directory, name + ".pcap")
        self.follower = Follower(self.path)
        self.log = os.path.join(directory, name + ".tcpdump")
        self.forgiven = 0       # losses before the last reset
        self.answers = 0        # of tcpdump, before the question asked last
        self.traffic = False    # that its server may not have read yet
        # Kept open: closing one waits until no processor can be using it.
        self.marks = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.marks.bind((name, 0))
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["tcpdump", "-i", name, "-n", "-p", "-U", "--immediate-mode",
                 "-B", "65536", "-s", SNAP, "-Z", "root", "-w", self.path],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=die_with_parent)

    def said(self):
        """What tcpdump has said."""
        with open(self.log, encoding="utf8", errors="replace") as log:
            return log.read()

    def wait_ready(self, deadline):
        """Wait until tcpdump captures; OSError when it cannot."""
        while "listening on" not in self.said():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise OSError(f"tcpdump on {self.name}: {self.said().strip()}")
            time.sleep(0.005)

    def read(self):
        """Feed what is new to the record; how many frames were no marker's."""
        frames = self.follower.frames()
        for frame in frames:
            self.record.feed(frame)
        count = sum(1 for frame in frames if not bookkeeping(frame))
        self.traffic = self.traffic or count > 0
        return count

    def ask_lost(self):
        """Ask tcpdump how many packets the kernel could not hand to it; lost()
        has the answer."""
        self.answers = self.said().count("dropped by kernel")
        self.process.send_signal(signal.SIGUSR1)

    def lost(self):
        """Wait for the answer to the question asked last."""
        deadline = time.monotonic() + PATIENCE
        while self.said().count("dropped by kernel") == self.answers:
            if time.monotonic() > deadline:
                raise OSError(f"tcpdump on {self.name} does not answer")
            time.sleep(0.002)
        return int(re.findall(r"(\d+) packets? dropped by kernel", self.said())[-1])


def bookkeeping(frame):
    """Whether FRAME is of our own making: a marker or an address probe."""
    kind = (ethernet(frame) or (None, None))[1]
    return kind in (MARKER, ARP)


class Capture:
    """The captures of the world: one per host, and WIRE for all the VM sends."""

    def __init__(self, directory, seekers, servers):
        self.links = {}
        for index, place in enumerate(PLACES, 1):
            router = mac(ROUTER_MAC.format(index))
            record = Record(router.__eq__, place.owns, router_owns, seekers,
                            servers[place.name].kept)
            self.links[place.name] = Link(place.name, directory, record)
        gateway = mac(GATEWAY_MAC)
        record = Record(lambda source: source != gateway, lambda _: True,
                        router_owns, seekers)
        self.links["wire"] = Link(TAP, directory, record)
        self.servers = servers
        self.probe = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                   socket.htons(ARP))
        self.probe.bind((TAP, ARP))

    def wait_ready(self, deadline):
        """Wait until all links are captured."""
        for link in self.links.values():
            link.wait_ready(deadline)

    def flush_vm(self):
        """Return once all frames that the VM had queued are past the router.

        The VM answers a probe for its address through the same queue, in
        order; a probe with no sender's address changes nothing in the VM.
        Answers go to an address that is new each time, so none is taken for
        another. False if the VM did not answer.
        """
        sender = b"\x02" + secrets.token_bytes(5)
        self.probe.send(
            b"\xff" * 6 + sender + struct.pack("!HHHBBH", ARP, 1, 0x0800, 6, 4, 1)
            + sender + bytes(4) + bytes(6) + socket.inet_aton(VM4))
        deadline = time.monotonic() + PATIENCE
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self.probe.settimeout(left)
            try:
                frame = self.probe.recv(2048)
            except socket.timeout:
                return False
            if frame[:6] == sender:
                return True

    def flush_files(self):
        """Return once all captured frames are in the records; how many.

        A marker frame goes out on each host's link and is waited for in its
        file: the kernel hands frames to tcpdump in order.
        """
        frames, waiting = 0, {}
        for index, place in enumerate(PLACES, 1):
            link, marker = self.links[place.name], secrets.token_bytes(16)
            link.marks.send(mac(HOST_MAC.format(index)) +
                            mac(ROUTER_MAC.format(index)) +
                            struct.pack("!H", MARKER) + marker + bytes(30))
            waiting[link] = marker
        deadline = time.monotonic() + PATIENCE
        while waiting:
            for link in list(waiting):
                frames += link.read()
                if waiting[link] in link.record.markers:
                    link.record.markers.discard(waiting.pop(link))
            if waiting and time.monotonic() > deadline:
                names = " ".join(link.name for link in waiting)
                raise OSError(f"the capture of {names} does not drain")
            if waiting:
                time.sleep(0.001)
        return frames + self.links["wire"].read()

    def drain(self):
        """Return once what the VM sent is in the records and with the servers.

        Goes on while frames keep coming, since they may call forth others: a
        handshake, an acknowledgement that lets more data out. What the VM
        sends without end is cut off after a while.
        """
        end = time.monotonic() + ROUNDS
        answered = True
        while True:
            answered = self.flush_vm() and answered
            if self.flush_files() == 0 or time.monotonic() > end:
                break
        for name, server in self.servers.items():
            if self.links[name].traffic:
                self.links[name].traffic = not server.synchronize()
        return answered

    def forget(self):
        """Begin anew: neither what was seen nor what was lost counts any more."""
        for link, lost in self.losses():
            link.record.forget()
            link.forgiven = lost

    def complain_if_lossy(self):
        """OSError if any capture has lost packets: no count would be true."""
        for link, lost in self.losses():
            if lost > link.forgiven:
                raise OSError(f"the capture of {link.name} lost {lost - link.forgiven} packets")

    def losses(self):
        """Each link and what it has lost so far, all of them asked at once."""
        for link in self.links.values():
            link.ask_lost()
        return [(link, link.lost()) for link in self.links.values()]
