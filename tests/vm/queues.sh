#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 20, and what else two processes may have in common: queues, terminals, keys,
# counters, signals
#
# run-6.12: shared
#
#	opens the file             never does
#	  +-------+    +-------+    +-------+
#	  | giver |--->| queue |--->| taker |---x us
#	  +-------+    +-------+    +-------+
#
# The program is tests/vm/attack/queue.c.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/hand.sh"

stopped queue mq msg pty-master pty-slave key
USERS=root stopped queue mq-given-closed pty-discipline
USERS="root user" stopped queue pty-echo
export USERS=user
stopped queue mq-later mq-taken-closed msg-copy pty-read eventfd key-update key-name key-searched
# A name of 4095 bytes at most
ATLEAST=1 stopped queue key-ring

# A few bytes at a time
stopped queue sem sem-operations signal pty-window
# 6.12 lets root type only, unless told so.
typing=/proc/sys/dev/tty/legacy_tiocsti
[ ! -e $typing ] || echo 1 >$typing
stopped queue pty-typed

# The memory of a screen, by its device. It keeps its label: one case.
: >/dev/tty9
screen()
{
	dd if="$FILE" of=/dev/vcs9 bs=464 count=1 2>/dev/null
	attack obtain read /dev/vcs9 "$(address "$TO" 4)"
}
STATUS=13 ATLEAST=16 USERS=root deny "screen" screen

# The kernel starts a program that makes the key, as root: so the file is regulated
# for that one, and the key for who wanted it.
install -m 755 "$ATTACK/queue" /sbin/request-key
STATUS=13 USERS="root user" deny "queue: key-request" hand queue key-request
# And the name of a wanted key tells it something.
ATLEAST=10 USERS="root user" deny "queue: key-wanted" hand queue key-wanted
rm /sbin/request-key

# A labelled shell may tell a daemon to stop, to reload, to go on.
sleep 1000 &
told=$!
(read -r _ <"$REGULATED"; kill -CONT $told)
ringfence ps --why $told >/run/told
ok "signal: one without a value gives no label" grep -q "holds no regulated data" /run/told
kill $told
