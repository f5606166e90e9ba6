#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 22: the file's data on a disk itself, by who has that open or mapped already
#
# run-6.12: shared
#
#	opens the file                              never does
#	  +-------+          +----------+           +-------+
#	  | giver |--------->| the disk |---------->| taker |---x us
#	  +-------+          +----------+           +-------+
#
# The program is tests/vm/attack/disk.c. Each case has a disk of its own: what was
# written to one stays. Without the module labelled processes write to none.
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

# --- what is written to a file system is on its disk, and on that of which it is a part

modprobe loop 2>/dev/null

# file_system PART: on a new $DISK, or on that part of it; at $DIR
file_system()
{
	local image

	image=$(mktemp /run/disk.XXXXXX)
	truncate -s 16M "$image"
	[ -z "$1" ] || echo ,12M | sfdisk -q "$image"
	DISK=$(losetup -Pf --show "$image")
	mkfs.ext4 -q -b 4096 "$DISK$1"
	chmod 666 "$DISK"
	mkdir -p $DIR
	mount "$DISK$1" $DIR && chmod 1777 $DIR
}

# on_file_system NAME PART WAY...
on_file_system()
{
	local as part=$2 way
	export DISK DIR=/run/file-system WHERE=$1
	shift 2

	for way; do
		for as in root user; do
			file_system "$part" || fail "$WHERE: a file system"
			USERS=$as stopped disk "$way"
			umount $DIR
		done
	done
}

# Open, not run: file-held
on_file_system "a file on the disk" "" file
on_file_system "a file on a part" p1 file
losetup -D
rm -f /run/disk.*
