#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 19: data taken out of another process, or put into it
#
# run-6.12: shared
#
#	opens the file                            never does
#	  +-------+<-- ptrace, /proc, vm_readv --+-------+
#	  | giver |--- vm_writev, pokes -------->| taker |---x us
#	  +-------+                              +-------+
#	      `------- core dump --------------------^
#
# The program is tests/vm/attack/trace.c.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/hand.sh"

stopped trace readv mem mem-early attach attach-early writev mem-write mem-write-early poke \
	poke-early getfd proc-fd
# Who waits in a page that is not there yet: for root only.
USERS=root stopped trace map-files faults faults-read readv-waiting writev-waiting
export USERS=user
stopped trace getfd-early getfd-connection attach-compat

# Its environment has to have room for the data, and its arguments have little.
shown() { ROOM=$(printf '%3000s' '') hand "$@"; }
export STATUS=13
for way in environ environ-early; do
	ATLEAST=64 deny "trace: $way" shown trace $way
	ATLEAST=1 deny "trace: ${way/environ/cmdline}" hand trace ${way/environ/cmdline}
done
for way in auxv auxv-early; do
	USERS=root ATLEAST=1 deny "trace: $way" hand trace $way
done
unset STATUS

# Who looks at all processes, as ps does, sees names and no arguments, and has no
# label from that.
(read -r _ <"$REGULATED"; touch /run/labelled; exec -a "my name" sleep 1000) &
shown=$!
wait_until test -e /run/labelled
wait_until grep -qx sleep /proc/$shown/comm
is "who looks: no arguments" "[sleep]" "$(ps -o args= -p $shown)"
fails "who looks: refused" cat /proc/$shown/environ
ok "who looks: the rest" cat /proc/$shown/status /proc/$shown/stat /proc/$shown/maps
ringfence ps --why $$ >/run/looked
ok "who looks: no label" grep -q "holds no regulated data" /run/looked
kill $shown

# Core dumps: to a file, which another sends, and to a program, which does it itself
pattern=$(cat /proc/sys/kernel/core_pattern)
install -d -m 1777 /run/cores /srv/hand
dumped()
{
	(attack trace crash "$FILE" -)
	attack trace core-file "$1/core" "$(address "$TO" 4)"
	rm -f "$1/core"
}
crashed() { (attack trace crash "$FILE" -); }
for dir in /run/cores /srv/hand; do
	echo $dir/core >/proc/sys/kernel/core_pattern
	deny "core dump in $dir" dumped $dir
	rm -f $dir/core
done
# The one that crashes is not gone before its dump has been taken.
install -m 755 "$ATTACK/trace" /run/core
echo 1 >/proc/sys/kernel/core_pipe_limit
echo "|/run/core core $US4" >/proc/sys/kernel/core_pattern
deny "core dump to a program" crashed
echo 0 >/proc/sys/kernel/core_pipe_limit
echo "$pattern" >/proc/sys/kernel/core_pattern
