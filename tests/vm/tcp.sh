#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# TCP, and the moment that the label comes: rows 1, 3, 4 and 7
#
# run-6.12: shared
#
#	         connect, v4, v6, v4-mapped   /--> cn, dc
#	+----+  ---------------------------> +
#	| VM |                                \-x  us, de
#	+----+  <--------------------------------- us: answered with the data
#	   | opens people.csv: before, after, in the middle
. "$(dirname "$0")/lib/case.sh"

to() { attack connection "$1" "$(address "$TO" "$2")" "${3-send}"; }
before() { to before "$1"; }
after() { to after "$1" "$2"; }
progress() { to progress "$1"; }

for family in 4 6 mapped; do
	EXPECT="connect EACCES" deny "connect after the label, $family" before $family
	EXPECT="send EACCES" deny "connected before the label, $family" after $family send
	allow "connect after the label, $family" before $family
	allow "connected before the label, $family" after $family send
	EXPECT="send EACCES" deny "non-blocking connect in progress, $family" progress $family
done
HOST=de EXPECT="connect EACCES" deny "connect after the label, de" before 4
HOST=de EXPECT="send EACCES" deny "connected before the label, de" after 6 send
for call in write writev sendmsg sendmmsg; do
	EXPECT="$call EACCES" deny "connected before the label, $call" after 4 $call
done

# accepted WHEN FAMILY: us connects to us, and we answer with the data
accepted()
{
	local ready to=$HOST4 status

	ready=/tmp/ready.$$
	[ "$2" = 4 ] || to=[$HOST6]
	"$ATTACK/listener" "$1" "any$2" "$ready" &
	wait_until test -e "$ready"
	world on "$TO" curl -s -m 10 -o /dev/null "telnet://$to:7000" </dev/null
	wait $!
	status=$?
	rm -f "$ready"
	return $status
}

for family in 4 6; do
	# The answer to its SYN is dropped, and the listener stays. 6.1 shows that
	# answer to the packet door for IPv4 only; what is sent then is refused.
	expect="accept ETIMEDOUT"
	[ "$KERNEL $family" != "6.1 6" ] || expect="send EACCES"
	EXPECT=$expect deny "accepted from abroad, label before, $family" \
		accepted before $family
	allow "accepted from home, label before, $family" accepted before $family
	for when in listening accepted; do
		EXPECT="send EACCES" deny "accepted from abroad, label $when, $family" \
			accepted $when $family
	done
	allow "accepted from home, $family" accepted accepted $family
done
