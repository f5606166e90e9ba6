#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 22: copies of the file, which somebody else sends
#
# run-6.12: shared
#
#	                 ext4, tmpfs
#	opens the file                            never does
#	  +-------+        +------+               +-------+
#	  | giver |------->| copy |-------------->| taker |---x us
#	  +-------+        +------+               +-------+
#
# The programs are coreutils and the like, and copy.c and name.c of tests/vm/attack. Without the
# module what outlives the host may not be written: that stops it as well.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/hand.sh"
. "$(dirname "$0")/lib/programs.sh"

install -d -m 1777 /srv/copies /run/copies
parts
LIMIT=300 ATLEAST=64 deny "programs, ext4" programs /srv/copies
export USERS=user
LIMIT=300 ATLEAST=64 deny "programs, tmpfs" programs /run/copies

export ATTRIBUTE DIR=/srv/copies WHERE=ext4
stopped copy write write-mapped write-held write-unnamed write-early write-early-held append append-held sendfile \
	sendfile-held range range-held splice map map-held map-early map-early-held direct ring \
	ring-opened tmpfile rename exchange link
export USERS="root user"
stopped name symlink followed names names-ring names-held directories nodes links renames renames-ring \
	watched fanotify
# What fits beside a file
ATLEAST=8 stopped name attribute attribute-ring attribute-name acl
USERS=user
DIR=/run/copies WHERE=tmpfs
stopped copy write-unnamed write-early-held append sendfile-held range splice map-held map-early-held ring-opened \
	tmpfile exchange link
stopped name symlink names watched
# tmpfs has such attributes since 6.6.
[ "$KERNEL" = 6.1 ] || ATLEAST=8 stopped name attribute

# File systems that are the kernel's own
mkdir /run/bpf
mount -t bpf none /run/bpf
USERS="root user" DIR=/run/bpf WHERE=bpffs stopped name symlink
umount /run/bpf
# A group for each of the two: it keeps its label.
for USERS in root user; do
	DIR=/sys/fs/cgroup/copies-$USERS ATTRIBUTE=user.data WHERE=cgroup
	mkdir "$DIR"
	chown 1000 "$DIR"
	stopped name attribute-above
	rmdir "$DIR"
done
USERS=root DIR=/sys/kernel/mm ATTRIBUTE=trusted.data WHERE=sysfs stopped name attribute-above
rm -rf /srv/copies /run/copies /srv/public/parts /srv/customers/cn/parts
