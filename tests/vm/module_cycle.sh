#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module alone: its gate, its ioctls, and a hundred lives without a leak.
#
# run-long: --policy none
#
#	this namespace                      namespace "peer"
#	10.99.0.1/24 fd99::1/64  rfa---rfb  10.99.0.2/24 fd99::2/64   management
#	10.98.0.1/24 fd98::1/64             10.98.0.2/24 fd98::2/64   elsewhere
#
# A datagram "reaches" the peer if the peer's kernel counted it (no socket
# listens, so it is counted in NoPorts); an errno alone proves nothing. An
# argument sets how many lives the module has (100).

# shellcheck source=tests/vm/lib/case.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/case.sh"

build=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build
case $(uname -r) in
6.1.*)	series=6.1 ;;
*)	series=$(uname -r | cut -d. -f1,2) ;;
esac
module=$build/kmod/$series/ringfence.ko
tool=$build/attack/anchor_ioctl
state=/sys/kernel/security/ringfence/state
management=10.99.0.0/24,fd99::/64
cycles=${1-100}

value() { sed -n "s/^$1 //p" "$state"; }
load() { insmod "$module" "$@"; }
peer() { ip netns exec peer "$@"; }

# One datagram from where we are, or from a namespace: send ADDRESS [NETNS]
send()
{
	local netns=()
	[ -z "${2-}" ] || netns=(ip netns exec "$2")
	# shellcheck disable=SC2016 # the inner shell expands it
	"${netns[@]}" bash -c 'exec 3<>"/dev/udp/$1/9" && echo x >&3' send "$1" 2>&1
}

# Datagrams that the peer's kernel has received, IPv4 and IPv6.
arrived()
{
	peer cat /proc/net/snmp /proc/net/snmp6 | awk '
		/^Udp: [0-9]/ { n += $2 + $3 }
		/^Udp6(InDatagrams|NoPorts)/ { n += $2 }
		END { print n + 0 }'
}

# reaches NAME ADDRESS: it arrives, and no packet is counted as dropped
reaches()
{
	local before said after
	before=$(arrived)
	said=$(send "$2")
	after=$(arrived)
	if [ -z "$said" ] && [ "$after" -gt "$before" ]; then
		pass "$1: $2 reached"
	else
		fail "$1" "$2 not reached ($said)"
	fi
}

# blocked NAME ADDRESS [NETNS]: EPERM, counted, and nothing arrives
blocked()
{
	local before said dropped
	before=$(arrived)
	dropped=$(value quarantined)
	said=$(send "$2" "${3-}")
	if [ "$(arrived)" != "$before" ]; then
		fail "$1" "$2 was reached"
	elif [[ $said != *"Operation not permitted"* ]]; then
		fail "$1" "$2: not EPERM ($said)"
	elif [ "$(value quarantined)" -le "$dropped" ]; then
		fail "$1" "$2: not counted"
	else
		pass "$1: $2 blocked"
	fi
}

carried() { "$@" | grep -q ' state UP '; }
topology()
{
	ip link set lo up
	ip netns add peer
	ip link add rfa type veth peer name rfb netns peer || return
	# With link-local addresses the kernel would look for duplicates, and for routers.
	ip link set rfa addrgenmode none
	peer ip link set rfb addrgenmode none
	for net in 99 98; do
		ip addr add "10.$net.0.1/24" dev rfa
		ip addr add "fd$net::1/64" dev rfa nodad
		peer ip addr add "10.$net.0.2/24" dev rfb
		peer ip addr add "fd$net::2/64" dev rfb nodad
	done
	ip link set rfa up
	peer ip link set lo up
	peer ip link set rfb up
	wait_until carried ip link show rfa
	wait_until carried ip -n peer link show rfb
}

# --- parameters

bad_parameters()
{
	local text
	for text in 10.0.0.0 10.0.0.0/33 10.0.0.1/24 10.0.0.0/ 10.0.0/24 /24 fd00::/129 \
		fd00::1/64 "10.0.0.0/24," ",10.0.0.0/24" "10.0.0.0/24;fd00::/64" 10.0.0.0/+8 \
		10.0.0.0/8x localhost/8 0/0; do
		dmesg -C
		fails "load with management=$text" load "management=$text"
		if dmesg | grep -q 'ringfence: management: ".*": not ADDRESS/LENGTH'; then
			pass "the log names it"
		else
			fail "the log does not name $text"
		fi
	done
	text=$(seq -s, -f '10.%g.0.0/16' 0 64)
	fails "load with 65 prefixes" load "management=$text"
	is "nothing is left of it" "" "$(ls -d /dev/ringfence /sys/kernel/security/ringfence 2>/dev/null)"
}

# --- the gate, state by state

before_load()
{
	for addr in 10.99.0.2 10.98.0.2 fd99::2 fd98::2; do
		reaches "without the module" "$addr"
	done
}

quarantine()
{
	local addr
	# Neighbours must be found again through the gate.
	ip neigh flush all
	for addr in 10.99.0.2 fd99::2; do reaches "$1" "$addr"; done
	for addr in 10.98.0.2 fd98::2; do blocked "$1" "$addr"; done
	for addr in 127.0.0.1 ::1 10.98.0.1 fd98::1; do
		is "$1: loopback to $addr" "" "$(send "$addr")"
	done
	is "$1: state" quarantine "$(value state)"
}

open_gate()
{
	local addr
	for addr in 10.99.0.2 10.98.0.2 fd99::2 fd98::2; do reaches "$1" "$addr"; done
}

new_namespace()
{
	ip netns add late
	ip link add rfc netns late type veth peer name rfd netns peer
	ip -n late addr add 10.98.1.1/24 dev rfc
	ip -n late addr add fd97::1/64 dev rfc nodad
	ip -n late link set rfc up
	peer ip addr add 10.98.1.2/24 dev rfd
	peer ip addr add fd97::2/64 dev rfd nodad
	peer ip link set rfd up
	blocked "a namespace made later" 10.98.1.2 late
	blocked "a namespace made later" fd97::2 late
	ip netns del late
}

# What is addressed to a management host and sent elsewhere by DNAT.
translated()
{
	if ! nft -f - 2>/dev/null <<-'EOF'
		table ip rft {
			chain out {
				type nat hook output priority -100
				ip daddr 10.99.0.9 dnat to 10.98.0.2
			}
		}
	EOF
	then
		skip "DNAT away from a management host" "nftables cannot translate here"
		return
	fi
	blocked "DNAT away from a management host" 10.99.0.9
	nft delete table ip rft
}

# A program that sets a source route to a management host and on from there.
source_routed()
{
	local said before
	before=$(arrived)
	said=$(/usr/bin/python3 - 2>&1 <<-'EOF'
		import socket
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		lsrr = bytes([131, 7, 4]) + socket.inet_aton("10.98.0.2") + bytes([0])
		s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, lsrr)
		s.sendto(b"x", ("10.99.0.2", 9))
	EOF
	)
	if [[ $said == *"Operation not permitted"* ]] && [ "$(arrived)" = "$before" ]; then
		pass "a source route through a management host is blocked"
	else
		fail "a source route through a management host is blocked" "$said"
	fi
}

policy_prefixes()
{
	ok "prefixes set by ioctl" "$tool" management 10.98.0.0/24
	reaches "prefixes set by ioctl" 10.98.0.2
	reaches "the parameter's beside them" 10.99.0.2
	blocked "and no others" fd98::2
	is "both are shown" "10.99.0.0/24 fd99::/64 10.98.0.0/24" "$(value management | paste -sd' ')"
	ok "all of IPv6" "$tool" management ::/0
	reaches "all of IPv6" fd98::2
	blocked "all of IPv6 is not IPv4" 10.98.0.2
	ok "prefixes taken back" "$tool" management
	blocked "prefixes taken back" 10.98.0.2
}

# --- arming

arming()
{
	local id said
	id=$("$tool" arm 7)
	is "armed, held by the module alone" "armed 1 1 7" "$("$tool" status | cut -d' ' -f1-4)"
	open_gate armed
	said=$(rmmod ringfence 2>&1)
	is "armed: rmmod is refused" 1 "$([[ $said == *"in use"* ]] && echo 1)"
	id=$("$tool" arm 8)
	is "armed again: the old link is let go" "armed 1 1 8" "$("$tool" status | cut -d' ' -f1-4)"
	is "armed again: one reference" 1 "$(cat /sys/module/ringfence/refcnt)"

	dmesg -C
	ok "a root detaches the link" "$tool" detach "$id"
	blocked "the very next packet" 10.98.0.2
	quarantine detached
	is "detached: attached" 0 "$(value attached)"
	is "detached: said once" 1 "$(dmesg | grep -c 'gone without a disarm')"
	fails "detached: rmmod is refused" rmmod ringfence

	id=$("$tool" arm 9)
	is "armed after a detach" "armed 1 1 9" "$("$tool" status | cut -d' ' -f1-4)"
	open_gate "armed after a detach"
	ok "a root swaps the program" "$tool" update "$id"
	blocked "a swapped program" 10.98.0.2
	is "a swapped program: state" quarantine "$(value state)"
}

disarming()
{
	dmesg -C
	ok "disarm" "$tool" disarm
	is "disarmed" "disarmed 0 0 0" "$("$tool" status | cut -d' ' -f1-4)"
	is "disarmed: the log says who" 1 \
		"$(dmesg | grep -c 'ringfence: disarm: generation 9, by pid [0-9]* uid 0 comm "anchor_ioctl"')"
	open_gate disarmed
	is "disarmed: no reference" 0 "$(cat /sys/module/ringfence/refcnt)"
	ok "disarmed: unload" rmmod ringfence
	is "unloaded: no links" "$links" "$("$tool" links)"
	open_gate unloaded
}

permissions()
{
	is "the device is root's" "600 0 0" "$(stat -c '%a %u %g' /dev/ringfence)"
	is "the state is for all" 444 "$(stat -c %a "$state")"
	cases "another user" "$tool" stranger 1000
	cases "wrong arguments" "$tool" errors
	refused "root without CAP_SYS_ADMIN" setpriv --bounding-set -sys_admin "$tool" status
	refused "root in a user namespace of its own" unshare -r "$tool" status
}

# refused NAME COMMAND...: it says EPERM
refused()
{
	local name=$1 said
	shift
	said=$("$@" 2>&1)
	is "$name" 1 "$([[ $said == *"Operation not permitted"* ]] && echo 1)"
}

# --- a hundred lives

# Memory that the kernel will not give back, once it gave back what it can:
# lines "NAME AMOUNT NOISE" of kilobytes as a whole, areas of BPF programs and
# objects by size. A slab that is a processor's own counts as full although it
# may be empty, so objects are only known to a slab's worth.
unreclaimable()
{
	local cache
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 2
	for cache in /sys/kernel/slab/*/shrink; do
		echo 1 >"$cache"
	done
	awk '/^(SUnreclaim|Percpu|VmallocUsed):/ { n += $2 }
		END { print "kB", n, 128 }' /proc/meminfo
	echo "bpf_prog $(grep -c bpf_prog /proc/vmallocinfo) 0"
	awk '/^(kmalloc|net_namespace|pool_workqueue)/ { print $1, $2, $5 }' /proc/slabinfo
}

# Lines "NAME GROWTH" of what grew by half a piece per life: grown BEFORE AFTER
grown()
{
	{ echo "$1"; echo "$2"; } | awk -v lives="$cycles" '
		$1 in before { if ($2 - before[$1] > lives / 2 + $3) print $1, $2 - before[$1]; next }
		{ before[$1] = $2 }'
}

one_life()
{
	load "management=$management" && "$tool" arm 1 >/dev/null &&
		"$tool" management fd98::/64 && "$tool" arm 2 >/dev/null &&
		"$tool" management fd97::/64 &&
		"$tool" disarm && rmmod ringfence
}

# LIVES in a row, with traffic all the while, through every state.
lives()
{
	local count=$1 sender i
	while :; do
		for i in 10.99.0.2 10.98.0.2 fd98::2; do send "$i" >/dev/null; done
	done &
	sender=$!
	for ((i = 0; i < count; i++)); do
		one_life || break
	done
	kill "$sender"
	wait "$sender" 2>/dev/null
	[ "$i" = "$count" ]
}

# A leak grows each time; a cache that the kernel has found to be too small for
# the traffic does so once.
leaks()
{
	local round before what
	for round in 1 2 3; do
		before=$(unreclaimable)
		ok "round $round: loaded, armed, disarmed, unloaded $cycles times" lives "$cycles"
		what=$(grown "$before" "$(unreclaimable)" | paste -sd' ')
		[ -n "$what" ] || break
		echo "# round $round: $what" >&2
	done
	is "nothing grew by one piece per life" "" "$what"
}

nothing_left()
{
	is "links are all gone" "$links" "$("$tool" links)"
	is "nothing of it is mapped" 0 "$(grep -c ringfence /proc/vmallocinfo)"
	is "nothing is left of it" "" \
		"$(ls -d /dev/ringfence /sys/kernel/security/ringfence /sys/module/ringfence 2>/dev/null)"
}

mountpoint -q /sys/kernel/security || mount -t securityfs securityfs /sys/kernel/security
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 cgroup2 /sys/fs/cgroup
topology || {
	fail "the topology" "no veth here?"
	exit 1
}
links=$("$tool" links)
before_load
bad_parameters
ok "load" load "management=$management"
is "loaded: the log says so" 1 "$(dmesg | grep -c 'ringfence: loaded: quarantine')"
quarantine loaded
new_namespace
source_routed
translated
permissions
policy_prefixes
ok "never armed: unload" rmmod ringfence
open_gate "never armed, unloaded"
ok "load again" load "management=$management"
arming
disarming
dmesg -C
lives 5 # what the kernel caches
leaks
nothing_left
is "the kernel has nothing to complain of" "" \
	"$(dmesg | grep -E 'BUG|WARNING|Oops|leak|refcount' | head -n1)"
