#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 8: headers of one's own
#
# run-6.1: shared
#
#	VM -- raw IP, ping, forged header, source route --x us
#	                                                 \-> cn
#
# uid 1000 has CAP_NET_RAW here, or it could try nothing.
. "$(dirname "$0")/lib/case.sh"
export CAPS=net_raw

to() { attack raw "$1" "$(address "$TO" "$2")" "$(address "${3:-$TO}" "$2")"; }

for family in 4 6; do
	EXPECT="sendto EACCES" deny "raw, $family" to payload $family
	EXPECT="sendto EACCES" deny "raw, held before, $family" to held $family
	EXPECT="sendto EACCES" CAPS='' deny "ping, $family" to ping $family
	EXPECT="sendto EACCES" deny "header of one's own, $family" to forged $family
	# The call names cn, the header us: the packet door.
	EXPECT="sendto EPERM" deny "forged header, $family" to forged $family cn
	allow "raw, $family" to payload $family
	allow "ping, $family" to ping $family
	allow "header of one's own, $family" to forged $family
done
EXPECT="sendto EACCES" deny "TCP in a packet of one's own" to tcp 4
EXPECT="sendto EPERM" deny "TCP in a packet of one's own, forged" to tcp 4 cn
# The call door takes it for no name, as other sockets do: the packet door.
EXPECT="sendto EPERM" deny "raw IPv6, name of family AF_UNSPEC" to unspec 6
USERS=root EXPECT="sendto EACCES" deny "raw TCP, connected to cn" to connected 4 cn

# An address of this host, where the data may go: of what comes there from us
# the kernel sends a part back, to us.
export own=2001:db8:20::77
ip -6 addr add $own/128 dev lo nodad
answered() { attack raw answered "$(address "$TO" 6)" $own; }
EXPECT="sendto EPERM" CAPS='' deny "answered by this host" answered

# A source route names both, others no one abroad; nothing may leave, and no one
# has to arrive: the router drops them. That the packet is sent at all is seen on
# the wire.
wired()
{
	local name=$1 as
	shift

	for as in root user; do
		one_run $as "$PUBLIC" "$@"
		if [ "$(count sent wire)" = 0 ]; then
			fail "$name, as $as" "unlabelled, nothing was sent"
			tell "$OUT"
			continue
		fi
		one_run $as "$REGULATED" "$@"
		is "$name, as $as: nothing on the wire" 0 "$(count leaked wire)"
		said_is "$name, as $as: errno" "sendto EPERM"
	done
}

wired "source route in IP options" attack raw options "$US4" "$CN4"
wired "routing header" attack raw routing "$US6" "$CN6"
# The call names cn. This host's own addresses are open only to what stays here.
wired "forged, to 127.0.0.1" attack raw forged 127.0.0.1 "$CN4"
wired "forged, to ::1" attack raw forged ::1 "$CN6"
wired "forged, to a v4-mapped address in IPv6" attack raw forged "::ffff:$CN4" "$CN6"
