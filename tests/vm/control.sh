#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 35: forged control messages, and policy files that are something else
#
# run-long:
# run-long: --no-module
#
#	uid 1000 --x  /run/ringfence/control.sock  <-- root: nonsense
#	                      |                        (lib/control.py)
#	                  ringfenced <-- apply PATH: link, FIFO, device, huge, ...
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/daemon.sh"

send() { "$ATTACK/obtain" read "$FILE" "$(address "$TO" 4)"; }
facts()
{
	ringfence status --json | /usr/bin/python3 -IS -c '
import json, sys
said = json.load(sys.stdin)
print(said["daemon_pid"], said["generation"], said["policy"]["hash"])'
}
before=$(facts)
# same NAME: nothing has changed
same() { is "$1: still the same" "$before" "$(facts)"; }

# --- an unprivileged user

for request in '{"do":"disarm"}' '{"do":"status"}' '{"do":"apply","files":[]}' '{"do":"watch"}'; do
	said=$(as_user /usr/bin/python3 -c '
import socket, struct, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(5)
try:
    s.connect("/run/ringfence/control.sock")
    s.sendall(struct.pack(">I", len(sys.argv[1])) + sys.argv[1].encode())
    data = s.recv(65536)
    print("answered" if b"generation" in data or b"\"exit\":0" in data.replace(b" ", b"") else "refused")
except OSError as e:
    print("refused")' "$request")
	is "uid 1000 asks $request" refused "$said"
done
for command in "disarm --yes" "apply $here/tests/vm/policy/audit.yaml" status ps "run --class cn-personal -- true" \
	       "diff $here/tests/vm/policy/test.yaml"; do
	# shellcheck disable=SC2086
	as_user ringfence $command >/dev/null 2>&1
	ok "uid 1000: ringfence $command fails" test $? != 0
done
timeout 60 setpriv --reuid 1000 --regid 1000 --clear-groups ringfence watch >/dev/null 2>&1
ok "uid 1000: ringfence watch fails at once" test $? != 0 -a $? != 124
fails "uid 1000: the pins are out of reach" as_user ls /sys/fs/bpf/ringfence
fails "uid 1000: the state is out of reach" as_user ls /var/lib/ringfence
[ ! -e /dev/ringfence ] || fails "uid 1000: the module is out of reach" as_user cat /dev/ringfence
# Root in a user namespace of its own is not root.
unshare_run() { setpriv --reuid 1000 --regid 1000 --clear-groups unshare -r "$@"; }
unshare_run ringfence disarm --yes >/dev/null 2>&1
ok "root of a user namespace: disarm fails" test $? != 0
same "after uid 1000"

# --- nonsense from root

"$here/tests/vm/lib/control.py" || fail "nonsense" "no end: status $?"
same "after nonsense"

# --- policy files

mkdir -p /run/p
policy=$here/tests/vm/policy/audit.yaml
# refused NAME PATH: soon, with a reason, and nothing changes
refused()
{
	local status
	timeout 60 ringfence apply "$2" >/run/apply 2>&1 </dev/null
	status=$?
	ok "$1: refused (exit $status)" test $status = 1 -o $status = 3
	ok "$1: says why" grep -qi 'error\|cannot\|no ' /run/apply
	same "$1"
}
ln -s "$policy" /run/p/link.yaml
mkfifo /run/p/fifo.yaml
mknod /run/p/zero.yaml c 1 5
truncate -s 2G /run/p/huge.yaml
head -c 100000 /dev/urandom >/run/p/binary.yaml
: >/run/p/empty.yaml
mkdir -p /run/p/none /run/p/nested.yaml /run/p/dir
ln -s "$policy" /run/p/dir/link.yaml
cp "$policy" /run/p/dir/good.yaml
/usr/bin/python3 -c '
import socket
socket.socket(socket.AF_UNIX).bind("/run/p/socket.yaml")'
{ cat "$policy"; printf '\xff\xfe\n'; } >/run/p/encoding.yaml
{ cat "$policy"; printf 'a: b: c\n'; } >/run/p/syntax.yaml
sed 's/allow:/alow:/' "$policy" >/run/p/misspelt.yaml
head -c 300 "$policy" >/run/p/cut.yaml
refused "a symbolic link" /run/p/link.yaml
refused "a FIFO" /run/p/fifo.yaml
refused "a device" /run/p/zero.yaml
refused "2 GB" /run/p/huge.yaml
refused "a binary" /run/p/binary.yaml
refused "an empty file" /run/p/empty.yaml
refused "an empty directory" /run/p/none
refused "a directory with a link" /run/p/dir
refused "a socket" /run/p/socket.yaml
refused "no such file" /run/p/nothing.yaml
refused "another encoding" /run/p/encoding.yaml
refused "a syntax error" /run/p/syntax.yaml
refused "a misspelt key" /run/p/misspelt.yaml
ok "a misspelt key: the nearest name" grep -q allow /run/apply
refused "half of a file" /run/p/cut.yaml
cp "$here/tests/vm/policy/test.yaml" /run/p/unreadable.yaml
chmod 0 /run/p/unreadable.yaml
as_user ringfence check /run/p/unreadable.yaml >/run/check 2>&1
ok "check of one that uid 1000 cannot read" test $? = 1 -o $? = 3
EXPECT="Permission denied" deny "after all of it" send
