# SPDX-License-Identifier: GPL-2.0
"""The VM's own files, laid over the machine's root: accounts, names, our tree."""

import io
import os
import tarfile

from places import VM4, variables

UID = 1000
LINKED = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")     # into /usr


def without_user(path, identity):
    """The lines of the account file PATH but for `user` and for our uid."""
    with open(path, encoding="utf8", errors="surrogateescape") as file:
        for line in file:
            fields = line.split(":")
            if fields[0] != "user" and \
                    (not identity or fields[2:3] != [str(UID)]):
                yield line


def accounts():
    """Account files in which `user` is the one with uid 1000."""
    yield "etc/passwd", 0o644, "".join(without_user("/etc/passwd", True)) + \
        f"user:x:{UID}:{UID}::/home/user:/bin/bash\n"
    yield "etc/group", 0o644, "".join(without_user("/etc/group", True)) + \
        f"user:x:{UID}:\n"
    yield "etc/shadow", 0o640, "".join(without_user("/etc/shadow", False)) + \
        "user:*:19000:0:99999:7:::\n"


def names():
    """/etc/hosts with the world's hosts, and no name server."""
    lines = ["127.0.0.1 localhost", "::1 localhost", f"{VM4} ringfence-vm"]
    lines += [f"{address} {name[:-1].lower()}"
              for name, address in variables().items() if name[:-1] != "HOST"]
    yield "etc/hosts", 0o644, "\n".join(lines) + "\n"
    yield "etc/resolv.conf", 0o644, ""
    yield "var/log/ringfence.log", 0o644, ""


def in_usr(member):
    """MEMBER of the staged tree as it is to be unpacked, or None for modules.

    Where Debian has links into /usr, a directory must not take their place.
    """
    parts = member.name.split("/")
    if parts[1:2] and parts[1] in LINKED:
        parts.insert(1, "usr")
    member.name = "/".join(parts)
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return None if member.name.endswith("usr/lib/modules") else member


def pack(archive, world, tree):
    """Make the tar file ARCHIVE of all of this.

    WORLD is the `world` command, TREE what make install has staged, or None.
    """
    with tarfile.open(archive, "w") as file:
        for name, mode, text in (*accounts(), *names()):
            data = text.encode("utf8", "surrogateescape")
            member = tarfile.TarInfo(name)
            member.mode, member.size = mode, len(data)
            file.addfile(member, io.BytesIO(data))
        home = tarfile.TarInfo("home/user")
        home.type, home.mode, home.uid, home.gid = tarfile.DIRTYPE, 0o755, UID, UID
        file.addfile(home)
        file.add(world, "./usr/local/bin/world", filter=in_usr)
        if tree:
            for entry in sorted(os.listdir(tree)):
                file.add(os.path.join(tree, entry), "./" + entry, filter=in_usr)
