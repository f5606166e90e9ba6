# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# holder.sh - for cases in which the file does not give the label: sourced
# after case.sh
#
#	free NAME COMMAND...	COMMAND sends the public file to us: no label
#	held NAME COMMAND...	the same, and it does not arrive: a label
#	listed NAME PID WORD	`ringfence ps` lists PID with WORD (its origin)
#
# As in case.sh: AS=user or root, EXPECT (for held; "Permission denied" unless
# told otherwise, "silence" for nothing), LIMIT.

# one_public COMMAND...: the tokens that arrived at us, in ARRIVED
one_public()
{
	local status
	export FILE=$PUBLIC TO=us

	world reset
	: >"$OUT"
	"as_${AS:-root}" "$@" >"$OUT" 2>&1
	status=$?
	ARRIVED=$(world received us)
	return $status
}

free()
{
	local name=$1 status
	shift

	chosen "$name" || return 0
	one_public "$@"
	status=$?
	if [ "${ARRIVED:-0}" -gt 0 ]; then
		pass "$name"
	else
		fail "$name" "nothing arrived, status $status"
		tell "$OUT"
	fi
}

held()
{
	local name=$1 status EXPECT=${EXPECT-Permission denied}
	shift

	chosen "$name" || return 0
	one_public "$@"
	status=$?
	if [ "$ARRIVED" != 0 ]; then
		fail "$name" "${ARRIVED:-?} tokens arrived, status $status"
		tell "$OUT"
	elif ! said "$status"; then
		fail "$name" "expected $EXPECT, status $status"
		tell "$OUT"
	else
		pass "$name"
	fi
}

# The line of a process in `ringfence ps --json`
listing() { ringfence ps --json | grep -w "\"pid\":$1"; }

listed()
{
	if listing "$2" | grep -qF -- "$3"; then
		pass "$1"
	else
		fail "$1" "ps says: $(listing "$2")"
	fi
}
