#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 34: maps at capacity. What cannot be recorded is refused
#
# run-long:
#
#	tasks, holders     the file is not opened
#	inodes             nor one for writing
#	edges              nor what is shared
#	channels           whoever reads such a channel has all that was not recorded
#
# The maps are filled by root, with entries that mean nothing: see lib/fill.py.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/hand.sh"

fill() { "$here/tests/vm/lib/fill.py" "$1" "$2"; }
send() { "$ATTACK/obtain" read "$FILE" "$(address "$TO" 4)"; }

# full MAP COMMAND...: the cases of COMMAND while there is no room in it
full()
{
	local map=$1 put
	shift

	put=$(fill fill "$map")
	ok "$map: filled" test "$put" -gt 1000
	"$@"
	is "$map: emptied" "$put" "$(fill empty "$map")"
}

EXPECT="Permission denied" deny "before" send
for map in tasks holders; do
	EXPECT="Permission denied" full $map deny "$map full" send
done
install -d -m 1777 /run/copies
DIR=/run/copies full inodes stopped copy write write-early link
full edges stopped memory memfd-later segment-later
EXPECT="Permission denied" deny "after" send
# The last: what was not recorded is on every such channel from then on.
full channels stopped pipe read
