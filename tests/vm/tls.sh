#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 10: a connection that the kernel encrypts since before the label
#
# run: shared
#
#	task == TLS of the kernel == x us
#	  | opens people.csv, sends: EACCES
#
# What is on the wire nobody can read: the far end has the key, and what it
# decrypts counts. See attack/tls.c and lib/untls.py.
. "$(dirname "$0")/lib/case.sh"

modprobe tls
for host in us cn dc; do
	world on $host sh -c "exec $here/tests/vm/lib/untls.py >/dev/null 2>&1 &"
	wait_until world on $host sh -c 'grep -q :24E3 /proc/net/tcp'
done

to() { attack tls "$1" "$(address "$TO" 4)"; }

EXPECT="send EACCES" deny "kernel TLS, send" to send
allow "kernel TLS, send" to send
for how in sendfile splice; do
	# On 6.1 the packet door alone sees these: see splice.sh.
	expect="$how EACCES"
	[ "$KERNEL" != 6.1 ] || expect=silence
	EXPECT=$expect deny "kernel TLS, $how" to $how
done
