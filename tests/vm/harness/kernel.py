# SPDX-License-Identifier: GPL-2.0
"""The kernel to boot: fetched, unpacked, and our module among its modules."""

import contextlib
import glob
import hashlib
import os
import shutil
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CHECKOUT = os.path.realpath(os.path.join(HERE, "..", "..", ".."))
BASE = os.path.join(CHECKOUT, "build", "vm")
# Where make install has staged the tree; tests of changed trees stage their own.
INSTALL = os.path.abspath(os.environ.get("RINGFENCE_VM_INSTALL") or
                          os.path.join(BASE, "install"))


class Kernel:
    """Debian's kernel of one SERIES, 6.1 or 6.12. OSError if it cannot be had."""

    def __init__(self, series):
        self.tree = os.path.join(BASE, "kernel-" + series)
        helper("fetch-kernel", series)
        with open(os.path.join(self.tree, "version"), encoding="ascii") as file:
            self.release = file.read().strip()
        self.image = os.path.join(self.tree, "root/boot/vmlinuz-" + self.release)
        self.initrd = helper("initramfs", series)
        self.modules = os.path.join(self.tree, "root/lib/modules", self.release)

    def built_module(self):
        """The staged ringfence.ko for this kernel, or None."""
        found = glob.glob(os.path.join(INSTALL, "**/modules", self.release,
                                       "**/ringfence.ko*"), recursive=True)
        return found[0] if found else None

    def add_module(self, module):
        """Have the file MODULE among the modules, where modprobe finds it.

        Makes a tree of links to the kernel's own modules with indexes that
        know the new one, once for each build of it.
        """
        with open(module, "rb") as file:
            digest = hashlib.sha256((module + self.modules).encode() + file.read()).hexdigest()[:16]
        wanted = os.path.join(self.tree, "with-" + digest)
        if not os.path.isdir(wanted):
            self.make_tree(module, wanted)
        self.modules = os.path.join(wanted, "lib/modules", self.release)

    def make_tree(self, module, wanted):
        """Make the tree WANTED whole; trees of builds long past go."""
        stale = glob.glob(os.path.join(self.tree, "with-*"))
        temporary = tempfile.mkdtemp(dir=self.tree, prefix=".with-")
        folder = os.path.join(temporary, "lib/modules", self.release)
        place = os.path.dirname(module.split(f"/modules/{self.release}/")[1])
        os.makedirs(os.path.join(folder, place))
        kernel = os.path.join(folder, "kernel")
        os.symlink(os.path.join(self.modules, "kernel"), kernel)
        shutil.copy(module, os.path.join(folder, place))
        for name in ("order", "builtin", "builtin.modinfo"):
            shutil.copy(os.path.join(self.modules, "modules." + name), folder)
        run(["depmod", "-b", temporary, self.release])
        # Only now, since depmod has to find the modules: the name in the VM.
        os.unlink(kernel)
        os.symlink(os.path.join("/run/host", self.modules.lstrip("/"), "kernel"), kernel)
        os.chmod(temporary, 0o755)
        try:
            os.rename(temporary, wanted)
        except OSError:                     # another run was quicker
            shutil.rmtree(temporary)
        for tree in stale:
            with contextlib.suppress(FileNotFoundError):    # another run's doing
                if tree != wanted and time.time() - os.lstat(tree).st_mtime > 3600:
                    shutil.rmtree(tree, ignore_errors=True)


def helper(name, *arguments):
    """Run a script beside this file; what it printed. Its stderr is ours."""
    done = subprocess.run([os.path.join(HERE, name), *arguments], check=False,
                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    if done.returncode:
        raise OSError(f"{name} {' '.join(arguments)} failed")
    return done.stdout.strip()


def run(command):
    """Run COMMAND; OSError with what it said if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{command[0]}: {done.stderr.strip()}")
