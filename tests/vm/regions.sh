#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Where addresses are, as several sources say it, and what follows when they say
# something else
#
# run-long:
#
#	VM --tcp--> us     its address: the world says US, our geofeed what we like
#	   --tcp--> dc     of the policy's own prefix, whatever a source says
#	   --udp--> the address of us or cn inside an IPv6 one (NAT64, 6to4, Teredo)
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/daemon.sh"

work=/run/regions
feed=$work/feed.csv
mkdir -p $work
sends() { cat "$FILE" >"/dev/tcp/$(address "$TO" 4)/9000"; }

# says COUNTRY: what our own feed says about the host in the US
says() { printf '%s/32,%s,,,\n' "$US4" "$1" >$feed; }

# policy LINE...: the test's policy with these lines about region data
policy()
{
	{ cat "$here/tests/vm/policy/test.yaml"; echo 'region-data:'; printf '  %s\n' "$@"; } \
		>$work/policy.yaml
}

feed_first="sources: [{ format: geofeed, path: $feed, sha256sums: $work/SHA256SUMS }, tor-geoipdb]"
sums() { (cd $work && sha256sum feed.csv >SHA256SUMS); }
update() { ringfence region update "$@"; }

# --- the feed is trusted first

says US
sums
policy "$feed_first"
ok "apply of two sources" ringfence apply $work/policy.yaml
deny "the feed says US" sends
HOST=dc allow "a prefix of the policy" sends

ok "the first update" update
generation=$(enforced)
says CN
sums
deny "a feed that was changed, but not accepted" sends
fails "update: a country lost all it had" update
is "update: what is refused changes nothing" "$generation" "$(enforced)"
policy "$feed_first" "max-loss: 100"
ok "apply with a limit that lets the feed move" ringfence apply $work/policy.yaml
deny "accepted data outlives an apply" sends
ok "update --dry-run" update --dry-run
deny "update --dry-run changes nothing" sends
ok "update: the feed says CN now" update
HOST=us allow "the feed says CN" sends
ok "lookup tells who says so" grep -q 'geofeed *CN .*followed' <(ringfence region lookup "$US4" 2>/dev/null)
ok "lookup tells who was overruled" grep -q 'tor-geoipdb *US .*overruled' \
	<(ringfence region lookup "$US4" 2>/dev/null)

# --- what is not sound changes nothing

generation=$(enforced)
says US
fails "update: another file than the sums list" update
echo "$US4/32,US,,," | cut -c 1-9 >$feed
sums
fails "update: a damaged file" update
is "update: what cannot be read changes nothing" "$generation" "$(enforced)"
HOST=us allow "still as accepted" sends

# --- over a start of the daemon, without a gap

daemon_end TERM
daemon_start
is "after a start: the same generation" "$generation" "$(enforced)"
HOST=us allow "after a start" sends

# --- agreement: what is disputed is foreign

policy "$feed_first" "require-agreement: 2" "max-loss: 100"
ok "apply with an agreement" ringfence apply $work/policy.yaml
deny "two sources disagree" sends
ok "lookup tells of the dispute" grep -q 'disputed' <(ringfence region lookup "$US4" 2>/dev/null)
HOST=dc allow "the policy's own prefix needs nobody's consent" sends

policy "sources: [{ format: tor-geoipdb, max-age: 1 }]"
ok "apply of data that is too old" ringfence apply $work/policy.yaml
ok "status warns of it" grep -q 'days old, the limit is 1' <(ringfence status)

# --- addresses that carry another one

hex() { printf '%02x%02x:%02x%02x' ${1//./ }; }
inverse() { printf '%02x%02x:%02x%02x' $(for i in ${1//./ }; do echo $((255 - i)); done); }
# errno NAME WANTED ADDRESS: of a datagram with the regulated file
errno()
{
	# shellcheck disable=SC2016
	/usr/bin/python3 -c '
import errno, socket, sys
data = open("/srv/customers/cn/people.csv", "rb").read(1000)
try:
    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(data, (sys.argv[1], 9000))
    print("sent")
except OSError as error:
    print(errno.errorcode[error.errno])
' "$3" >"$OUT" 2>&1
	said_is "$1" "$2"
}
policy "nat64: [\"2001:db8:64::/96\"]"
ok "apply with a prefix for NAT64" ringfence apply $work/policy.yaml
for way in "NAT64 64:ff9b::%s" "6to4 2002:%s::1" "own-NAT64 2001:db8:64::%s"; do
	read -r name form <<<"$way"
	# shellcheck disable=SC2059
	errno "$name: an address in the US" EACCES "$(printf "$form" "$(hex "$US4")")"
	# shellcheck disable=SC2059
	errno "$name: an address in China" sent "$(printf "$form" "$(hex "$CN4")")"
	# shellcheck disable=SC2059
	errno "$name: a private address of ours" \
		"$([ $name = own-NAT64 ] && echo sent || echo EACCES)" \
		"$(printf "$form" "$(hex "$DC4")")"
done
errno "Teredo: a client in the US" EACCES "2001:0:$(hex "$CN4")::$(inverse "$US4")"
errno "Teredo: a client in China" sent "2001:0:$(hex "$US4")::$(inverse "$CN4")"
