#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 7: addresses that are in no region
#
# run-6.1: shared
#
#	VM --x 255.255.255.255, 192.168.77.255, 224.0.0.1, ff02::1, fe80::1%eth0
#	   \-> 0.0.0.0, ::, 127.0.0.1, ::1: this host itself, left open
#
# What is sent is seen on the VM's own link ("wire"), where nobody else is.
. "$(dirname "$0")/lib/case.sh"

export index
index=$(cat /sys/class/net/eth0/ifindex)
gateway=$(ip -6 neigh show dev eth0 | sed -n 's/^\(fe80[^ ]*\) .*/\1/p' | head -n 1)
ping -6 -c 1 -W 2 "ff02::2%eth0" >/dev/null 2>&1
: "${gateway:=$(ip -6 neigh show dev eth0 | sed -n 's/^\(fe80[^ ]*\) .*/\1/p' | head -n 1)}"

# sends ADDRESS: one datagram with the file, broadcast allowed
sends()
{
	# shellcheck disable=SC2016
	/usr/bin/python3 -c '
import errno, os, socket, sys
address, _, scope = sys.argv[1].partition("%")
six = ":" in address
s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
index = int(scope or sys.argv[2])
if six:
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
data = open(os.environ["FILE"], "rb").read(1200)
try:
    s.sendto(data, (address, 9000, 0, index) if six else (address, 9000))
except OSError as error:
    sys.exit("sendto " + errno.errorcode[error.errno])
' "$1" "$index"
}

# wired NAME ADDRESS: the public file is seen on the wire, the other isn't
wired()
{
	local as

	for as in root user; do
		one_run $as "$PUBLIC" sends "$2"
		if [ "$(count received wire)" = 0 ]; then
			fail "$1, as $as" "unlabelled, nothing was sent"
			tell "$OUT"
			continue
		fi
		one_run $as "$REGULATED" sends "$2"
		is "$1, as $as: nothing on the wire" 0 "$(count leaked wire)"
		said_is "$1, as $as: errno" "sendto EACCES"
	done
}

wired "broadcast" 255.255.255.255
wired "broadcast of the link" 192.168.77.255
wired "multicast" 224.0.0.1
wired "multicast of no link" 239.1.2.3
wired "IPv6 multicast" "ff02::1%$index"
if [ -n "$gateway" ]; then
	wired "link-local with scope" "$gateway%$index"
else
	wired "link-local with scope" "fe80::1%$index"
fi
wired "the next host of the link" 192.168.77.1

# Nowhere is this host: the same as loopback, and it stays open to who is there. To
# nobody a packet is dropped: somebody could come before it does.
one_run root "$REGULATED" sends 127.0.0.1
said_is "127.0.0.1, nobody there" "sendto EPERM"
socat -u UDP6-RECV:9000,ipv6only=0 /dev/null &
receiver=$!
ok "somebody there" wait_until grep -q ":2328 " /proc/net/udp6
for address in 0.0.0.0 127.0.0.1 ::1 ::; do
	for as in root user; do
		one_run $as "$REGULATED" sends $address
		said_is "$address, as $as: left open" ""
		is "$address, as $as: nothing on the wire" 0 "$(count leaked wire)"
	done
done
kill $receiver
