#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each door alone, with the other's verdict (not its labelling) switched off
#
# run-6.12:
#
#	task --> [call door] --> socket --> [packet door] --> x us
#	           EACCES                     UDP: EPERM, TCP: silence
#
#	                  call door   packet door
#	TCP connect       EACCES      SYN dropped, then reset (ECONNABORTED)
#	TCP send          EACCES      silence, then reset
#	UDP send          EACCES      EPERM
#	raw, ping         EACCES      EPERM
#	sendfile, splice  EACCES      silence      (6.1: packet door only)
#	forged header     -           EPERM
#	MSG_MORE to us    -           EPERM
#	held AF_PACKET    EACCES      -
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/daemon.sh"
export CAPS=net_raw
policy=$here/tests/vm/policy/test.yaml

# start PART: ringfenced again, with this part's verdict switched off
start()
{
	ringfence disarm --yes >&2 || fail "disarm before $1"
	daemon_end TERM
	daemon_start "--test-disable=$1"
	if ! ringfence apply "$policy" >/run/apply.log 2>&1; then
		fail "apply with $1 switched off" "$(cat /run/apply.log $LOG)"
		exit 1
	fi
}

connection() { attack connection "$1" "$(address "$TO" 4)"; }
datagram() { attack datagram "$1" "$(address "$TO" 4)" "$CN4"; }
raw() { attack raw "$1" "$(address "$TO" 4)" "${2:-$(address "$TO" 4)}"; }
spliced() { attack splice "$1" "$(address "$TO" 4)"; }

start door:call
EXPECT="connect ECONNABORTED" deny "packet door: TCP connect is reset" connection before
EXPECT=silence deny "packet door: TCP send is silence" connection after
EXPECT="sendto EPERM" deny "packet door: UDP sendto" datagram to
EXPECT="send EPERM" deny "packet door: UDP send, connected before" datagram connected
EXPECT="sendto EPERM" deny "packet door: raw" raw payload
EXPECT="sendto EPERM" deny "packet door: ping" raw ping
EXPECT="sendto EPERM" deny "packet door: forged header" raw forged "$CN4"
EXPECT="sendto EPERM" deny "packet door: MSG_MORE" datagram cork
EXPECT=silence deny "packet door: sendfile" spliced sendfile
EXPECT=silence deny "packet door: splice" spliced splice
allow "packet door alone: TCP" connection after
ok "packet door: counted" [ "$(counter dropped_packets)" -gt 0 ]

start door:packet
EXPECT="connect EACCES" deny "call door: TCP connect" connection before
EXPECT="send EACCES" deny "call door: TCP send" connection after
EXPECT="sendto EACCES" deny "call door: UDP sendto" datagram to
EXPECT="send EACCES" deny "call door: UDP send, connected before" datagram connected
EXPECT="sendto EACCES" deny "call door: raw" raw payload
EXPECT="sendto EACCES" deny "call door: ping" raw ping
if [ "$KERNEL" != 6.1 ]; then
	EXPECT="sendfile EACCES" deny "call door: sendfile" spliced sendfile
	EXPECT="splice EACCES" deny "call door: splice" spliced splice
fi
allow "call door alone: TCP" connection after
ok "call door: counted" [ "$(counter denied_calls)" -gt 0 ]
