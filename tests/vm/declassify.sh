#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Declassifiers: what they may, and that nobody borrows it
#
# run-6.1:
#
#	customers/cn --> redactor (removes) --> us        yes
#	customers/cn --> keeper   (holds)   --> us        no
#	   a copy of it, LD_*, a tracer, a listener, a user namespace, a labelled
#	   parent, code of others, another program in its place   no
#
# The program is tests/vm/attack/trust.c.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/holder.sh"
. "$(dirname "$0")/lib/daemon.sh"

policies=$here/tests/vm/policy
mkdir -p /srv/sbin
for program in redactor trust keeper copy other; do
	install -m 755 "$ATTACK/trust" /srv/sbin/$program
done
export TRUSTED=/srv/sbin/redactor OTHER=/srv/sbin/other FOREIGN=/run/foreign
install -m 755 -o 1000 "$ATTACK/obtain" $FOREIGN

send() { "$1" read "$FILE" "$(address "$TO" 4)"; }
# As the declassifier, and as who runs one
self() { /srv/sbin/trust "$1" "$FILE" "$(address "$TO" 4)"; }
through() { /srv/sbin/other "$1" "$FILE" "$(address "$TO" 4)"; }
denied() { EXPECT="Permission denied" deny "$@"; }
passes() { HOST=us allow "$@"; }

denied "before the policy" send /srv/sbin/redactor
ok "apply" ringfence apply "$policies/declassify.yaml"

# --- what it may

passes "removes" send /srv/sbin/redactor
passes "removes: a child too" self child
passes "removes: from a clean parent" through plain
passes "removes: under a filter that answers nothing" through filter
clean() { CLEAN=1 through environment-long; }
passes "removes: with a long environment" clean
ln /srv/sbin/redactor /srv/public/linked
passes "removes: by another name of the file" send /srv/public/linked
denied "holds: sends nothing" send /srv/sbin/keeper
denied "a copy" send /srv/sbin/copy

# --- who has a say in it

for way in labelled environment environment-long traced listener namespace; do
	denied $way through $way
done
for way in exec-other spawn-other map-foreign protect-foreign; do
	denied $way self $way
done

# --- who gets at its memory

# waiting PROGRAM: its number in PID, once it runs
waiting()
{
	"$1" wait - - &
	PID=$!
	wait_until grep -q "^$1" "/proc/$PID/cmdline"
}
end_it() { kill -KILL $PID; wait $PID 2>/dev/null; }
reach() { "$ATTACK/trust" "$1" "$PID" -; }
for way in attach memory write-memory get-fd; do
	case $way in memory) errno=13 ;; *) errno=1 ;; esac
	waiting /srv/sbin/copy
	ok "$way: another program" reach $way
	end_it
	for program in redactor keeper; do
		waiting /srv/sbin/$program
		before=$(counter reasons_at_call.tamper)
		reach $way 2>/dev/null
		is "$way: $program" $errno $?
		is "$way: $program, counted" 1 $(($(counter reasons_at_call.tamper) - before))
		end_it
	done
	PID=$(pidof ringfenced)
	reach $way 2>/dev/null
	is "$way: the daemon" $errno $?
done

# --- another program in its place

instead() { send /srv/sbin/redactor; }
mount --bind /srv/sbin/copy /srv/sbin/redactor
denied "mounted over it" instead
umount /srv/sbin/redactor
passes "mounted over it: and away again" instead
cp -p /srv/sbin/copy /srv/sbin/new
ln /srv/sbin/redactor /srv/sbin/kept
mv /srv/sbin/new /srv/sbin/redactor
denied "renamed over it" instead
# The daemon looks for what has moved once a second.
told() { world syslog | grep -q 'another file took its place'; }
ok "renamed over it: it is told" wait_until told
denied "renamed over it: and after the daemon saw it" instead
mv /srv/sbin/kept /srv/sbin/redactor
ok "apply again" ringfence apply "$policies/declassify.yaml"
passes "the first one, back in its place" instead

# --- it is counted and told

before=$(counter classes.cn-personal.removed)
TO=us FILE=$REGULATED send /srv/sbin/redactor >/dev/null 2>&1
ok "counted" test "$(counter classes.cn-personal.removed)" -gt "$before"
removed() { world syslog | grep -q 'REMOVED.*class="cn-personal"'; }
ok "told" wait_until removed
LD_BIND_NOW=1 /srv/sbin/keeper read $PUBLIC 127.0.0.1 >/dev/null 2>&1
untrusted() { world syslog | grep -q 'REFUSED.*reason="untrusted"'; }
ok "told: who was none" wait_until untrusted

# --- what cannot be one

says() { if grep -q -- "$2" /run/said; then pass "$1"; else fail "$1" "$(cat /run/said)"; fi; }
# with PROGRAM MORE: the policy with another program, and more keys
with() { sed "s|program: /srv/sbin/redactor|program: $1|; s|\(reason: takes.*\)|\1\n    $2|" "$policies/declassify.yaml" >/run/with.yaml; }
printf '#!/bin/sh\n' >/srv/sbin/script
chmod 755 /srv/sbin/script
with /srv/sbin/script
ringfence check /run/with.yaml >/run/said 2>&1
is "check: a script" 3 $?
says "check: a script, said" 'a script cannot be a declassifier'
ringfence apply /run/with.yaml >/run/said 2>&1
is "apply: a script" 3 $?
chmod 777 /srv/sbin/copy
with /srv/sbin/copy
ringfence check /run/with.yaml >/run/said 2>&1
is "check: others may write to it" 0 $?
says "check: others may write to it, said" 'warning.*can be written to by others'

# --- by digest

truncate -s 16M /run/disk
mkfs.ext4 -q -b 4096 -O verity /run/disk
mkdir -p /mnt/verity
modprobe -q loop
ok "a file system with fs-verity" mount -o loop /run/disk /mnt/verity
install -m 755 "$ATTACK/trust" /mnt/verity/redactor
with /mnt/verity/redactor "digest: sha256:$(printf '%064d' 0)"
ringfence apply /run/with.yaml >/run/said 2>&1
is "digest: not enabled" 3 $?
says "digest: not enabled, said" 'fs-verity is not enabled'
digest=$(/srv/sbin/other verity /mnt/verity/redactor -)
ringfence apply /run/with.yaml >/run/said 2>&1
is "digest: another" 3 $?
says "digest: another, said" 'the file has another digest'
with /mnt/verity/redactor "digest: sha256:$digest"
ok "digest: its own" ringfence apply /run/with.yaml
passes "digest" send /mnt/verity/redactor
denied "the policy has another program" send /srv/sbin/redactor
cp /mnt/verity/redactor /mnt/verity/next
/srv/sbin/other verity /mnt/verity/next - >/dev/null
marked() { world syslog | grep -c 'is marked again'; }
before=$(marked)
again() { [ "$(marked)" -gt "$before" ]; }
mv /mnt/verity/next /mnt/verity/redactor
wait_until again
passes "digest: another file with the same" send /mnt/verity/redactor

# --- the end of the policy

ok "apply the first policy" ringfence apply "$policies/test.yaml"
denied "after the policy" send /mnt/verity/redactor
