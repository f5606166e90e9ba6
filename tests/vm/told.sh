#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rows 8, 19, 20, 21 and 22: what the kernel keeps for two processes, or shows them
#
# run: shared
#
#	we make it, and a child's copy of it is the same thing
#	     the child: $FILE --> an option, a count, a name, an attribute of it
#	     we: <-- asked for --> us
. "$(dirname "$0")/lib/case.sh"

export DIR=/mnt/told
modprobe -a loop xfs btrfs tls binfmt_misc

# A file system of its own: told_mount NAME TYPE MEGABYTES OPTION...
told_mount()
{
	local name=$1 type=$2 size=$3
	shift 3

	mkdir -p "$DIR/$name"
	truncate -s "${size}M" "/run/told.$name"
	"mkfs.$type" -q "$@" "/run/told.$name" >/dev/null
	mount -o loop "/run/told.$name" "$DIR/$name"
	chmod 1777 "$DIR/$name"
}
told_mount xfs xfs 320
told_mount btrfs btrfs 128
told_mount ext4 ext4 64 -O verity,encrypt,project,quota -b 4096
told_mount fresh ext4 16 -O ^metadata_csum
mkdir "$DIR/tmpfs"
mount -t tmpfs -o mode=1777 told "$DIR/tmpfs"
for number in 0 1 2 3; do
	btrfs -q subvolume create "$DIR/btrfs/$number"
	chown 1000 "$DIR/btrfs/$number"
done

mkdir /run/told
cp "$here"/tests/vm/lib/{told,given,shown}.py /run/told/
echo 1 >/proc/sys/vm/unprivileged_userfaultfd
told() { LC_ALL=C /usr/bin/python3 -BIS /run/told/told.py "$1" "$(address "$TO" 4)"; }
kept() { deny "$1" told "$1"; }

for way in fastopen-key time-limit tls-key no-data count-pipe count-socket count-compat count-terminal \
	count-inotify count-fanotify shown-counter watched-names mount-messages linked-keys \
	linked-keys-possessed salt encryption project-xfs project-xfs-asked project-ext4 \
	project-compat option-late; do
	kept "$way"
done
# A ring says it since 6.7.
if [ "$KERNEL" = 6.1 ]; then
	ok "count-ring, which does not say it here" grep -q "Errno 95" <(TO=us told count-ring 2>&1)
else
	kept count-ring
fi
for way in shown-events shown-timers shown-clocks shown-signals shown-ring; do
	EXPECT="Permission denied: '/proc" kept "$way"
	kept "$way-early"
done
EXPECT="Permission denied" kept encryption-late
USERS=root EXPECT="Permission denied" STATUS=0 kept groups
USERS=root EXPECT="Permission denied" STATUS=0 kept label
# All subvolumes' directories have one number: what root has set, uid 1000 gets.
USERS=user kept received
# In namespaces of one's own since 6.7.
users="root user"
[ "$KERNEL" = 6.1 ] && users=root
USERS=$users EXPECT="Permission denied" STATUS=0 kept interpreter
USERS=$users EXPECT="Permission denied" STATUS=0 kept interpreter-early
EXPECT="Permission denied" STATUS=0 kept generation
