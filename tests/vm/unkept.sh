#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 22, where the module is not there to keep labels: what would lose its label
# with the boot is not written
#
# run-6.1: --no-module
#
#	labelled --write--> tmpfs; trees on a disk that the policy names
#	         ----x----> other files of the disk, and the disk
#
# The programs are tests/vm/attack/keep.c and unkept.c.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/holder.sh"

DISK=/run/disk
XFS=/run/xfs
SECRET=/srv/secret/file
WATCHED=/srv/watched/file
LOOP=/dev/loop7
export SECRET LOOP
LATER="remapped sent inherited passed registered"

keep() { "$ATTACK/keep" "$1" "$FILE" "$AT"; }
unkept() { "$ATTACK/unkept" "$1" "$FILE" "$AT"; }
zeros()
{
	head -c 4096 /dev/zero >"$1"
	[ $AS = root ] || chown 1000 "$1"
}
# Nothing but zeros; a file that gives a label is read by a child.
untouched() { [ -d "$1" ] || ! tr -d '\0' <"$1" | grep -q .; }
# Each of these is a shell's: it has the label, and what it starts.
obtains() { read -r _ <"$FILE"; }
shell() { obtains && "$@"; }

# attempt NAME DIRECTORY PROGRAM HOW: by who has no label, who may ($PLAIN gives none);
# then by who has what $LABEL gives. The file is zeros before each.
attempt()
{
	local file
	NAME="$1: $4, as $AS"
	export AT=$2/$4.$AS

	[ "$4" != nameless ] || AT=$2
	for file in "${PLAIN-$PUBLIC}" "${LABEL-$REGULATED}"; do
		if [ -f "$AT" ]; then rm "$AT"; fi
		[ -d "$AT" ] || [ "$4" = created ] || zeros "$AT"
		KEEP=1 one_run $AS "$file" "$3" "$4"
		STATUS=$?
		[ "$file" != "${PLAIN-$PUBLIC}" ] || is "$NAME: unlabelled" 0 $STATUS
	done
}

# written NAME DIRECTORY PROGRAM HOW...
written()
{
	local name=$1 dir=$2 program=$3
	shift 3

	chosen "$name" || return 0
	for how; do
		attempt "$name" "$dir" "$program" "$how"
		is "$NAME" 0 "$STATUS"
	done
}

# refused NAME DIRECTORY PROGRAM HOW...: with $WANTED (13), and nothing is written
refused()
{
	local name=$1 dir=$2 program=$3 before
	shift 3

	chosen "$name" || return 0
	for how; do
		before=$(counter reasons_at_call.keep)
		attempt "$name" "$dir" "$program" "$how"
		is "$NAME: refused" "${WANTED-13}" "$STATUS"
		ok "$NAME: counted" test "$(counter reasons_at_call.keep)" -gt "$before"
		ok "$NAME: nothing is written" untouched "$AT"
	done
}

make_disk()
{
	truncate -s 64M /run/image && mkfs.ext4 -q /run/image && mkdir -p $DISK /run/unkept &&
		mount -o loop /run/image $DISK && mkdir $DISK/{tree,tree/in,both,free} /srv/{secret,watched} &&
		chmod 1777 $DISK/* $DISK/tree/in /run/unkept && cp "$PUBLIC" $SECRET &&
		cp "$PUBLIC" $WATCHED && chmod 644 $SECRET $WATCHED &&
		ringfence apply "$here/tests/vm/policy/unkept.yaml" >/run/apply
}

# Of one size with what is written to
make_xfs()
{
	modprobe loop 2>/dev/null
	truncate -s 320M /run/xfs.image && mkfs.xfs -q /run/xfs.image && mkdir -p $XFS &&
		mount -o loop /run/xfs.image $XFS && mkdir $XFS/{tree,free} && chmod 1777 $XFS/* &&
		yes "somebody's data" | head -c 4096 >$XFS/free/public && cp $XFS/free/public $XFS/tree/regulated &&
		chmod 666 $XFS/free/public $XFS/tree/regulated
}

make_xfs || fail "an XFS with a tree"
make_disk || fail "a disk with the trees"
for AS in root user; do
	written tmpfs /run/unkept keep open held mapped created nameless piped waits
	refused disk $DISK/free keep open held mapped created nameless piped waits received loopback
	# shellcheck disable=SC2086
	refused disk $DISK/free unkept $LATER stored
	# Up to 6.8 a splice asks when it writes, later before it waits: README says so.
	[ "$KERNEL" != 6.1 ] || refused disk $DISK/free unkept spliced
	written "a tree" $DISK/tree keep open held mapped created nameless piped waits received loopback
	# shellcheck disable=SC2086
	written "a tree" $DISK/tree unkept $LATER ranged stored
done

# Nor does it get a label by that: who opens it sends what is public.
carried() { exec 3<"$AT" && "$ATTACK/obtain" read "$FILE" "$US4"; }
AT=$DISK/free/open.root free "disk: refused at the open" carried

# --- some of the classes; one that is only watched; a disk

both() { [ "$FILE" = "$PUBLIC" ] || read -r _ <"$SECRET" && "$ATTACK/keep" "$1" "$FILE" "$AT"; }
disk() { obtains && echo labelled | dd of="$LOOP" conv=notrunc status=none; }

# disk_mapped before|after: FILE is read
disk_mapped()
{
	/usr/bin/python3 -IS -c '
import mmap, os, sys
disk = os.open(sys.argv[1], os.O_RDWR)
if sys.argv[2] == "before":
    at = mmap.mmap(disk, 4096)
os.read(os.open(sys.argv[3], os.O_RDONLY), 1)
if sys.argv[2] == "after":
    at = mmap.mmap(disk, 4096)' "$LOOP" "$1" "$FILE"
}

for AS in root user; do
	PLAIN=$XFS/free/public LABEL=$XFS/tree/regulated refused "blocks" $XFS/free unkept swapped \
		swapped-compat
	refused "a tree of one of two classes" $DISK/tree both open
	written "a tree of both" $DISK/both both open
	LABEL=$WATCHED written "a class in audit mode" $DISK/free keep open held mapped
done
if chosen "a raw disk"; then
	truncate -s 1M /run/raw
	# To look for a free one is to open the disk of the trees.
	losetup $LOOP /run/raw
	AS=root FILE=$PUBLIC as_root disk
	is "a raw disk: unlabelled" 0 $?
	FILE=$REGULATED as_root disk >"$OUT" 2>&1
	is "a raw disk: refused" 1 $?
	for how in before after; do
		KEEP=1 one_run root "$PUBLIC" disk_mapped $how
		is "a raw disk: mapped $how, unlabelled" 0 $?
		KEEP=1 one_run root "$REGULATED" disk_mapped $how
		is "a raw disk: mapped $how, refused" 1 $?
	done
fi

# --- names

begin_names()
{
	# No glob of the shell's: who reads the names in a tree has its label.
	find $DISK/free $DISK/tree /run/unkept -mindepth 1 -delete
	setfattr -x trusted.data $DISK/free 2>/dev/null
	mkdir $DISK/tree/in $DISK/tree/dir
	: >$DISK/tree/old
}

# moved NAME WANTED COMMAND...: by who has no label, and by who has one
moved()
{
	local name=$1 wanted=$2
	shift 2

	chosen "$name" || return 0
	begin_names
	KEEP=1 one_run root "$PUBLIC" shell "$@"
	is "$name: unlabelled" 0 $?
	begin_names
	KEEP=1 one_run root "$REGULATED" shell "$@"
	is "$name: labelled" "$wanted" $?
}

nameless_link()
{
	/usr/bin/python3 -IS -c '
import os, sys
fd = os.open(sys.argv[1], os.O_TMPFILE | os.O_WRONLY)
os.link(str(fd), sys.argv[2], src_dir_fd=os.open("/proc/self/fd", os.O_RDONLY))' "$@"
}

moved "renamed within the tree" 0 mv $DISK/tree/old $DISK/tree/in/new
moved "renamed to outside" 1 mv $DISK/tree/old $DISK/free/new
moved "a directory renamed to outside" 1 mv $DISK/tree/dir $DISK/free/dir
moved "linked within the tree" 0 ln $DISK/tree/old $DISK/tree/in/new
moved "linked to outside" 1 ln $DISK/tree/old $DISK/free/new
named_in()
{
	moved "$1: a file's name" $2 touch "$3/new"
	moved "$1: a directory's name" $2 mkdir "$3/new"
	moved "$1: a node's name" $2 mkfifo "$3/new"
	moved "$1: a link's target" $2 ln -s target "$3/new"
	moved "$1: an attribute" $2 setfattr -n trusted.data -v value "$3"
}
named_in "within the tree" 0 $DISK/tree/in
named_in "outside" 1 $DISK/free
named_in "tmpfs" 0 /run/unkept
moved "without a name, linked within the tree" 0 nameless_link $DISK/tree $DISK/tree/in/new
moved "without a name, linked to outside" 1 nameless_link $DISK/tree $DISK/free/new

# What a labelled process wrote there stays, whoever moves it; what it did not goes.
if chosen "moved by others"; then
	begin_names
	KEEP=1 one_run root "$REGULATED" shell touch $DISK/tree/written
	fails "moved by others: what was written in the tree" mv $DISK/tree/written $DISK/free/
	fails "moved by others: linked" ln $DISK/tree/written $DISK/free/
	ok "moved by others: within it" mv $DISK/tree/written $DISK/tree/renamed
	ok "moved by others: what nobody wrote" mv $DISK/tree/old $DISK/free/
fi

# --- what is said of it

is "status says it" 1 "$(ringfence status --json | grep -c 'labels of files end with the boot')"
ringfence doctor >/run/doctor
is "doctor says it" 1 "$(grep -c 'of files end with the boot' /run/doctor)"
ok "an alert says why" eval "world syslog | grep -q 'REFUSED .*reason=\"keep\"'"
if ! chosen "the module comes"; then exit 0; fi
# shellcheck disable=SC2119
modprobe ringfence && . "$here/tests/vm/lib/daemon.sh" && daemon_end TERM && daemon_start
AS=root
written "the module comes" $DISK/free keep open held
