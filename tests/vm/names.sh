#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 36: what programs call themselves, in every output
#
# run-long:
# run-long: --no-module
#
#	/run/names/<newline, quotes, ], \, invalid UTF-8, ...>  reads and sends
#	in a cgroup of such a name
#	     --> syslog (one line, RFC 5424), ps, ps --json, watch, watch --json
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/daemon.sh"

# Python runs the programs, since a shell does not pass on every byte, and
# knows what a name has to look like when it is shown.
cat >/run/names.py <<'END'
import json, os, re, subprocess, sys, time
ATTACK, ADDRESS, FILE, PARSER = sys.argv[1:5]
NAMES = {
    "plain": b"plain", "newline": b"new\nline", "quotes": b"qu\"o'te", "bracket": b"br]ack[et",
    "backslash": b"back\\slash", "escape": b"x\\\"]y", "ends in a backslash": b"end\\",
    "invalid UTF-8": b"bad\xff\xfe\xc3", "overlong UTF-8": b"over\xc0\xaflong",
    "surrogate": b"sur\xed\xa0\x80r", "UTF-8": "姓名é".encode(), "cut UTF-8": "姓名姓名姓名".encode(),
    "tab and bell": b"tab\tbell\a", "terminal escape": b"\x1b[31mred", "DEL and C1": b"\x7f\xc2\x9b",
    "right to left": "\u202eabc".encode(), "line separator": "a\u2028b".encode(),
    "carriage return": b"carriage\rfoo", "forged": b'x" verdict="allow"] y', "spaces": b"  two  ",
    "percent": b"%s%n%d", "json": b'{"a":1}', "yaml": b"- a: b #c", "BOM": "\ufeffbom".encode(),
    "syslog": b"<34>1 - - - -", "dash": b"-rf", "long": b"l" * 200,
}
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\ufeff\u2028-\u202e\u2066-\u2069]")

def printable(name):
    """As rf_printable_copy() shows it: what is not printable as \\xNN."""
    out = ""
    for char in name.decode("utf-8", "surrogateescape"):
        if 0xdc80 <= ord(char) <= 0xdcff:
            out += f"\\x{ord(char) - 0xdc00:02x}"
        elif HIDDEN.match(char):
            out += "".join(f"\\x{b:02x}" for b in char.encode())
        else:
            out += char
    return out

def result(good, name, why=""):
    print(("ok " if good else "not ok ") + name)
    if not good:
        print(f"# {name}: {why}", file=sys.stderr)

def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout

def wait_until(condition, *arguments):
    end = time.monotonic() + 300
    while not condition(*arguments):
        if time.monotonic() > end:
            sys.exit(f"gave up: {condition.__name__}")
        time.sleep(0.05)

def asked(process):
    """It waits in recvfrom() for what it has asked for."""
    with open(f"/proc/{process.pid}/syscall", encoding="ascii") as syscall:
        return syscall.read().split()[0] == "45"

def watched(path):
    """The whole lines that it has said."""
    with open(path, encoding="utf-8") as file:
        return [line for line in file if line.endswith("\n")]

def all_told():
    """Both who watch have said of each that it was denied."""
    paths = {printable(path) for _, _, path, _ in running.values()}
    told = map(json.loads, watched("/run/watch.json"))
    said = "".join(watched("/run/watch.txt"))
    return paths <= {event["exe"] for event in told if event.get("verdict") == "deny"} and \
        all(f" denied: {path} (pid " in said for path in paths)

os.makedirs("/run/names", exist_ok=True)
watch = subprocess.Popen(["ringfence", "watch", "--json"], stdout=open("/run/watch.json", "wb"))
people = subprocess.Popen(["ringfence", "watch"], stdout=open("/run/watch.txt", "wb"))
wait_until(asked, watch)
wait_until(asked, people)
output("ringfence", "ps")       # the daemon has answered those who asked before
running = {}
for name, raw in NAMES.items():
    path = b"/run/names/" + raw
    cgroup = b"/sys/fs/cgroup/" + raw.replace(b"\n", b"_") + b".service"
    with open(ATTACK + "/obtain", "rb") as source, open(path, "wb") as copy:
        copy.write(source.read())
    os.chmod(path, 0o755)
    try:
        os.mkdir(cgroup)
    except OSError as error:
        result(False, f"a cgroup named {name}", error)
        continue
    ready = f"/run/ready.{len(running)}"
    child = os.fork()
    if not child:
        with open(cgroup + b"/cgroup.procs", "w") as procs:
            procs.write("0")
        os.environ.update(READY=ready, GO="/run/never")
        os.dup2(os.open("/dev/null", os.O_RDWR), 2)
        first = os.fork()
        if not first:       # one that is denied, and one that stays for ps
            del os.environ["GO"]
        os.execv(path, [path, b"read" if not first else b"held-open", FILE, ADDRESS])
    running[child] = (name, raw, path, cgroup)
    while not os.path.exists(ready):
        time.sleep(0.02)
# They are told after the log.
wait_until(all_told)
watch.terminate()
people.terminate()

lines = output("world", "syslog")
with open("/run/syslog", "wb") as file:
    file.write(lines)
parsed = subprocess.run([PARSER, "json"], input=lines, stdout=subprocess.PIPE, check=False)
result(parsed.returncode == 0, "syslog: every line is RFC 5424")
messages = [json.loads(line) for line in parsed.stdout.splitlines()]
listed = {p["pid"]: p for p in map(json.loads, output("ringfence", "ps", "--json").splitlines())}
result(True, "ps --json: every line is JSON")
shown = output("ringfence", "ps")
events = [json.loads(line) for line in open("/run/watch.json", encoding="utf-8")]
result(True, "watch --json: every line is JSON and UTF-8")
for name, output_ in (("ps", shown), ("watch", open("/run/watch.txt", "rb").read()),
                      ("syslog", lines), ("status", output("ringfence", "status"))):
    text = output_.decode("utf-8", "replace").replace("\n", "")
    bad = sorted({hex(ord(c)) for c in text if HIDDEN.match(c) or c == "\ufffd"})
    result(not bad, f"{name}: nothing that is not printable", bad)

for child, (name, raw, path, cgroup) in running.items():
    exe, comm = printable(path), printable(raw[:15])
    unit = printable(os.path.basename(cgroup))
    own = [m for m in messages
           if m["msgid"] == "DENY" and m.get("exe") == exe and "count" not in m]
    result(len(own) == 1, f"{name}: one alert with its path", [m.get("exe") for m in messages][-3:])
    if own:
        got = own[0].get("comm"), own[0].get("unit"), own[0]["verdict"]
        result(got == (comm, unit, "deny"), f"{name}: its alert's comm and unit",
               f"{got} and not {(comm, unit)}")
    process = listed.get(child, {})
    result((process.get("exe"), process.get("comm")) == (exe, comm), f"{name}: ps --json",
           f"{process.get('exe')!r} {process.get('comm')!r} and not {exe!r} {comm!r}")
    seen = [e for e in events if e.get("exe") == exe and e.get("verdict") == "deny"]
    result(seen and all(e["comm"] == comm for e in seen), f"{name}: watch --json",
           [(e.get("exe"), e.get("comm")) for e in seen])
    os.kill(child, 9)
denials = sum(m["msgid"] == "DENY" and "count" not in m for m in messages)
result(denials == len(running), "one line per denial", f"{denials} and not {len(running)}")
END
/usr/bin/python3 -u /run/names.py "$ATTACK" "$US4" $REGULATED "$here/tests/vm/lib/rfc5424.py" ||
	fail "what programs call themselves" "no end: status $?"

# The same in a policy's path, in what the daemon says of it, and in check.
odd=$'/run/pol\nicy"]\\ \xff\e[31m'
mkdir -p "$odd"
cp "$here/tests/vm/policy/test.yaml" "$odd/test.yaml"
printf 'version: 1\nnon\\x: 1\n"\\u202e": 2\n' >"$odd/z.yaml"
clean() { LC_ALL=C.UTF-8 /usr/bin/python3 -c '
import re, sys
text = sys.stdin.buffer.read().decode("utf-8")
sys.exit(bool(re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028]", text)))'; }
ringfence check "$odd" >/run/check 2>&1
is "check of a policy in an odd place: exit" 3 $?
ok "check: printable" clean </run/check
is "check: two errors, a line each" 2 "$(grep -c ': error: ' /run/check)"
rm "$odd/z.yaml"
ringfence apply "$odd" >/run/apply 2>&1
is "apply from an odd place" 0 $?
ok "apply from an odd place: printable" clean </run/apply
( exec 9<$REGULATED; exec sleep 1000 ) &
holder=$!
wait_until grep -qx sleep /proc/$holder/comm
ok "and ps" clean <<<"$(ringfence ps)"
ok "and explain" clean <<<"$(ringfence explain --pid $holder --to "$US4")"
ok "and region list" clean <<<"$(ringfence region list)"
kill $holder
( exec 9<$REGULATED; exec curl -s -m 60 "http://$US4/" ) >/dev/null
ringfence ps >/dev/null
ok "and the alerts of it" "$here/tests/vm/lib/rfc5424.py" count <<<"$(world syslog)"
ok "and status" clean <<<"$(ringfence status)"
ok "and status --json" /usr/bin/python3 -m json.tool <<<"$(ringfence status --json)"
