#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 2: memory that is on its way out when the file is read into it
#
# run-6.12: shared
#
#	one thread: send(memory) ---[ full ]---> us, which reads nothing ...
#	another:    read(people.csv, memory)     ... until it is woken on 9101
#	or the same one, after exec, if the memory is shared
#
# The connection is older than the label, so what was read before may leave;
# of the file, nothing may. See attack/blocked.c.
. "$(dirname "$0")/lib/case.sh"

world on us sh -c "exec /usr/bin/python3 $here/tests/vm/lib/drain.py >/dev/null 2>&1 &"
wait_until world on us sh -c 'grep -q :238D /proc/net/tcp'

deny "blocked in send while another thread reads" attack blocked thread "$US4"
EXPECT="send EACCES" deny "sending in a loop" attack blocked loop "$US4"
EXPECT="open EACCES" deny "MSG_ZEROCOPY pages changed" attack blocked zerocopy "$US4"
deny "blocked in a worker of io_uring" attack blocked async "$US4"
deny "vmspliced pages changed in the socket" attack blocked splice "$US4"
deny "vmspliced pages changed, pushed by close" attack blocked more "$US4"
deny "pages of a mapped file changed, pushed by close" attack blocked mapped "$US4"
deny "pages of a file changed, pushed by close" attack blocked file "$US4"

for threads in alone threads; do
	EXPECT="open EACCES" deny "MSG_ZEROCOPY pages changed after exec, $threads" \
		attack outlive zerocopy $threads "$US4"
	deny "pages of a file changed after exec, $threads" \
		attack outlive sendfile $threads "$US4"
done

# The refusal has a reason of its own.
is "MSG_ZEROCOPY: counted as unseen" 1 \
	"$([ "$(counter reasons_at_call.unseen)" -gt 0 ] && echo 1)"
