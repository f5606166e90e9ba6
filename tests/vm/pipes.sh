#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 16: data handed over by a pipe or FIFO to a process that never opened the file
#
# run-6.1: shared
#
#	opens the file              never does
#	  +-------+     +------+     +-------+
#	  | giver |---->| pipe |---->| taker |---x us
#	  +-------+     +------+     +-------+
#
# The program is tests/vm/attack/pipe.c.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/hand.sh"

stopped pipe read ring splice-in splice-file tee vmsplice-in pipeline fifo fifo-early
export USERS=user
stopped pipe readv packets poll aio ring-worker ring-sqpoll splice-pipe vmsplice-out \
	vmsplice-early write-waits fifo-opens reopened-by-taker reopened-by-giver
USERS="root user" stopped pipe splice-fifo tee-fifo splice-third tee-third splice-written \
	splice-written-early
# On 6.1 the socket is not asked about what is spliced to it, only the packet is.
unseen pipe ring-splice splice-socket splice-through tee-splice vmsplice-early-splice

install -d -m 1777 /srv/hand
export DIR=/srv/hand WHERE=ext4
stopped pipe fifo fifo-early fifo-opens splice-written splice-written-early
