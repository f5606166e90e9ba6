#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 17, and of rows 9 and 18 netlink and what is not the file itself: data handed
# over by a unix or netlink socket to a process that never opened the file
#
# run-6.1: shared
#
#	opens the file              never does
#	  +-------+    +--------+    +-------+
#	  | giver |--->| socket |--->| proxy |---x us
#	  +-------+    +--------+    +-------+
#
# The program is tests/vm/attack/unix.c.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/hand.sh"

# Row 17
stopped unix stream datagrams packets path path-early abstract abstract-early abstract-packets \
	abstract-datagrams ring netlink
export USERS=user
stopped unix read recvmsg sendmmsg peek peek-datagrams poll epoll oob sendfile splice-in \
	ring-worker ring-recvmsg ring-read-sqpoll path-datagrams path-datagrams-early ring-accept \
	name netlink-early netlink-no-length netlink-refused
USERS="root user" stopped unix filter
# The kernel takes it from root.
USERS=root stopped unix netlink-event
# On 6.1 the socket is not asked about what is spliced to it, only the packet is.
unseen unix splice-out

# Row 18: what is passed was made by the giver, or is the taker's connection.
stopped unix memfd-passed memfd-passed-early pipe-passed connection-passed connection-passed-early
