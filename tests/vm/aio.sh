#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 13: asynchronous input and output that is older than io_uring
#
# run-6.12: shared
#
#	task --aio_read, io_submit, SIGIO--> write to a connection --x us
#	                                                           \-> cn, dc
. "$(dirname "$0")/lib/case.sh"

to() { attack aio "$1" "$(address "$TO" 4)"; }

for how in posix kernel signal; do
	EXPECT="write EACCES" deny "$how" to $how
	allow "$how" to $how
done
