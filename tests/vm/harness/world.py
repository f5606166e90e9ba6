# SPDX-License-Identifier: GPL-2.0
"""Answers what the `world` command in the VM asks, over virtio-serial ports.

A request is a line `world ID N LENGTH...` and then N arguments of those many
bytes; the answer is a line `world ID STATUS LENGTH LENGTH` and then what the
command writes to its stdout and stderr. A port serves one command at a time:
the VM's side locks it, so a request while another is being carried out means
that its asker has died, and ends it.
"""

import os
import signal
import subprocess
import tempfile
import threading

from namespace import inside
from places import variables

USAGE = """usage: world leaked HOST	tokens of the regulated file that reached HOST
       world received HOST	tokens of the public file that reached HOST
       world take HOST		both, "RECEIVED LEAKED", and forget
       world sent HOST		IP packets that the VM sent to HOST
       world reset		forget all of that
       world on HOST CMD...	run a command on HOST; what it writes into files
				below $FAR counts as having reached it
       world pcap HOST		the capture of HOST's link so far
       world syslog		the file that rsyslogd writes
HOST is cn, us, de or dc; wire, except for `on`, is all that leaves the VM.
"""
FAILED = 125


class Request:
    """One command being carried out."""

    def __init__(self, port, ident, arguments):
        self.port, self.ident, self.arguments = port, ident, arguments
        self.process = None
        self.dropped = False

    def drop(self):
        """Nobody waits for the answer any more."""
        self.dropped = True
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)


class World:
    """The commands. HOLDERS maps a host's name to a process in its namespace."""

    def __init__(self, capture, holders):
        self.capture, self.holders = capture, holders
        self.lock = threading.Lock()

    def serve(self, connection):
        """Serve one port until the VM is gone."""
        file = connection.makefile("rb")
        running = None
        for line in file:
            words = line.split()
            if not words or words[0] != b"world":
                continue
            arguments = [file.read(int(size)) for size in words[3:]]
            if running:
                running.drop()
            running = Request(connection, words[1], arguments)
            threading.Thread(target=self.answer, args=(running,),
                             daemon=True).start()

    def answer(self, request):
        """Carry out REQUEST and send what comes of it."""
        try:
            status, out, err = self.carry_out(request)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            status, out, err = FAILED, b"", f"world: {error}\n".encode()
        if request.dropped:
            return
        head = b"world %s %d %d %d\n" % (request.ident, status, len(out), len(err))
        try:
            request.port.sendall(b"\n" + head + out + err)
        except OSError:
            pass

    def carry_out(self, request):
        """Status, stdout and stderr of REQUEST."""
        command, *rest = [argument.decode(errors="surrogateescape")
                          for argument in request.arguments] or [""]
        if command == "on" and len(rest) >= 2 and rest[0] in self.holders:
            return self.run_on(request, rest[0], rest[1:])
        if command in ("reset", "drain") and not rest:
            return self.look(command, None)
        if command in ("leaked", "received", "take", "sent", "pcap") and \
                len(rest) == 1 and rest[0] in self.capture.links:
            return self.look(command, self.capture.links[rest[0]])
        return 2, b"", USAGE.encode()

    def look(self, command, link):
        """Drain, then answer from the record of LINK, or reset all records."""
        with self.lock:
            if not self.capture.drain():
                raise OSError("the VM does not answer ARP")
            if command == "reset":
                self.capture.forget()
                return 0, b"", b""
            if command == "drain":
                return 0, b"", b""
            self.capture.complain_if_lossy()
            if command == "pcap":
                with open(link.path, "rb") as file:
                    return 0, file.read(), b""
            if command == "sent":
                return 0, b"%d\n" % link.record.sent, b""
            names = ("received", "leaked") if command == "take" else (command,)
            counts = " ".join(str(link.record.count(name)) for name in names)
            if command == "take":
                self.capture.forget()
            return 0, counts.encode() + b"\n", b""

    def run_on(self, request, host, command):
        """Run COMMAND on HOST; its outputs are files, so that a child it leaves
        behind does not hold up the answer."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            request.process = subprocess.Popen(
                inside(self.holders[host], *command), cwd="/",
                stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                env={**host_environment(), **variables(),
                     "FAR": self.capture.servers[host].far},
                start_new_session=True)
            if request.dropped:
                request.drop()
            status = request.process.wait()
            out.seek(0)
            err.seek(0)
            return status if status >= 0 else 128 - status, out.read(), err.read()


def host_environment():
    """A plain environment for commands on hosts."""
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "HOME": "/root", "LANG": "C.UTF-8"}
