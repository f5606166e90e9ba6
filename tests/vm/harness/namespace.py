# SPDX-License-Identifier: GPL-2.0
"""Namespaces without names: they end with the processes that are in them."""

import ctypes
import os
import signal
import subprocess

CLONE_NEWNS = 0x00020000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
MS_REC, MS_PRIVATE = 0x4000, 1 << 18
PR_SET_PDEATHSIG = 1

libc = ctypes.CDLL(None, use_errno=True)


def check(result, what):
    """Raise OSError, naming WHAT, if a C library call returned less than 0."""
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def unshare(flags):
    """Leave the namespaces named in FLAGS for new ones."""
    check(libc.unshare(flags), "unshare")


def leave_pid():
    """Have this process' next children in its own pid namespace again, so that
    it may make another."""
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    check(libc.setns(own, CLONE_NEWPID), "setns")
    os.close(own)


def die_with_parent():
    """Have the kernel kill this process when its parent goes."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def mount(source, target, kind, flags=0, data=None):
    """mount(2); DATA is the file system's options or None."""
    check(libc.mount(source.encode(), target.encode(), kind and kind.encode(),
                     flags, data and data.encode()), f"mount {target}")


def mount_private_run(path):
    """Give this mount namespace its own /proc and an empty tmpfs at PATH."""
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    mount("proc", "/proc", "proc")
    os.makedirs(path, exist_ok=True)
    mount("tmpfs", path, "tmpfs", data="mode=755,size=60%")


def hold_network():
    """Start a process that holds a new network namespace open; its pid."""
    ready, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            die_with_parent()
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
            unshare(CLONE_NEWNET)
            os.write(told, b"+")
            while True:
                signal.sigwait({signal.SIGUSR1})
        finally:
            os._exit(1)
    os.close(told)
    alive = os.read(ready, 1)
    os.close(ready)
    if not alive:
        raise OSError("cannot make a network namespace")
    return pid


def inside(pid, *command):
    """COMMAND as it is to be started to run in the network namespace of PID."""
    return ["nsenter", f"--net=/proc/{pid}/ns/net", "--", *command]


def ip_batch(lines, pid=None):
    """Carry out LINES of ip(8) commands, here or in the namespace of PID.

    Lines that start with -6 are carried out after the others.
    """
    six = [line[3:] for line in lines if line.startswith("-6 ")]
    for family, batch in (("-4", [line for line in lines
                                  if not line.startswith("-6 ")]), ("-6", six)):
        command = ["ip", family, "-batch", "-"]
        done = subprocess.run(inside(pid, *command) if pid else command,
                              input="\n".join(batch) + "\n", text=True,
                              capture_output=True, check=False)
        if done.returncode:
            raise OSError(f"ip: {done.stderr.strip()}")


def sysctl(settings, pid=None):
    """Set net.* SETTINGS (a path below /proc/sys/net to a value)."""
    script = "".join(f"echo {value} >/proc/sys/net/{path}\n"
                     for path, value in settings.items())
    command = ["sh", "-ec", script]
    done = subprocess.run(inside(pid, *command) if pid else command,
                          text=True, capture_output=True, check=False)
    if done.returncode:
        raise OSError(f"sysctl: {done.stderr.strip()}")
