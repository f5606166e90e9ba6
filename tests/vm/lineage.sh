#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who has the label: one task obtains the file, a relative of it sends
#
# run-6.12: shared
#
#	  reads                     sends
#	 +------+  fork, vfork,   +-------+        /--> cn, dc
#	 | task |--clone, thread->| task' |-- VM -+
#	 +------+  exec           +-------+        \-x  us, de
#
# Rows 14 and 15 of the ways out. The program is tests/vm/attack/lineage.c.
. "$(dirname "$0")/lib/case.sh"

lineage() { "$ATTACK/lineage" "$1" "$FILE" "$(address "$TO" 4)"; }

# Row 14. The errno is the one at the call, also on a connection from before.
for way in plain fork-after fork-before fork-socket double-fork vfork-reads vfork-sends \
	   clone-vm clone-vm-twice clone-files clone-vm-files clone-parent \
	   thread thread-connected; do
	EXPECT="Permission denied" deny "$way" lineage $way
done
STATUS=13 deny "thread-loop" lineage thread-loop
HOST=de EXPECT="Permission denied" deny "plain, to de" lineage plain

# Row 15
for way in exec-fd exec-argument exec-thread exec-leader-gone exec-vfork exec-clone-files \
	   exec-clone-vm exec-fexecve exec-fails; do
	EXPECT="Permission denied" deny "$way" lineage $way
done

install -m 4755 "$ATTACK/lineage" /usr/local/bin/lineage-setuid
printf '#!/bin/bash\nexec %s "$@"\n' "$ATTACK/lineage" >/usr/local/bin/lineage-script
chmod 755 /usr/local/bin/lineage-script
export EXEC
EXEC=/usr/local/bin/lineage-setuid
EXPECT="Permission denied" deny "exec, set-uid" lineage exec-named
EXEC=/usr/local/bin/lineage-script
EXPECT="Permission denied" deny "exec, script" lineage exec-named

# The same relatives may send to where the policy allows.
for way in fork-after double-fork clone-vm thread exec-fd exec-thread; do
	USERS=user allow "$way" lineage $way
done

# A label stays with who has it: not the shell that started it, nor a sibling.
sleep 600 &
bystander=$!
( exec 9<"$REGULATED"; touch /run/holding; exec sleep 600 ) &
holder=$!
wait_until test -e /run/holding
is "the one that holds it is listed" 1 "$(ringfence ps --json | grep -cwE "\"pid\": ?$holder")"
is "its parent and its sibling are not" 0 \
	"$(ringfence ps --json | grep -cwE "\"pid\": ?($bystander|$$)")"
kill $bystander $holder
