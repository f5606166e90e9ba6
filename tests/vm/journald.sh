#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# journald: gives the label to who reads the journal, or holds it as a declassifier
#
# run-long:
#
#	opens the file                            never does
#	  +-------+  logger  +----------+  journalctl  +-------+
#	  | giver |--------->| journald |------------->| taker |---> us
#	  +-------+          +----------+              +-------+
#
# It runs without systemd, each time with a namespace, which is a journal of its own.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/holder.sh"
. "$(dirname "$0")/lib/services.sh"

journald=/usr/lib/systemd/systemd-journald
socket() { echo "/run/systemd/journal.$1/dev-log"; }
start_journald() { "$journald" "$1" 7>&- & wait_until test -S "$(socket "$1")"; }
journal() { journalctl -q -o cat --namespace="$1"; }

# logged NAMESPACE: the file is in that journal
logged()
{
	local end=end-$RANDOM$RANDOM

	logger -u "$(socket "$1")" -f "$FILE" &&
	logger -u "$(socket "$1")" "$end" &&
	wait_until eval "journal $1 | grep -q $end"
}
takes() { journal "$1" >"$SERVICES/taken-$1"; send "$SERVICES/taken-$1"; }

# --- before the policy names it

usual() { if [ "$FILE" = "$REGULATED" ]; then echo crm; else echo shop; fi; }
start_usual_journald() { start_journald "$(usual)"; }
both start_usual_journald
told() { logged "$(usual)" && takes "$(usual)"; }
USERS=root deny "what journald was told" told

# --- and after

mkdir /run/policy
cp "$here/tests/vm/policy/test.yaml" "$here/policy/declassifiers/systemd-journald.yaml" /run/policy
ok "apply" ringfence apply /run/policy
start_journald held
(FILE=$REGULATED && logged held)
ok "the regulated lines are in the journal" eval "journal held | grep -qFf $REGULATED"
listed_as() { ringfence ps --json | grep -q "\"comm\":\"$1\""; }
ok "journald has the label" listed_as systemd-journal
reads()
{
	journal held >"$SERVICES/held" && exec 8<"$SERVICES/held" &&
	attack obtain read "$PUBLIC" "$(address us 4)"
}
free "who reads the journal then" reads
