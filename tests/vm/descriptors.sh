#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 22: a file is written or read by a descriptor that is nowhere in the table of
# who obtains the label
#
# run-6.1: shared
#
#	opens the file, and has the copy open       has it open, or opens it
#	by another task, a ring, on its way
#	  +-------+             +------+             +-------+
#	  | giver |------------>| copy |------------>| taker |---x us
#	  +-------+             +------+             +-------+
#
# The program is tests/vm/attack/descriptor.c.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/hand.sh"

install -d -m 1777 /srv/copies /run/copies
export DIR=/srv/copies WHERE=ext4
stopped descriptor process thread process-held thread-held process-reads thread-reads \
	leaderless leaderless-held sent received received-held received-later \
	ring ring-held ring-opened ring-reads ring-opened-reads
DIR=/run/copies WHERE=tmpfs
USERS=user stopped descriptor process thread-held thread-reads leaderless-held sent received-held \
	ring-held ring-opened ring-reads
rm -rf /srv/copies /run/copies
