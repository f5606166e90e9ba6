# SPDX-License-Identifier: GPL-2.0
"""One run: the world, the machine in it, and the SCRIPT in the machine."""

import os
import queue
import re
import secrets
import shlex
import shutil
import subprocess
import threading
import time

from capture import Capture
from kernel import BASE
from machine import PORTS, Machine
from network import make_network
from places import GATEWAY4, GATEWAY6, misplaced, variables
from server import Server
from system import pack
from tokens import Seeker, fresh
from world import World

HERE = os.path.dirname(os.path.abspath(__file__))
RUN = "/run/ringfence-vm"       # ours alone: a tmpfs of this mount namespace
TIMED_OUT, FAILED = 124, 125
EMULATOR = "the emulator failed"        # tests/layers/vm looks for it
BOOT_LIMIT = 300        # seconds until SCRIPT starts, on the busiest machine
READY = 120                     # seconds for servers and captures to come up


class Failure(Exception):
    """The harness itself failed; the text says how."""


def fill_srv(directory, image):
    """Make the ext4 of /srv with new tokens; the Seekers that know them."""
    seekers = {}
    for name, folder in (("leaked", "customers/cn"), ("received", "public")):
        tokens = fresh()
        path = os.path.join(directory, folder)
        os.makedirs(path)
        with open(os.path.join(path, "people.csv"), "w", encoding="ascii") as file:
            for number, token in enumerate(tokens, 1001):
                file.write(f"{number},Li Wei,{token}\n")
        seekers[name] = Seeker(tokens)
    done = subprocess.run(
        ["mke2fs", "-q", "-t", "ext4", "-d", directory, "-E",
         "root_owner=0:0,lazy_itable_init=1,lazy_journal_init=1", image, "256M"],
        capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"mke2fs: {done.stderr.strip()}")
    return seekers


class Session:
    """OPTIONS are those of the command line; KERNEL an unpacked kernel."""

    def __init__(self, options, kernel):
        self.options, self.kernel = options, kernel
        self.marker = secrets.token_hex(16).encode()
        self.events = queue.Queue()
        self.copiers = []
        self.machine = None

    def run(self):
        """Everything; the status to exit with. Failure if it cannot be told."""
        deadline = time.monotonic() + BOOT_LIMIT
        if misplaced():
            raise Failure("; ".join(misplaced()))
        seekers = fill_srv(os.path.join(RUN, "srv"), os.path.join(RUN, "srv.img"))
        self.write_settings()
        world = self.make_world(seekers)
        self.machine = Machine(RUN, self.kernel.image, self.kernel.initrd,
                               self.options)
        self.machine.start()
        self.attend(world)
        return self.follow(deadline)

    def make_world(self, seekers):
        """The network, servers and captures, all of them ready."""
        holders = make_network()
        servers = {name: Server(name, pid, os.path.join(RUN, "host", name))
                   for name, pid in holders.items()}
        for server in servers.values():
            server.start()
        folder = os.path.join(RUN, "capture")
        os.makedirs(folder)
        capture = Capture(folder, seekers, servers)
        ready = time.monotonic() + READY
        for server in servers.values():
            server.wait_ready(ready)
        capture.wait_ready(ready)
        return World(capture, holders)

    def write_settings(self):
        """What the VM's second stage needs, where it looks for it."""
        options = self.options
        shutil.copy(os.path.join(HERE, "boot"), RUN)
        with open(os.path.join(RUN, "rsyslog.conf"), "wb") as whole:
            for path in (os.path.join(HERE, "rsyslog.conf"), options.rsyslog):
                with open(path, "rb") as part:
                    shutil.copyfileobj(part, whole)
        if options.script is not None:
            options.command[0] = os.path.join(RUN, "script")
            with open(options.command[0], "wb") as file:
                file.write(options.script)
        pack(os.path.join(RUN, "system.tar"), os.path.join(BASE, "world"),
             options.install)
        settings = {
            **variables(),
            "KERNEL": options.kernel, "BOOT": options.boot, "RELEASE": self.kernel.release,
            "MODULES": self.kernel.modules,
            "GATEWAY4": GATEWAY4, "GATEWAY6": GATEWAY6,
            "POLICY": options.policy or "", "LOAD_MODULE": int(options.module),
            "MARKER": self.marker.decode(), "WANT_SHELL": int(options.shell),
            "TERMINAL": os.environ.get("TERM", "dumb"),
            "WINDOW": " ".join(map(str, shutil.get_terminal_size())),
        }
        with open(os.path.join(RUN, "settings"), "w", encoding="utf8",
                  errors="surrogateescape") as file:
            for name, value in settings.items():
                file.write(f"{name}={shlex.quote(str(value))}\n")
        with open(os.path.join(RUN, "command"), "w", encoding="utf8",
                  errors="surrogateescape") as file:
            words = " ".join(map(shlex.quote, options.command))
            file.write(f"COMMAND=({words})\n")

    def attend(self, world):
        """Start the threads that serve the machine's ports."""
        ports = self.machine.ports
        for name in PORTS:
            if name.startswith("world."):
                self.spawn(world.serve, ports[name])
        self.copiers = [self.spawn(self.copy, ports["out"], 1),
                        self.spawn(self.copy, ports["err"], 2)]
        self.spawn(self.listen, ports["control"])
        self.spawn(self.watch)

    @staticmethod
    def spawn(function, *arguments):
        """A thread that does not keep the program from ending."""
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        thread.start()
        return thread

    def copy(self, port, descriptor):
        """Copy PORT to DESCRIPTOR up to the marker that ends it."""
        held = b""
        while True:
            data = port.recv(1 << 16)
            held += data
            end = held.find(self.marker)
            if end >= 0 or not data:
                write_all(descriptor, held[:end] if end >= 0 else held)
                return
            keep = next((size for size in range(len(self.marker) - 1, 0, -1)
                         if held.endswith(self.marker[:size])), 0)
            write_all(descriptor, held[:len(held) - keep])
            held = held[len(held) - keep:]

    def listen(self, port):
        """Pass on what the VM's second stage says, line by line."""
        for line in port.makefile("r", encoding="utf8", errors="replace"):
            word, _, rest = line.strip().partition(" ")
            self.events.put((word, rest))

    def watch(self):
        """Say when QEMU has ended."""
        self.machine.process.wait()
        time.sleep(0.2)         # what it said last is still being read
        self.events.put(("ended", ""))

    def complain_of_emulator(self):
        """Failure if the kernel fell over flags that no processor can have: bits
        22 to 31 are always zero. QEMU's emulation has them wrong once in some
        hundred runs; whoever starts the VM may then start it again."""
        for flags in re.findall(r"EFLAGS: ([0-9a-f]{8})", self.machine.console_tail(200)):
            if int(flags, 16) >> 22:
                raise Failure(f"{EMULATOR}: it gave the kernel EFLAGS {flags}")

    def follow(self, deadline):
        """Wait for the SCRIPT's start until DEADLINE, then for its end and for
        all of its output for as long as it may take."""
        started = False
        while True:
            try:
                word, rest = self.events.get(
                    timeout=max(0.001, deadline - time.monotonic()))
            except queue.Empty:
                if started:
                    return TIMED_OUT
                raise Failure(f"SCRIPT had not started after {BOOT_LIMIT} s; "
                              "the console's end:\n" + self.machine.console_tail())
            if word == "start":
                started = True
                deadline = time.monotonic() + self.options.timeout
            if word in ("boot", "start") and self.options.timing:
                passed = time.monotonic() - self.options.begun
                write_all(2, f"run: {word} after {passed:.1f} s\n".encode())
            elif word == "exit":
                for copier in [] if self.options.shell else self.copiers:
                    copier.join(max(0.1, deadline - time.monotonic()))
                return int(rest)
            elif word == "fail":
                raise Failure(rest)
            elif word == "ended":
                self.complain_of_emulator()
                raise Failure("the VM ended before SCRIPT did; its console's end:\n"
                              + self.machine.console_tail() + self.machine.log())


def write_all(descriptor, data):
    """Write all of DATA; whoever reads may have gone, which is his affair."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view):]
    except BrokenPipeError:
        pass
