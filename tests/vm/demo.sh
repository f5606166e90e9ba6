#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The story of `make demo` is as told.
#
# run:
. "$(dirname "$0")/lib/case.sh"

if bash "$here/tests/demo/story" >&2; then
	pass "every step as told"
else
	fail "every step as told" "status $?"
fi
