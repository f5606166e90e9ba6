# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# daemon.sh - for cases that end and start ringfenced: sourced after case.sh
#
#	daemon_pid		of the one that runs
#	daemon_start ARG...	and wait until it answers; BINARY to run another
#	daemon_end SIGNAL	and wait until it is gone
#	status KEY...		a member of `ringfence status --json`
#	enforced		the number of the generation

LOG=/var/log/ringfenced.log

daemon_pid() { pgrep -x ringfenced; }

daemon_start()
{
	setsid "${BINARY:-ringfenced}" "$@" >>$LOG 2>&1 </dev/null &
	wait_until ringfence ps
}

gone() { ! kill -0 "$1" 2>/dev/null; }

daemon_end()
{
	local pid
	pid=$(daemon_pid)

	kill "-$1" "$pid"
	wait_until gone "$pid"
}

status()
{
	timeout 60 ringfence status --json | /usr/bin/python3 -IS -c '
import json, sys
here = json.load(sys.stdin)
for key in sys.argv[1:]:
    here = here.get(key) if isinstance(here, dict) else None
print(here)
' "$@"
}

enforced() { status generation; }
