#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 21: data handed over by IP to another network namespace of the same host
#
# run-6.12: shared
#
#	opens the file      veth pair       never does
#	  +-------+     10.77.0.1 | .2      +-------+
#	  | giver |-----------------------x | proxy |--- /run/got ---> us
#	  +-------+    in no region         +-------+
#
# By an address that the policy allows it is as if on another host: see README.
. "$(dirname "$0")/lib/case.sh"

export got=/run/got
ip netns add other
ip link add rfa type veth peer name rfb netns other
ip addr add 10.77.0.1/24 dev rfa
ip link set rfa up
ip -n other addr add 10.77.0.2/24 dev rfb
ip -n other link set lo up
ip -n other link set rfb up
: >$got
chmod 644 $got
ip netns exec other socat -u TCP4-LISTEN:9000,fork,reuseaddr OPEN:$got,append 7>&- &
listener=$!
wait_until grep -q ':2328 00000000:0000 0A' /proc/$listener/net/tcp

# Both send: the giver to the proxy, and somebody else what the proxy has got.
handed()
{
	attack obtain read "$FILE" 10.77.0.2 || return
	attack obtain read $got "$(address "$TO" 4)"
}
EXPECT="Permission denied" deny "veth to another namespace" handed
connected()
{
	/usr/bin/python3 -IS -c '
import socket, sys
s = socket.create_connection(("10.77.0.2", 9000), 5)
s.sendall(open(sys.argv[1], "rb").read())
s.shutdown(1)
s.recv(1)' "$FILE" || return
	attack obtain read $got "$(address "$TO" 4)"
}
EXPECT="Permission denied" deny "veth to another namespace, connected before" connected

kill $listener
wait $listener 2>/dev/null
ip netns del other
