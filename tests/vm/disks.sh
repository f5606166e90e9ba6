#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 22: the file's data on a disk itself, by who has that open or mapped already
#
# run: shared
#
#	opens the file                              never does
#	  +-------+          +----------+           +-------+
#	  | giver |--------->| the disk |---------->| taker |---x us
#	  +-------+          +----------+           +-------+
#
# The program is tests/vm/attack/disk.c. Each case has a disk of its own, in memory:
# what was written to one stays. Without the module labelled processes write to none.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/hand.sh"

modprobe brd rd_nr=16 rd_size=1024 || fail "disks in memory"
number=0

# on_disk WAY...: as root and as a user who may use disks
on_disk()
{
	local way as
	export DISK

	for way; do
		for as in root user; do
			DISK=/dev/ram$number
			chmod 666 $DISK
			USERS=$as stopped disk "$way"
			number=$((number + 1))
		done
	done
}

# Open, not run: later-mapped
on_disk early early-held early-mapped map-early map-early-held map-early-mapped later later-held
modprobe -r brd
