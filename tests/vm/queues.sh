#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 20, and what else two processes may have in common: queues, terminals, keys,
# counters, signals
#
# run: shared
#
#	opens the file             never does
#	  +-------+    +-------+    +-------+
#	  | giver |--->| queue |--->| taker |---x us
#	  +-------+    +-------+    +-------+
#
# The program is tests/vm/attack/queue.c.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/hand.sh"

# Open, not run: key key-update key-name pty-typed pty-window signal
stopped queue mq msg pty-master pty-slave
export USERS=user
stopped queue mq-later msg-copy pty-read eventfd

# A few bytes at a time
stopped queue sem
