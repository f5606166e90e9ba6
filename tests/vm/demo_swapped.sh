#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# With the addresses of the two hosts swapped the story is not as told: its
# verdict depends on what the kernel did.
#
# run-6.12:
. "$(dirname "$0")/lib/case.sh"

cn=$CN4 us=$US4
CN4=$us US4=$cn bash "$here/tests/demo/story" > /run/story 2>&1
is "swapped: exit" 1 $?
ok "swapped: the transfer to China failed" grep -q 'not as told.*arrived in China' /run/story
ok "swapped: the one to the United States was let through" \
	grep -q 'not as told.*Permission denied' /run/story
