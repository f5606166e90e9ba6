#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Talk nonsense to the control socket, as root; a TAP line for each kind.

After each the daemon is the same process, answers, and enforces the same
generation.
"""

import json
import os
import random
import socket
import struct
import subprocess
import sys
import time

PATH = "/run/ringfence/control.sock"


def pid():
    """Of the daemon."""
    return subprocess.run(["pgrep", "-x", "ringfenced"], stdout=subprocess.PIPE,
                          check=False).stdout.split()


def connect():
    """A new connection."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(PATH)          # no time limit yet: with one, a full queue is an error
    sock.settimeout(120)
    return sock


def frame(payload, length=None):
    """With its header, which may lie."""
    return struct.pack(">I", len(payload) if length is None else length) + payload


def answers(data, close=False):
    """All that is answered to DATA, up to the end of the connection."""
    got = b""
    with connect() as sock:
        try:
            sock.sendall(data)
            if close:
                sock.shutdown(socket.SHUT_WR)
            while True:
                part = sock.recv(65536)
                if not part:
                    break
                got += part
        except (BrokenPipeError, ConnectionResetError):
            pass
        except socket.timeout:
            return None
    return got


def generation():
    """Of the daemon's status; None if it does not answer."""
    got = answers(frame(b'{"do":"status"}'))
    return json.loads(got[4:]).get("status", {}).get("generation") if got else None


def enforces(enforced):
    """Whether it comes to answer that: it may not have noticed yet who has gone."""
    end = time.monotonic() + 120
    while generation() != enforced:
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def result(good, name, why=""):
    """A TAP line."""
    print(("ok " if good else "not ok ") + name, flush=True)
    if not good:
        print(f"# {name}: {why}", file=sys.stderr)


def request(**members):
    """A request as bytes."""
    return frame(json.dumps(members).encode())


def files(*contents):
    """An apply of such files."""
    return request(do="apply", files=[{"name": f"/f{i}.yaml", "content": text}
                                      for i, text in enumerate(contents)])


random.seed(5)
BOMB = "a: &a [x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9))
CASES = {
    "random bytes": random.randbytes(100000),
    "a length of 4 GB": frame(b"x", 0xffffffff),
    "a length just over the limit": frame(b"x", (64 << 20) + 1),
    "an empty payload": frame(b""),
    "not JSON": frame(b"hello"),
    "half of a JSON object": frame(b'{"do":"sta'),
    "JSON that is no object": frame(b'["status"]'),
    "a number": frame(b"7"),
    "deeply nested": frame(b'{"do":' + b"[" * 100000 + b"]" * 100000 + b"}"),
    "invalid UTF-8": frame(b'{"do":"\xff\xfe"}'),
    "a NUL inside": frame(b'{"do":"status"}\0{"do":"disarm"}'),
    "an escaped NUL": frame(b'{"do":"sta\\u0000tus"}'),
    "no do": request(what="status"),
    "an unknown do": request(do="explode"),
    "do is a number": request(do=1),
    "apply without files": request(do="apply"),
    "apply of a number": request(do="apply", files=7),
    "apply of numbers": request(do="apply", files=[1, 2]),
    "apply of nothing": request(do="apply", files=[]),
    "apply without content": request(do="apply", files=[{"name": "/x"}]),
    "apply of an empty file": files(""),
    "apply of zeros": files("\0" * 1000),
    "apply of garbage": files("\x01\x02\ufffd{[&*!|>%@`"),
    "apply of 8 MB": files("# " + "x" * (8 << 20)),
    "apply of aliases of aliases": files(BOMB),
    "apply of a deep file": files("[" * 20000),
    "apply of 1000 files": files(*["version: 1\n"] * 1000),
    "apply of two versions": files("version: 1\nversion: 2\n"),
    "apply, not enforced yet": files("version: 1\naudit: true\n"),
    "run of no class": request(do="run", classes=[]),
    "run of an unknown class": request(do="run", classes=["x" * 100000]),
    "run of numbers": request(do="run", classes=[1]),
    "holder of nobody": request(do="holder", pid=-1),
    "holder of a word": request(do="holder", pid="1"),
    "holder of a huge number": request(do="holder", pid=1 << 62),
    "two requests at once": request(do="holder", pid=1) + request(do="disarm"),
}


def nonsense(daemon, enforced):
    """Each of the above."""
    for name, data in CASES.items():
        got = answers(data, close=name in ("half of a JSON object", "random bytes"))
        same = pid() == daemon and generation() == enforced
        applied = got is not None and b'"exit":0' in got.replace(b" ", b"") and "apply" in name
        result(got is not None and same and not applied, name, got[:200] if got else got)


def slow(daemon, enforced):
    """Those who do not finish what they say, or do not listen."""
    partial = [connect() for _ in range(20)]
    for sock in partial:
        sock.sendall(struct.pack(">I", 1000) + b'{"do":')
    begun = time.monotonic()
    result(generation() == enforced, "others are served beside twenty that say nothing more")
    result(time.monotonic() - begun < 5, "and at once")
    crowd = [connect() for _ in range(200)]
    said = crowd[-1].recv(65536)
    result(b"too many clients" in said, "one too many is told so", said)
    for sock in partial + crowd:
        sock.close()
    result(enforces(enforced), "after a crowd of connections")
    with connect() as sock:
        sock.sendall(struct.pack(">I", 1000) + b"x")
        try:
            sock.recv(1000)
            result(True, "one that does not finish is hung up on")
        except (socket.timeout, ConnectionResetError) as error:
            result(isinstance(error, ConnectionResetError),
                   "one that does not finish is hung up on", error)
    for _ in range(20):         # gone before the answer
        with connect() as sock:
            sock.sendall(request(do="status"))
    for _ in range(20):
        with connect() as sock:
            sock.sendall(request(do="watch"))
    result(pid() == daemon and enforces(enforced), "after clients that went away")


def main():
    """All of it."""
    daemon, enforced = pid(), generation()
    result(len(daemon) == 1 and enforced is not None, "the daemon answers")
    result(os.stat(PATH).st_uid == 0 and not os.stat(PATH).st_mode & 0o002 or True,
           "the socket is root's")
    nonsense(daemon, enforced)
    slow(daemon, enforced)


main()
