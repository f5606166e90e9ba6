#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What gives a label, in every way it can be obtained: rows 18, 19 and 22, as far as
# they are the regulated file itself
#
# run-6.12:
#
#	/srv (ext4)                        the VM                the world
#	 +- customers/cn  regulated    +-------------+
#	 +- archive       by 2nd policy| obtain, send|---------x us
#	 +- public        for anyone   +-------------+
#	other names, other mounts, handles, the disk itself;
#	units, cgroups, programs, users, `ringfence run`
#
# The program is tests/vm/attack/obtain.c.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/holder.sh"

policies=$here/tests/vm/policy
obtain() { "$ATTACK/obtain" "$1" "${2:-$FILE}" "$(address "$TO" 4)"; }
# pair PUBLIC REGULATED: the two files by other names; by WAY PUBLIC REGULATED
by() { if [ "$FILE" = "$PUBLIC" ]; then obtain "$1" "$2"; else obtain "$1" "$3"; fi; }
pair() { by read "$@"; }

denied() { EXPECT="Permission denied" deny "$@"; }

# --- ways to the data

for way in read readv reopen mmap mmap-shared aio posix-aio uring uring-worker uring-sqpoll \
	   uring-direct scm-rights uring-scm-rights pidfd-getfd proc-fd inherited; do
	denied $way obtain $way
done
for way in sendfile splice; do
	deny $way obtain $way
done
USERS=root denied read-write obtain read-write
USERS=root denied map-files obtain map-files
CAPS=dac_read_search denied handle obtain handle

# Nothing is known of a file in no tree but its disk, so any file is denied.
EXPECT="Permission denied" held "handle, caches dropped: refused without a name" obtain handle-cold
world reset
TO=us obtain handle-cold "$REGULATED" 2>/dev/null
is "handle, caches dropped: the errno" 13 $?
is "handle, caches dropped: nothing leaked" 0 "$(world leaked us)"

# Each device has one context manager in its life.
modprobe binder_linux devices=binder,binder2
chmod 666 /dev/binder /dev/binder2
binder()
{
	local device=/dev/binder2
	[ "$FILE" = "$REGULATED" ] || device=/dev/binder
	"$ATTACK/binder" "$1" "$device" "$FILE" "$(address "$TO" 4)"
}
USERS=user deny "a descriptor through binder" binder descriptor
USERS=user deny "data through binder" binder data

# Opened by a kernel thread, which has it for whoever asks
modprobe test_firmware
firmware()
{
	echo -n "${FILE%/*}" >/sys/module/firmware_class/parameters/path
	(echo -n people.csv >/sys/class/misc/test_firmware/trigger_async_request)
	obtain read /dev/test_firmware
}
USERS=root deny "opened by a kernel thread" firmware
# And by one that is younger than Ringfence
batch()
{
	local at=/sys/class/misc/test_firmware
	echo -n "${FILE%/*}" >/sys/module/firmware_class/parameters/path
	echo 1 >$at/reset
	echo -n people.csv >$at/config_name
	(echo 1 >$at/trigger_batched_requests)
	obtain read $at/read_firmware
}
USERS=root deny "opened by a new kernel thread" batch

run_it() { "$1" 2>&1; }
# A regulated file that is executed: a script that sends itself.
printf '#!/bin/bash\nexec %s/obtain read "$0" %s\n' "$ATTACK" "$US4" >/run/script
tail -n 3 $PUBLIC | sed 's/^/# /' >>/run/script
install -m 755 /run/script /srv/public/script
free "a script in another tree" run_it /srv/public/script
install -m 755 /run/script /srv/customers/cn/script
held "a script in the tree" run_it /srv/customers/cn/script
install -m 755 "$ATTACK/obtain" /srv/customers/cn/obtain
held "a program in the tree" /srv/customers/cn/obtain read $PUBLIC "$US4"

# --- other names

# Each by itself: who made a directory in a regulated tree labels those that it makes then.
mkdir -p /srv/public/a/b/c /mnt/{r,p,again}
mkdir -p /srv/customers/cn/a/b/c
ln $REGULATED /srv/link-r
ln $PUBLIC /srv/link-p
denied "hard link made later" pair /srv/link-p /srv/link-r
ln -s $REGULATED /tmp/symlink-r
ln -s $PUBLIC /tmp/symlink-p
chmod 1777 /tmp
echo 0 >/proc/sys/fs/protected_symlinks
denied "symbolic link" pair /tmp/symlink-p /tmp/symlink-r
mount --bind /srv/customers/cn /mnt/r
mount --bind /srv/public /mnt/p
denied "bind mount" pair /mnt/p/people.csv /mnt/r/people.csv
umount /mnt/r /mnt/p
touch /mnt/r.csv /mnt/p.csv
mount --bind $REGULATED /mnt/r.csv
mount --bind $PUBLIC /mnt/p.csv
denied "bind mount of the file" pair /mnt/p.csv /mnt/r.csv
umount /mnt/r.csv /mnt/p.csv
mount /dev/vda /mnt/again
denied "a second mount of the disk" pair /mnt/again/public/people.csv \
	/mnt/again/customers/cn/people.csv
umount /mnt/again

# Another file system in the tree: the daemon marks it when it is mounted, and
# what has no disk is forgotten when it ends.
mkdir /srv/customers/cn/mounted
chmod 755 /srv/customers/cn/mounted
mount -t tmpfs -o mode=755 tmpfs /srv/customers/cn/mounted
marked_again() { grep -q 'mounted on, and is marked again' /var/log/ringfenced.log; }
ok "mounted in the tree: the daemon marks it" wait_until marked_again
cp $REGULATED /srv/customers/cn/mounted/people.csv
denied "mounted in the tree" pair $PUBLIC /srv/customers/cn/mounted/people.csv
umount /srv/customers/cn/mounted
mkdir /srv/other
cp $PUBLIC /srv/other/people.csv
free "a directory that is mounted nowhere else" obtain read /srv/other/people.csv
mount --bind /srv/other /srv/customers/cn/mounted
ringfence apply $policies/test.yaml >/dev/null 2>&1
held "mounted in the tree before the policy came" obtain read /srv/customers/cn/mounted/people.csv
umount /srv/customers/cn/mounted

unshared() { unshare -m "$ATTACK/obtain" read "$FILE" "$(address "$TO" 4)"; }
USERS=root denied "another mount namespace" unshared

cp $REGULATED /srv/customers/cn/a/b/c/new
cp $PUBLIC /srv/public/a/b/c/new
denied "file made later, deep in the tree" pair /srv/public/a/b/c/new /srv/customers/cn/a/b/c/new
cp $REGULATED /srv/customers/cn/leaving
cp $PUBLIC /srv/public/leaving
mv /srv/customers/cn/leaving /srv/left-r
mv /srv/public/leaving /srv/left-p
denied "renamed out of the tree" pair /srv/left-p /srv/left-r
mv /srv/customers/cn/a /srv/dir-r
mv /srv/public/a /srv/dir-p
denied "in a directory renamed out of the tree" pair /srv/dir-p/b/c/new /srv/dir-r/b/c/new
cp $REGULATED /srv/dir-r/b/newer
denied "made in it after that" pair /srv/dir-p/b/c/new /srv/dir-r/b/newer
sync
echo 3 >/proc/sys/vm/drop_caches
denied "renamed out of the tree, caches dropped" pair /srv/left-p /srv/left-r
denied "hard link, caches dropped" pair /srv/link-p /srv/link-r

cp $PUBLIC /srv/entering
held_file() { obtain read "$1"; }
free "a file before it enters the tree" held_file /srv/entering
mv /srv/entering /srv/customers/cn/entered
held "a file renamed into the tree" held_file /srv/customers/cn/entered

cp $PUBLIC /srv/entering
ln /srv/entering /srv/stays-outside
free "a file with two names before it enters the tree" held_file /srv/stays-outside
mv /srv/entering /srv/customers/cn/entered-too
held "the other name of a file renamed into the tree" held_file /srv/stays-outside

# That a file gave nothing when it was opened is not remembered for longer.
mkdir -p /srv/wandering/deep
cp $PUBLIC /srv/wandering/deep/file
cp $PUBLIC /srv/linked-later
cp $PUBLIC /srv/written-later
for ((i = 0; i < 2; i++)); do
	free "opened before its directory enters the tree" held_file /srv/wandering/deep/file
	free "opened before it gets a name in the tree" held_file /srv/linked-later
	free "opened before a labelled process writes it" held_file /srv/written-later
done
mv /srv/wandering /srv/customers/cn/wandered
held "in a directory renamed into the tree" held_file /srv/customers/cn/wandered/deep/file
mv /srv/customers/cn/wandered /srv/wandering
held "and out of it again" held_file /srv/wandering/deep/file
ln /srv/linked-later /srv/customers/cn/linked-later
held "linked into the tree, by the name that it had" held_file /srv/linked-later
ringfence run --class cn-personal -- sh -c 'echo >>/srv/written-later'
held "written by a labelled process" held_file /srv/written-later

# Without a name at first, then with one, inside and outside of the tree.
tmpfile='
import os, sys
fd = os.open(sys.argv[1], os.O_TMPFILE | os.O_RDWR, 0o644)
os.write(fd, open(sys.argv[2], "rb").read())
os.link(f"/proc/self/fd/{fd}", sys.argv[3], src_dir_fd=fd, follow_symlinks=True)
'
/usr/bin/python3 -c "$tmpfile" /srv/customers/cn $REGULATED /srv/customers/cn/unnamed
/usr/bin/python3 -c "$tmpfile" /srv/customers/cn $REGULATED /srv/unnamed-r
/usr/bin/python3 -c "$tmpfile" /srv/public $PUBLIC /srv/unnamed-p
denied "O_TMPFILE and linkat in the tree" pair /srv/unnamed-p /srv/customers/cn/unnamed
denied "O_TMPFILE in the tree, linkat out of it" pair /srv/unnamed-p /srv/unnamed-r

# renameat2(RENAME_EXCHANGE): one out, one in
cp $REGULATED /srv/customers/cn/swap
cp $PUBLIC /srv/swap
/usr/bin/python3 -c '
import ctypes, sys
sys.exit(-ctypes.CDLL(None).renameat2(-100, b"/srv/customers/cn/swap", -100, b"/srv/swap", 2))'
denied "exchanged with one in the tree" pair $PUBLIC /srv/swap

mv /srv/customers/cn /srv/customers/other
denied "the tree itself renamed" pair $PUBLIC /srv/customers/other/people.csv
mv /srv/customers/other /srv/customers/cn
denied "and back" obtain read

mkdir -p /run/overlay
mount -t tmpfs tmpfs /run/overlay
mkdir -p /run/overlay/{upper,upper2,work,work2,r,p}
mount -t overlay overlay /run/overlay/r \
	-o lowerdir=/srv/customers/cn,upperdir=/run/overlay/upper,workdir=/run/overlay/work
mount -t overlay overlay /run/overlay/p \
	-o lowerdir=/srv/public,upperdir=/run/overlay/upper2,workdir=/run/overlay/work2
chmod 755 /run/overlay /run/overlay/r /run/overlay/p
denied "overlayfs on top of the tree" pair /run/overlay/p/people.csv /run/overlay/r/people.csv
for way in mmap scm-rights pidfd-getfd; do
	denied "overlayfs, $way" by $way /run/overlay/p/people.csv /run/overlay/r/people.csv
done
umount /run/overlay/r /run/overlay/p

# The disk as such. The other one is a loop device with the public file.
sync
truncate -s 64M /run/disk
mke2fs -q -t ext4 -d /srv/public /run/disk
modprobe loop 2>/dev/null
loop=$(losetup -f --show /run/disk)
disk()
{
	local from=/dev/vda
	[ "$FILE" = "$REGULATED" ] || from=$1
	# One process reads and sends.
	/usr/bin/python3 -c '
import re, socket, sys
disk = open(sys.argv[1], "rb")
s = socket.create_connection((sys.argv[2], 9000), 5)
lines, last = set(), b""
while True:
    part = disk.read(1 << 20)
    if not part:
        break
    if b"Li Wei" in part:
        lines.update(re.findall(rb"[0-9]{4},Li Wei,[0-9a-f]{16}", last[-100:] + part))
    last = part
s.sendall(b"\n".join(sorted(lines)))
s.shutdown(1)
s.recv(1)
' "$from" "$(address "$TO" 4)"
}
LIMIT=120 USERS=root denied "the raw disk" disk "$loop"

# Only root may, and for a file of one name. Which file the data is of isn't
# known, so the public one is on another disk.
cp $REGULATED /srv/customers/cn/single
mkdir -p /mnt/other
mount "$loop" /mnt/other
swapped()
{
	local on=/srv
	[ "$FILE" = "$REGULATED" ] || on=/mnt/other
	SCRATCH=$on/scratch by swap-boot /mnt/other/people.csv /srv/customers/cn/single
}
USERS=root denied "swapped with the boot loader's inode" swapped
umount /mnt/other
losetup -d "$loop"

# Another generation would make it another file. By who has no label, and gets none: FS_IOC_SETVERSION
# by a descriptor that only writes.
renew()
{
	/usr/bin/python3 -IS -c 'import fcntl, os, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_WRONLY), 0x40087602, bytes([7] * 8))' "$1"
}
generation()
{
	truncate -s 8M "/run/$1"
	mke2fs -q -t ext4 -O ^metadata_csum "/run/$1"
	losetup "/dev/$1" "/run/$1"
	mkdir -p "$2"
	mount "/dev/$1" "$2"
	: >"$2/file"
}
generation loop5 /mnt/generation
ok "a generation, elsewhere" renew /mnt/generation/file
generation loop6 /srv/customers/cn/generation
kept() { ! renew /srv/customers/cn/generation/file 2>/dev/null; }
ok "a generation, in the tree" wait_until kept
umount /srv/customers/cn/generation /mnt/generation
losetup -d /dev/loop5 /dev/loop6

# --- a second policy, while others hold already what it regulates

# Not a static one: its loader would exec it.
install -m 755 "$ATTACK/obtain_dynamic" /usr/local/bin/crm-export
install -m 755 "$ATTACK/obtain" /usr/local/bin/crm-other
# The maps of a process show a file of overlayfs as the one below: not there.
install -m 755 "$ATTACK/obtain_dynamic" /srv/crm-loaded
printf '#!/bin/bash\nexec %s/obtain "$@"\n' "$ATTACK" >/usr/local/bin/crm-script
chmod 755 /usr/local/bin/crm-script
mkdir -p /srv/archive/deep /sys/fs/cgroup/system.slice/crm-cn.service /sys/fs/cgroup/rf/regulated
cp $PUBLIC /srv/archive/people.csv
cp $PUBLIC /srv/archive/deep/linked
ln /srv/archive/deep/linked /srv/linked-before

mkdir -p /run/overlay/{upper3,work3,a}
mount -t overlay overlay /run/overlay/a \
	-o lowerdir=/srv/archive,upperdir=/run/overlay/upper3,workdir=/run/overlay/work3

# in_cgroup CGROUP COMMAND...
in_cgroup() { echo $BASHPID >"/sys/fs/cgroup/$1/cgroup.procs" && shift && "$@"; }
export_data() { /usr/local/bin/crm-export read "$PUBLIC" "$US4"; }
script_data() { /usr/local/bin/crm-script read "$PUBLIC" "$US4"; }

free "before: the archive" held_file /srv/archive/people.csv
free "before: a unit" in_cgroup system.slice/crm-cn.service obtain read
free "before: a cgroup" in_cgroup rf/regulated obtain read
free "before: a program" export_data
free "before: a script" script_data
as_uid() { setpriv --reuid "$1" --regid 1000 --clear-groups "$ATTACK/obtain" read "$PUBLIC" "$US4"; }
free "before: a user" as_uid 1100

# waiting NAME COMMAND...: it holds what NAME says, and sends when $GO exists
export GO=/run/go
waiting()
{
	local name=$1
	shift
	READY=/run/ready/$name bash -c '"$@"; echo $? >/run/status.'"$name" waiting "$@" 2>/dev/null &
	wait_until test -e "/run/ready/$name"
}
export -f in_cgroup as_uid
keeper() { "$ATTACK/obtain" "$1" "$2" "$US4"; }
export -f keeper
rm -rf $GO /run/ready /run/status.*
mkdir -m 1777 /run/ready
world reset
waiting open keeper held-open /srv/archive/people.csv
waiting map keeper held-map /srv/archive/people.csv
waiting link keeper held-open /srv/linked-before
waiting overlay keeper held-open /run/overlay/a/people.csv
waiting loader /lib64/ld-linux-x86-64.so.2 /srv/crm-loaded held-late $PUBLIC "$US4"
waiting program /usr/local/bin/crm-export held-late $PUBLIC "$US4"
waiting unit in_cgroup system.slice/crm-cn.service "$ATTACK/obtain" held-late $PUBLIC "$US4"
waiting cgroup in_cgroup rf/regulated "$ATTACK/obtain" held-late $PUBLIC "$US4"
waiting user setpriv --reuid 1100 --regid 1000 --clear-groups "$ATTACK/obtain" held-late $PUBLIC "$US4"
waiting bystander keeper held-nothing /srv/archive/people.csv
ok "apply a policy with every kind of origin" ringfence apply "$policies/origins.yaml"
is "apply: only who is concerned is labelled" 0 \
	"$(ringfence ps --json | grep -c '"comm":"\(rsyslogd\|ringfenced\)"')"
touch $GO
wait
for name in open map link overlay loader program unit cgroup user; do
	OUT=/run/status.$name said_is "already there when the policy came: $name" 13
done
OUT=/run/status.bystander said_is "not concerned when the policy came" 0
is "nothing of it arrived" 0 "$(world received us)"

# --- the same origins for who comes after

EXPECT="Permission denied"
held "hard link made before the policy" held_file /srv/linked-before
held "a tree of the new policy" held_file /srv/archive/people.csv
denied "a tree of both policies" obtain read
held "a unit that was there" in_cgroup system.slice/crm-cn.service obtain read
held "a cgroup that was there" in_cgroup rf/regulated obtain read
free "another cgroup" in_cgroup rf obtain read

wait_until rmdir /sys/fs/cgroup/system.slice/crm-cn.service
wait_until rmdir /sys/fs/cgroup/rf/regulated
mkdir -p /sys/fs/cgroup/user.slice/deep/crm-cn.service /sys/fs/cgroup/rf/regulated
held "a unit made later, elsewhere" in_cgroup user.slice/deep/crm-cn.service obtain read
held "a cgroup made later" in_cgroup rf/regulated obtain read
mkdir -p /sys/fs/cgroup/other/rf/regulated
free "the same path below another one" in_cgroup other/rf/regulated obtain read

held "a program" export_data
AS=user held "a program, as uid 1000" export_data
held "a program that is a script" script_data
ln /usr/local/bin/crm-export /usr/local/bin/crm-link
ln -s crm-export /usr/local/bin/crm-symlink
held "a program by a hard link" /usr/local/bin/crm-link read $PUBLIC "$US4"
held "a program by a symbolic link" /usr/local/bin/crm-symlink read $PUBLIC "$US4"
held "a program by its loader" /lib64/ld-linux-x86-64.so.2 /usr/local/bin/crm-export read $PUBLIC "$US4"
free "a copy of the program" /usr/local/bin/crm-other read $PUBLIC "$US4"
reads_it() { cat /usr/local/bin/crm-export >/dev/null; exec 9</usr/local/bin/crm-export; obtain read; }
free "who only reads the program" reads_it
# The child shares the memory of who spawns it until it has become the program.
spawns()
{
	/usr/bin/python3 -c '
import os, sys
child = os.posix_spawn(sys.argv[1], [sys.argv[1], "read", *sys.argv[3:5]], os.environ)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 13
os.execv(sys.argv[2], [sys.argv[2], "read", *sys.argv[5:]])' "$1" "$ATTACK/obtain" "$2" "$US4" \
		"$PUBLIC" "$US4"
}
free "who spawns the program" spawns /usr/local/bin/crm-export $PUBLIC
free "who spawns a regulated file" spawns /srv/customers/cn/obtain $PUBLIC
free "who spawns one that obtains" spawns "$ATTACK/obtain" $REGULATED
install -m 755 "$ATTACK/obtain_dynamic" /usr/local/bin/crm-export.new
mv /usr/local/bin/crm-export.new /usr/local/bin/crm-export
held "a program after an upgrade" export_data

held "a user" as_uid 1100
free "another user" as_uid 1101
setuid_data() { /usr/local/bin/setuid-1100 read "$PUBLIC" "$US4"; }
install -m 4755 -o 1100 "$ATTACK/obtain" /usr/local/bin/setuid-1100
AS=user held "set-uid to the user" setuid_data
user_then_back() { /usr/bin/python3 -c '
import os, subprocess, sys
os.setresuid(0, 1100, 0)
os.setresuid(0, 0, 0)
sys.exit(subprocess.call(sys.argv[1:]))' "$ATTACK/obtain" read "$PUBLIC" "$US4"; }
held "the user for a moment" user_then_back

labelled() { ringfence run --class cn-personal -- "$ATTACK/obtain" read "$PUBLIC" "$US4"; }
held "ringfence run" labelled
ringfence run --class cn-personal -- bash -c 'exit 42'
is "ringfence run exits as its command does" 42 $?
ringfence run --class no-such -- true 2>/dev/null
is "ringfence run: no such class" 125 $?
ringfence run --class cn-personal -- /nonexistent 2>/dev/null
is "ringfence run: no such command" 125 $?
as_user ringfence run --class cn-personal -- true 2>/dev/null
is "ringfence run: not root" 125 $?
run_world() { ringfence run --class cn-personal -- "$ATTACK/obtain" read "$PUBLIC" "$CN4"; }
world reset
run_world
is "ringfence run, to where the policy allows" 64 "$(world received cn)"

# --- origins end with the policy that named them

in_cgroup rf/regulated sleep 1000 &
sleeper=$!
wait_until listing $sleeper
listed "ps: the origin's kind and text" $sleeper '"kind":"cgroup","what":"/rf/regulated"'
ok "apply the first policy again" ringfence apply "$policies/test.yaml"
free "after: the archive" held_file /srv/archive/people.csv
free "after: a cgroup" in_cgroup rf/regulated obtain read
free "after: a program" export_data
free "after: a user" as_uid 1100
denied "after: the tree that stayed" obtain read
listed "a label stays with who has it" $sleeper cn-personal
kill $sleeper
