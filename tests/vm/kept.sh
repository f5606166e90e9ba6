#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 22, after a reboot: a label stays with the file, and is there first
#
# run-6.12: --boots 2
#
#	BOOT=1   labelled --write--> ext4, xfs, btrfs on /dev/vdb, then the VM is killed
#	BOOT=2   unlabelled <--read-- the same: labelled
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/holder.sh"

MNT=/run/mnt
KEPT="1 cn-personal"
disks=(ext4 xfs btrfs minix)
part() { for ((i = 0; i < 4; i++)); do [ "${disks[i]}" != "$1" ] || echo "/dev/vdb$((i + 1))"; done; }

# Without what the file system does by itself, but for XFS every half minute
put_on()
{
	local options=commit=300

	case $1 in
	ext4|btrfs)	;;
	*)	options=rw ;;
	esac
	mkdir -p "$MNT/$1" && mount -o $options "$(part "$1")" "$MNT/$1"
}

kept() { getfattr --absolute-names --only-values -n security.ringfence "$1" 2>/dev/null; }
value() { sed -n "s/^$1 //p" /sys/kernel/security/ringfence/state; }
write_by() { "$ATTACK/keep" "$1" "$FILE" "$AT"; }

# ended NAME STATUS SAID GOT: and $OUT has SAID. A labelled process wrote that: it is
# compared by another, so that no label comes to the test by it.
ended()
{
	if [ "$4" = "$2" ] && printf '%s\n' "$3" | cmp -s - "$OUT"; then
		pass "$1"
	else
		fail "$1" "wanted $2 '$3', got $4 and:"
		tell "$OUT"
	fi
}

# holds NAME FILE TEXT: likewise
holds() { if grep -qF -- "$3" "$2"; then pass "$1"; else fail "$1" "it does not say '$3'"; fi; }

# written NAME HOW FILE: by a process without a label nothing is kept, by one with a
# label all of it, before its first write. FILE.user is there for uid 1000.
written()
{
	local as
	export AT

	for as in root user; do
		AT=$3.$as
		KEEP=1 one_run "$as" "$PUBLIC" write_by "$2"
		ended "$1, as $as: unlabelled" 0 "" $?
		[ "$2" != created ] || rm -f "$AT"
		KEEP=1 one_run "$as" "$REGULATED" write_by "$2"
		ended "$1, as $as" 0 "${WANTED-$KEPT}" $?
	done
}

# refused NAME FILE: who has no label may open it for writing
refused()
{
	local as
	export AT=$2

	for as in root user; do
		KEEP=1 one_run "$as" "$PUBLIC" write_by open
		is "$1, as $as: unlabelled" 0 $?
		KEEP=1 one_run "$as" "$REGULATED" write_by open
		ended "$1, as $as: refused" 13 "$2: Permission denied" $?
	done
}

# files DIRECTORY NAME...: for root and uid 1000, with data that was there before
files()
{
	local name dir=$1
	shift

	for name; do
		head -c 8192 /dev/zero | tee "$dir/$name.root" >"$dir/$name.user"
		chown 1000 "$dir/$name.user"
	done
	chmod 777 "$dir"
	sync -f "$dir"
}

make_disks()
{
	sfdisk -q /dev/vdb <<-END &&
		label: gpt
		,128M
		,400M
		,400M
		,64M
	END
	mke2fs -q -t ext4 "$(part ext4)" &&
	mkfs.xfs -q "$(part xfs)" &&
	mkfs.btrfs -q "$(part btrfs)" &&
	mkfs.minix "$(part minix)" >/dev/null
}

# One file system: step NAME
on_disk()
{
	local how dir=$MNT/$1

	put_on "$1"
	files "$dir" open held handed mapped plain piped waits received loopback
	written "$1: opened" open "$dir/open"
	written "$1: open already" held "$dir/held"
	written "$1: open already, on its way" handed "$dir/handed"
	written "$1: mapped already" mapped "$dir/mapped"
	written "$1: created" created "$dir/created"
	for how in piped waits received loopback; do
		written "$1: open already, $how" $how "$dir/$how"
	done
}

# Last, so that nothing has come to the disk but what had to be there first
overwritten()
{
	local fs

	for fs in ext4 xfs btrfs; do
		files $MNT/$fs overwrite
	done
	for fs in ext4 xfs btrfs; do
		written "$fs: overwritten" overwrite "$MNT/$fs/overwrite"
	done
}

# step NAME COMMAND...: all of them, or those that the test was asked for. By a shell of its
# own, which may have the label in the end: it reads attributes of what was written.
step() { ! chosen "$1" || ("${@:2}"); }

first_boot()
{
	local fs

	make_disks || { fail "a disk with file systems"; return; }
	for fs in ext4 xfs btrfs; do
		step "$fs" on_disk "$fs"
	done
	mountpoint -q $MNT/ext4 || put_on ext4
	mountpoint -q $MNT/btrfs || put_on btrfs
	AT=$MNT/ext4 step nameless nameless
	step beside beside
	step damaged damaged
	step endings endings
	step guarded guarded
	step ioctl by_ioctl
	step overlayfs overlaid
	step frozen frozen
	step audit audited
	[ -n "$ONLY" ] || overwritten
}

nameless()
{
	KEEP=1 one_run root "$REGULATED" write_by nameless
	ended "nameless" 0 "$KEPT" $?
}

# has PATH NAME: what is kept there, by a child: who asks may get a label
has() { [ "$(getfattr -h --absolute-names --only-values -n "$2" "$1" 2>/dev/null)" = "$KEPT" ]; }
hasnt() { ! getfattr -h -n "$2" "$1" >/dev/null 2>&1; }

# Names, targets and attributes: with the directory, the link and the file
beside()
{
	local at=$MNT/ext4/beside

	mkdir -m 777 $at $at/{made,linked,moved,listed}
	touch $at/{attribute,moves,file}
	(
		exec 9<"$REGULATED"
		mkdir $at/made/directory
		ln $at/file $at/linked/file
		mv $at/moves $at/moved/moves
		ln -s target $at/listed/link
		setfattr -n user.data -v value $at/attribute
	)
	for at in $at/{made,linked,moved,listed,listed/link}; do
		ok "beside: $at" has "$at" security.ringfence
	done
	at=$MNT/ext4/beside/attribute
	ok "beside: attributes" has $at security.ringfence.attributes
	ok "beside: not the file" hasnt $at security.ringfence
	ok "beside: not what a link is to" hasnt $MNT/ext4/beside/file security.ringfence
	fails "beside: taken away" setfattr -x security.ringfence.attributes $at
	fails "beside: replaced" setfattr -n security.ringfence.attributes -v 1 $at
	sync -f $at
}

# then_sends CALL: who made that call of Python's os sends what is public
then_sends()
{
	/usr/bin/python3 -IS -c '
import os, sys
eval("os." + sys.argv[1])
os.execv(sys.argv[2], sys.argv[2:])' "$1" "$ATTACK/obtain" read "$PUBLIC" "$US4"
}

beside_again()
{
	local at=$MNT/ext4/beside

	mountpoint -q $MNT/ext4 || put_on ext4
	free "beside: who opens a directory" then_sends "open('$at/listed', 0)"
	free "beside: who finds what is in it" then_sends "stat('$at/made/directory')"
	held "beside: who lists a directory" then_sends "listdir('$at/made')"
	held "beside: who reads a link" then_sends "readlink('$at/listed/link')"
	free "beside: who opens a file" then_sends "open('$at/attribute', 0)"
	held "beside: who reads an attribute" then_sends "getxattr('$at/attribute', 'user.data')"
}

# What this version does not know, or would not have written
damaged()
{
	files $MNT/ext4 plain
	export AT=$MNT/ext4/plain.root
	free "damaged: who opens it before" carried
	umount $MNT/ext4
	debugfs -w -R 'ea_set plain.root security.ringfence "1 de-personal"' "$(part ext4)" 2>/dev/null
	debugfs -w -R 'ea_set plain.user security.ringfence "2 cn-personal"' "$(part ext4)" 2>/dev/null
	put_on ext4
	held "damaged: who opens what has another class" carried
	is "damaged: another class" "1 de-personal" "$(kept $MNT/ext4/plain.root)"
	FILE=$REGULATED AT=$MNT/ext4/plain.root as_root write_by open >"$OUT" 2>&1
	is "damaged: another class stays, ours is added" "1 de-personal cn-personal" "$(kept $MNT/ext4/plain.root)"
	FILE=$REGULATED AT=$MNT/ext4/plain.user as_root write_by open >"$OUT" 2>&1
	is "damaged: it stays" "2 cn-personal" "$(kept $MNT/ext4/plain.user)"
}

# Where nothing outlives the boot nothing is kept, where nothing can be kept nothing
# is written.
endings()
{
	local before

	mkdir -p /run/ends
	files /run/ends open
	before=$(value kept)
	WANTED='' written "tmpfs" open /run/ends/open
	is "tmpfs: nothing kept" "$before" "$(value kept)"
	put_on minix
	: >$MNT/minix/file
	chmod 666 $MNT/minix/file
	refused "no attributes" $MNT/minix/file
	ended_by piped
	ended_by loopback
}

# What is written to already cannot be refused any more.
ended_by()
{
	local AT=$MNT/minix/$1 before
	export AT

	: >"$AT"
	before=$(value ended)
	KEEP=1 one_run root "$PUBLIC" write_by "$1"
	ended "no attributes, $1: unlabelled" 0 "" $?
	cp "$AT" /run/before
	KEEP=1 one_run root "$REGULATED" write_by "$1"
	is "no attributes, $1: it is ended" 137 $?
	is "no attributes, $1: counted" $((before + 1)) "$(value ended)"
	ok "no attributes, $1: nothing is written" cmp "$AT" /run/before
}

# In audit mode it is written all the same. That policy has one class more.
audited()
{
	local before how

	mountpoint -q $MNT/minix || put_on minix
	mkdir -p /srv/secret
	ok "audit: applied" ringfence apply "$here/tests/vm/policy/audit.yaml"
	before=$(value ended)
	for how in open piped loopback; do
		export AT=$MNT/minix/audit.$how
		: >"$AT"
		chmod 666 "$AT"
		KEEP=1 one_run root "$REGULATED" write_by $how
		ended "audit, $how: not refused" 0 "" $?
	done
	is "audit: nobody is ended" "$before" "$(value ended)"
	ok "audit: not any more" ringfence apply "$here/tests/vm/policy/test.yaml"
}

guarded()
{
	local at=$MNT/ext4/guarded.root before

	files $MNT/ext4 guarded
	written "guarded" open "${at%.root}"
	ok "guarded: another attribute may be set" setfattr -n security.other -v x "$at"
	for at in "$at" "$MNT/ext4/free"; do
		: >>"$at"
		before=$(kept "$at")
		"$ATTACK/keep" set - "$at" 2>/dev/null
		is "guarded: set on ${at##*/}" 1 $?
		"$ATTACK/keep" remove - "$at" 2>/dev/null
		is "guarded: remove from ${at##*/}" 1 $?
		is "guarded: ${at##*/} has what it had" "$before" "$(kept "$at")"
	done
	at=$MNT/ext4/guarded.root
	"$ATTACK/keep" lend - "$at" 2>/dev/null
	is "guarded: set by io_uring with lent credentials" "1 $KEPT" "$? $(kept "$at")"
}

# Who opens a labelled file is labelled: what it says is not for the test.
tool() { "$ATTACK/anchor_ioctl" "$@" >/dev/null 2>&1; }

# What the daemon does, as `label set` and `label clear` will have it
by_ioctl()
{
	local at=$MNT/ext4/ioctl.root

	files $MNT/ext4 ioctl
	ok "ioctl: a label" tool keep 1 "$at"
	is "ioctl: is kept" "$KEPT" "$(kept "$at")"
	ok "ioctl: again" tool keep 1 "$at"
	is "ioctl: once" "$KEPT" "$(kept "$at")"
	fails "ioctl: a bit without a class" tool replace 2 "$at"
	is "ioctl: nothing changes" "$KEPT" "$(kept "$at")"
	ok "ioctl: none" tool replace 0 "$at"
	is "ioctl: nothing is kept" "" "$(kept "$at")"
	ok "ioctl: none there" tool replace 0 "$at"
	ok "ioctl: a directory" tool keep 1 $MNT/ext4
	is "ioctl: a directory keeps it" "$KEPT" "$(kept $MNT/ext4)"
	ok "ioctl: a directory without" tool replace 0 $MNT/ext4
	ok "ioctl: where nothing outlives the boot" tool keep 1 /run
}

# mount_over LOWER UPPER: at $MNT/over
mount_over()
{
	mkdir -p "$MNT/ext4/$2" $MNT/ext4/work $MNT/over
	mount -t overlay -o "lowerdir=$1,upperdir=$MNT/ext4/$2,workdir=$MNT/ext4/work" \
		overlay $MNT/over
}

overlaid()
{
	local upper=$MNT/ext4/upper

	mkdir $MNT/ext4/lower
	files $MNT/ext4/lower open held mapped below both
	FILE=$REGULATED AT=$MNT/ext4/lower/below.root as_root write_by open >"$OUT" 2>&1
	FILE=$REGULATED AT=$MNT/ext4/lower/both.root as_root write_by open >"$OUT" 2>&1
	mount_over $MNT/ext4/lower upper
	chmod 777 $MNT/over
	written "overlayfs: opened" open $MNT/over/open
	written "overlayfs: open already" held $MNT/over/held
	written "overlayfs: mapped already" mapped $MNT/over/mapped
	written "overlayfs: created" created $MNT/over/created
	is "overlayfs: with the upper file" "$KEPT" "$(kept $upper/open.root)"
	is "overlayfs: not with the lower one" "" "$(kept $MNT/ext4/lower/open.root)"
	FILE=$REGULATED AT=$MNT/over/both.root as_root write_by open >"$OUT" 2>&1
	is "overlayfs: copied up by who has the label too" "$KEPT" "$(kept $upper/both.root)"
	ok "overlayfs: copied up" chmod 600 $MNT/over/below.root
	is "overlayfs: copied up with its label" "$KEPT" "$(kept $upper/below.root)"
	"$ATTACK/keep" set - $MNT/over/below.root 2>/dev/null
	is "overlayfs: set" "1 $KEPT" "$? $(kept $upper/below.root)"
	umount $MNT/over
	mount_over "${REGULATED%/*}" tree
	ok "overlayfs: copied up out of a tree" chmod 644 $MNT/over/"${REGULATED##*/}"
	is "overlayfs: with the tree's label" "$KEPT" "$(kept $MNT/ext4/tree/"${REGULATED##*/}")"
	umount $MNT/over
}

# Nobody waits for ever, and nobody else waits or goes without.
frozen()
{
	local waits

	files $MNT/btrfs frozen
	files $MNT/ext4 meanwhile
	fsfreeze -f $MNT/btrfs
	(FILE=$REGULATED AT=$MNT/btrfs/frozen.root write_by open) >/run/frozen 2>&1 7>&- &
	waits=$!
	wait_until grep -q . /proc/$waits/task/*/children
	FILE=$REGULATED AT=$MNT/ext4/meanwhile.root as_root write_by open >"$OUT" 2>&1
	is "frozen: others have theirs" "$KEPT" "$(kept $MNT/ext4/meanwhile.root)"
	wait $waits
	holds "frozen: refused in the end" /run/frozen "frozen.root: Permission denied"
	fsfreeze -u $MNT/btrfs
	FILE=$REGULATED AT=$MNT/btrfs/frozen.root as_root write_by open >"$OUT" 2>&1
	is "frozen: thawed" "$KEPT" "$(kept $MNT/btrfs/frozen.root)"
}

# Obtain what was kept and send what is public: $AT
carried() { exec 3<"$AT" && "$ATTACK/obtain" read "$FILE" "$US4"; }

second_boot()
{
	local fs dir file as

	for fs in ext4 xfs btrfs; do
		dir=$MNT/$fs
		put_on $fs
		for file in open held mapped created overwrite piped waits received loopback; do
			for as in root user; do
				is "$fs after the VM was killed: $file.$as" "$KEPT" "$(kept "$dir/$file.$as")"
			done
		done
		# Btrfs never writes over what is there.
		[ $fs = btrfs ] ||
			holds "$fs: what was overwritten is on the disk" "$dir/overwrite.root" "labelled data"
		export AT=$dir/open.root
		held "$fs: who opens it after a reboot" carried
		AS=user held "$fs: who opens it after a reboot, as user" carried
	done
	AT=$MNT/xfs/plain.root free "xfs: who opens another" carried
	export AT=$MNT/ext4/plain.root
	held "who opens what has another class" carried
	AT=$MNT/ext4/plain.user
	held "who opens what is damaged" carried
	AT=$MNT/ext4/tree/${REGULATED##*/}
	held "who opens what was copied up out of a tree" carried
	mount_over $MNT/ext4/lower upper
	AT=$MNT/over/held.root
	held "who opens it through overlayfs" carried
}

# The second boot looks at what all of the first has left.
case $BOOT in
1)	first_boot ;;
2)	[ -n "$ONLY" ] || second_boot
	step beside beside_again
	;;
esac
