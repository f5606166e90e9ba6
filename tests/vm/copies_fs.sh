#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 22: copies of the file on other file systems, which somebody else sends
#
# run-long:
#
#	                 overlayfs, btrfs, xfs
#	opens the file                            never does
#	  +-------+        +------+               +-------+
#	  | giver |------->| copy |-------------->| taker |---x us
#	  +-------+        +------+               +-------+
#
# The programs are coreutils and the like, and tests/vm/attack/copy.c. Without the
# module what outlives the host may not be written: that stops it as well.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/hand.sh"
. "$(dirname "$0")/lib/holder.sh"
. "$(dirname "$0")/lib/programs.sh"

# image TYPE MEGABYTES: a file system of its own at /mnt/TYPE
image()
{
	modprobe loop 2>/dev/null
	modprobe "$1" || return 1
	truncate -s "${2}M" "/run/$1.image"
	"mkfs.$1" -q "/run/$1.image" >/dev/null || return 1
	install -d "/mnt/$1"
	mount -o loop "/run/$1.image" "/mnt/$1" || return 1
	chmod 1777 "/mnt/$1"
}

install -d /run/layers /run/overlay
mount -t tmpfs tmpfs /run/layers
mkdir /run/layers/{lower,upper,work}
touch /run/layers/lower/{cp,cat,append,dd,tee}
chmod 666 /run/layers/lower/*
mount -t overlay overlay /run/overlay \
	-o lowerdir=/run/layers/lower,upperdir=/run/layers/upper,workdir=/run/layers/work
chmod 777 /run/overlay

parts
export USERS=user
LIMIT=300 ATLEAST=64 deny "programs, overlayfs" programs /run/overlay

export DIR=/run/overlay WHERE=overlayfs
stopped copy write write-early-held append sendfile-held range map-held map-early-held ring-opened \
	rename link
# overlayfs has no files without a name before 6.3.
[ "$KERNEL" = 6.1 ] || stopped copy tmpfile

stopped pipe splice-written splice-written-early

# The taker reads what is below, while the giver writes by overlayfs.
export BELOW=/run/layers/upper
WHERE="overlayfs, read below"
stopped copy write write-held write-early write-early-held append-held sendfile-held map-held \
	map-early map-early-held ring-opened link
unset BELOW

# What is said of the file, and taken from it, is of the file below too.
has_open() { exec 8<"$1" && attack obtain read "$PUBLIC" "$(address us 4)"; }
label_is() { ringfence label get --json "$1" | grep -q "\"written\": *\[$2\]"; }
(exec 3<>/run/overlay/note && cat "$REGULATED" >&3)
held "overlayfs: who opens the file below" has_open /run/layers/upper/note
ok "overlayfs: label get, labelled" label_is /run/overlay/note '"cn-personal"'
ok "overlayfs: label clear" ringfence label clear --reason test /run/overlay/note
ok "overlayfs: label get, cleared" label_is /run/overlay/note ''
free "overlayfs: who opens the file below, cleared" has_open /run/layers/upper/note
free "overlayfs: who opens the file, cleared" has_open /run/overlay/note
ok "overlayfs: label set" ringfence label set cn-personal /run/overlay/note
held "overlayfs: who opens the file below, set" has_open /run/layers/upper/note
held "overlayfs: who opens the file, set" has_open /run/overlay/note
# Of attributes too.
mkdir /run/overlay/tree
touch /run/overlay/tree/{noted,scanned}
(exec 9<"$REGULATED"; setfattr -n user.note -v text /run/overlay/tree/noted)
asked() { LC_ALL=C ringfence label get --json "$1" | grep -q "\"attributes\": *\[$2\]"; }
ok "overlayfs: attributes, labelled" asked /run/overlay/tree/noted '"cn-personal"'
ok "overlayfs: attributes, clear" ringfence label clear --reason test /run/overlay/tree/noted
ok "overlayfs: attributes, cleared" asked /run/overlay/tree/noted ''
ok "overlayfs: attributes, cleared below" asked /run/layers/upper/tree/noted ''
ok "overlayfs: label scan" ringfence label scan --class cn-personal /run/overlay/tree
held "overlayfs: who opens the file below, scanned" has_open /run/layers/upper/tree/scanned

# copied_up COMMAND...: of a file below, by a call that does not open it; sent by who
# reads the copy
copied_up()
{
	local layers

	layers=$(mktemp -d -p /run/several)
	mkdir "$layers"/{upper,work,over}
	mount -t overlay overlay "$layers/over" \
		-o "lowerdir=$(dirname "$FILE"),upperdir=$layers/upper,workdir=$layers/work" ||
		return 1
	("$@" "$layers/over/$(basename "$FILE")")
	umount "$layers/over"
	attack obtain read "$layers/upper/$(basename "$FILE")" "$(address "$TO" 4)"
}
install -d /run/several
mount -t tmpfs tmpfs /run/several
another_name() { ln "$1" "$1.other"; }
with_attribute() { setfattr -n user.note -v text "$1"; }
for by in "chmod 640" "chown 1000" "touch -d 2020-01-01" another_name \
	with_attribute; do
	# shellcheck disable=SC2086
	USERS=root deny "overlayfs: copied up by ${by%% *}" copied_up $by
done
umount /run/several

# Over two file systems overlayfs counts its directories itself, while the numbers
# of files are those of the upper one.
install -d /run/below /run/above /run/several
mount -t tmpfs tmpfs /run/below
mount -t tmpfs tmpfs /run/above
mkdir /run/above/{upper,work}
mount -t overlay overlay /run/several \
	-o lowerdir=/run/below,upperdir=/run/above/upper,workdir=/run/above/work
(cp "$REGULATED" /run/several/copy)
number() { stat -c %i "/run/several/$1"; }
last=0
until mkdir /run/several/$last && [ "$(number $last)" -ge "$(number copy)" ]; do
	last=$((last + 1))
done
is "overlayfs: a directory has the number of a copy" "$(number copy)" "$(number $last)"
free "overlayfs: who opens the directory" has_open /run/several/$last
held "overlayfs: who opens the copy" has_open /run/several/copy

ok "an image of btrfs" image btrfs 128
ok "an image of xfs" image xfs 320
for DIR in /mnt/btrfs /mnt/xfs; do
	WHERE=${DIR##*/}
	stopped copy write write-early-held range map-early-held rename clone clone-held
done
