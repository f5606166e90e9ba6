# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# hand.sh - for cases in which one process hands data to another: sourced after
# case.sh
#
#	stopped PROGRAM WAY...	no variant of the way gets the data out, and each
#				ends with STATUS (13), of the giver or the taker
#	unseen PROGRAM WAY...	the same where the call may not be refused: only
#				what arrives counts
#
# A case is one way of a program in up to four variants (attack/hand.h), each with
# a part of the file: all parts have to arrive in the run with the public one.

hand() { attack "$1" "$2" "$FILE" "$(address "$TO" "${FAMILY:-4}")"; }

unseen()
{
	local way program=$1
	shift

	for way; do
		LIMIT=300 ATLEAST=${ATLEAST:-64} deny "$program: $way${WHERE:+, $WHERE}" hand "$program" "$way"
	done
}

stopped()
{
	STATUS=${STATUS:-13} unseen "$@"
}
