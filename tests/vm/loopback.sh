#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rows 21 and 25: data handed over by IP to a proxy or resolver on the same host
#
# run-6.1: shared
#
#	opens the file        lo             never does
#	  +-------+    127.0.0.1, ::1,      +-------+
#	  | giver |--- the host's own ----->| proxy |---x us
#	  +-------+       addresses         +-------+
#	                     |      sniffer
#	                     +----->(root)
#
# The program is tests/vm/attack/local.c.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/hand.sh"

export LOCAL WHERE USERS
for LOCAL in 127.0.0.1 ::1; do
	USERS="root user" WHERE=$LOCAL
	stopped local tcp connection udp
	USERS=user
	stopped local tcp-early udp-early
done
for LOCAL in "$HOST4" "$HOST6" ::ffff:127.0.0.1; do
	WHERE=$LOCAL
	stopped local tcp connection udp-sendto
done

LOCAL=127.0.0.1 WHERE=
stopped local read peek epoll zerocopy ring ring-worker ring-accept deferred fast-open reuse-port \
	udp-peek udp-recvmmsg udp-epoll udp-ring multicast
# The packet is dropped, where it cannot be said who gets it.
STATUS=1 USERS="root user" stopped local broadcast chosen
# On 6.1 the socket is not asked about what is spliced to it, only the packet is.
unseen local splice

# What comes back to the sender's socket, of which somebody else has a copy
echo "0 65535" >/proc/sys/net/ipv4/ping_group_range
USERS="root user"
stopped local echo
STATUS=1 ATLEAST=30 stopped local refused stamped
USERS=root stopped local repaired

# A packet that is under way for seconds
modprobe -q sch_netem
ok "netem" tc qdisc add dev lo root netem delay 4s
STATUS=1 USERS=root stopped local late
ok "netem, away" tc qdisc del dev lo root

# Open, not run: raw packet, by which root hears what is not for it
