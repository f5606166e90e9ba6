# SPDX-License-Identifier: GPL-2.0
"""The virtual machine: QEMU, its devices and its ports to the harness."""

import os
import socket
import subprocess

from namespace import die_with_parent
from network import TAP, VM_MAC

WORLD_PORTS = 12        # as many `world` commands can wait at once
PORTS = ("control", "out", "err") + tuple(f"world.{n}" for n in range(WORLD_PORTS))


class Machine:
    """One VM. KERNEL and INITRD are paths, DIRECTORY takes sockets and logs."""

    def __init__(self, directory, kernel, initrd, options):
        self.directory, self.options = directory, options
        self.kernel, self.initrd = kernel, initrd
        self.console = os.path.join(directory, "console.log")
        self.listeners = {name: self.listen(name) for name in PORTS}
        self.ports = {}
        self.process = None

    def path(self, name):
        """Where a file or socket of the machine is."""
        return os.path.join(self.directory, name)

    def listen(self, name):
        """The socket on which QEMU will present the port NAME."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.bind(self.path(name))
        sock.listen(1)
        return sock

    def console_device(self):
        """QEMU's arguments for the serial console: a file, or the terminal."""
        if self.options.shell:
            kind = f"stdio,id=console,signal=off,logfile={self.console}"
        else:
            kind = f"file,id=console,path={self.console}"
        return ["-chardev", kind, "-serial", "chardev:console"]

    def command(self):
        """The whole command line."""
        words = ["console=ttyS0", "panic=-1", "oops=panic", "quiet", "loglevel=5",
                 "net.ifnames=0", "tsc=nowatchdog", "no_timer_check",
                 self.options.append]
        command = [
            "qemu-system-x86_64", "-nodefaults", "-display", "none", "-no-reboot",
            "-machine", "q35,accel=tcg",
            # without what is slow to emulate: wide registers, string moves
            "-cpu", "max,-avx,-avx2,-xsave,-erms,-fsrm",
            "-smp", str(self.options.cpus), "-m", str(self.options.memory),
            "-kernel", self.kernel, "-initrd", self.initrd,
            "-append", " ".join(filter(None, words)),
            *self.console_device(),
            "-fsdev", "local,id=root,path=/,security_model=none,readonly=on,"
                      "multidevs=remap",
            "-device", "virtio-9p-pci,fsdev=root,mount_tag=root",
            "-drive", f"if=none,id=srv,format=raw,cache=unsafe,"
                      f"file={self.path('srv.img')}",
            "-device", "virtio-blk-pci,drive=srv",
            *self.disk(),
            "-netdev", f"tap,id=net,ifname={TAP},script=no,downscript=no,vhost=off",
            # every packet is to be captured as it would be on a wire
            "-device", f"virtio-net-pci,netdev=net,mac={VM_MAC},romfile=,"
                       "csum=off,gso=off,guest_csum=off,guest_tso4=off,"
                       "guest_tso6=off,guest_ufo=off,guest_ecn=off,"
                       "host_tso4=off,host_tso6=off,host_ufo=off,host_ecn=off,"
                       "mrg_rxbuf=off",
            "-device", "virtio-serial-pci,id=ports,max_ports=31",
        ]
        for name in PORTS:
            command += ["-chardev", f"socket,id={name},path={self.path(name)}",
                        "-device", f"virtserialport,chardev={name},name={name}"]
        if self.options.icount:
            command += ["-icount", "shift=0,sleep=off"]
        return command

    def disk(self):
        """QEMU's arguments for the disk that outlives the machine. What it has
        been given is in the file, whatever end QEMU comes to."""
        if not self.options.disk:
            return []
        return ["-drive", "if=none,id=disk,format=raw,cache=unsafe,"
                          f"file={self.options.disk}",
                "-device", "virtio-blk-pci,drive=disk"]

    def start(self):
        """Start QEMU and take its ports."""
        with open(self.path("qemu.log"), "wb") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=None if self.options.shell else log,
                stdin=None if self.options.shell else subprocess.DEVNULL,
                stderr=log, preexec_fn=die_with_parent)
        for name, listener in self.listeners.items():
            listener.settimeout(120)
            try:
                self.ports[name], _ = listener.accept()
            except socket.timeout:
                raise OSError(f"QEMU did not start: {self.log()}") from None
            self.ports[name].setblocking(True)

    def log(self):
        """The end of what QEMU has said."""
        with open(self.path("qemu.log"), encoding="utf8", errors="replace") as log:
            return log.read()[-2000:].strip()

    def console_tail(self, lines=40):
        """The last LINES lines of the kernel's console."""
        try:
            with open(self.console, encoding="utf8", errors="replace") as file:
                return "".join(file.readlines()[-lines:])
        except FileNotFoundError:
            return ""
