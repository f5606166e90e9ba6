#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 1: a connection that is older than the label ends, and is not left to hang
#
# run: shared
#
#	VM ====== established ====== us
#	 | opens people.csv, sends: EACCES
#	 +------- reset --------->       recv() returns an error within seconds
. "$(dirname "$0")/lib/case.sh"

# ended NAME WANTED COMMAND...: as both users
ended()
{
	local name=$1 wanted=$2 as
	shift 2

	for as in root user; do
		one_run $as "$REGULATED" "$@"
		if grep -qE "^recv ($wanted)$" "$OUT"; then
			pass "$name, as $as"
		else
			fail "$name, as $as" "expected recv $wanted"
			tell "$OUT"
		fi
	done
}

aborted='ECONNABORTED|ECONNRESET'
for family in 4 6 mapped; do
	ended "after a refused send, $family" "$aborted" attack reset talk "$(address us $family)"
done
ended "after a dropped packet" "$aborted" attack reset splice "$US4"

# Home answers what was sent ("ok"), the end is not its own doing.
ended "not toward home" 3 attack reset talk "$CN4"
