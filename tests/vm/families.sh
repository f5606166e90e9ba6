#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rows 8, 9, 20 and 22: families, protocols and devices that have no check
#
# run-6.1: shared
#
#	task --new, held before the label--> AF_PACKET, AF_XDP, vsock, SCTP, ...
#	          EACCES    EACCES
#	     <--ring mapped, KCM or such a device held-- the file itself is refused
#
# Each is first seen to be possible without a label; one that this kernel
# cannot make at all is skipped.
. "$(dirname "$0")/lib/case.sh"
export CAPS=net_raw,net_admin

for module in sctp dccp_ipv4 dccp_ipv6 vsock vmw_vsock_virtio_transport vsock_loopback tipc \
	      l2tp_ip l2tp_ip6 l2tp_ppp pppoe algif_hash af_alg rds rds_tcp smc kcm rxrpc can \
	      can-raw bluetooth ax25 netrom rose x25 appletalk llc2 phonet qrtr nfc atm af_key \
	      ieee802154_socket caif_socket mctp; do
	modprobe -q $module
done
# SMC talks TCP to who doesn't know it; MPTCP likewise.
echo 1 >/proc/sys/net/mptcp/enabled 2>/dev/null

# --- families, by the errno alone

# Loops over TYPE and PROTOCOL as socket(2) takes them: family, name
while read -r name family type protocol; do
	chosen "$name" || continue
	for as in root user; do
		KEEP=1 one_run $as "$PUBLIC" attack family new "$family" "$type" "$protocol"
		if [ -s "$OUT" ]; then
			[ $as = user ] || skip "$name" "no such socket"
			continue
		fi
		# Its memory needs no call to be sent; KCM's none that 6.1 can refuse.
		if [ "$family" = 44 ] || [ "$family" = 41 ]; then
			KEEP=1 one_run $as "$REGULATED" attack family new "$family" "$type" "$protocol"
			said_is "$name, new, as $as" "socket EACCES"
			KEEP=1 one_run $as "$REGULATED" attack family held "$family" "$type" "$protocol"
			said_is "$name, held, as $as" "open EACCES"
		else
			KEEP=1 one_run $as "$REGULATED" attack family both "$family" "$type" "$protocol"
			said_is "$name, new and held, as $as" \
				"socket EACCES send EACCES sendto EACCES setsockopt EACCES connect EACCES"
		fi
	done
done <<'END'
packet 17 3 0
packet-dgram 17 2 0
xdp 44 3 0
vsock 40 1 0
sctp 2 1 132
sctp-many 2 5 132
sctp6 10 5 132
dccp 2 6 33
dccp6 10 6 33
mptcp 2 1 262
mptcp6 10 1 262
udplite 2 2 136
udplite6 10 2 136
l2tp 2 2 115
l2tp6 10 2 115
tipc 30 5 0
tipc-stream 30 1 0
pppoe 24 1 0
pppol2tp 24 1 1
alg 38 5 0
rds 21 5 0
smc 43 1 0
smc6 43 1 1
kcm 41 2 0
rxrpc 33 2 2
can 29 3 1
bluetooth-l2cap 31 5 0
bluetooth-hci 31 3 1
ax25 3 2 0
netrom 6 5 0
appletalk 5 2 0
llc 26 2 0
phonet 35 2 0
qrtr 42 2 0
nfc 39 3 0
atm 8 2 0
key 15 3 2
ieee802154 36 2 0
rose 11 5 0
END

# --- who has got a label against its will can't obtain more: it sends what no door sees

for as in root user; do
	name="AF_XDP held by who waits for the data, as $as"
	chosen "$name" || continue
	CAPS=net_raw ok "$name, unlabelled" one_run $as "$PUBLIC" attack xdp forced
	CAPS=net_raw one_run $as "$REGULATED" attack xdp forced
	said_is "$name" "write EACCES write EACCES open EACCES"
done

# --- devices that send past the sockets that they were given, serve others, or keep what is written

modprobe -q scsi_debug
# Debian's 6.12 has no driver without hardware for a screen.
if [ "$KERNEL" = 6.1 ]; then
	modprobe -q vfb vfb_enable=1
	screen=fb0:vfb
fi
for device in vhost-net:vhost_net vhost-vsock:vhost_vsock ppp:ppp_generic fuse:fuse \
	      cuse:cuse uinput:uinput uhid:uhid vhci:hci_vhci nvram:nvram mtd0:mtdram \
	      sg0:sg snd/seq:snd-seq video0:vivid ${screen-}; do
	name=${device%:*}
	chosen "/dev/$name" || continue
	modprobe -q "${device#*:}"
	if ! FILE=$PUBLIC as_root attack device held "/dev/$name" >"$OUT"; then
		skip "/dev/$name" "it cannot be opened here"
		continue
	fi
	one_run root "$REGULATED" attack device new "/dev/$name"
	said_is "/dev/$name, opened after the label" "device EACCES"
	for how in held forked executed passed; do
		one_run root "$REGULATED" attack device $how "/dev/$name"
		said_is "/dev/$name, $how" "open EACCES"
	done
done

modprobe -q mtdram
flash()
{
	test -c /dev/mtd0 || return
	dd if="$FILE" of=/dev/mtd0 status=none || return
	head -c "$(stat -c %s "$FILE")" /dev/mtd0 | socat -u - "TCP4:$(address "$TO" 4):9000"
}
USERS=root EXPECT="Permission denied" deny "through a flash device" flash

# The same flash has a driver that makes a disk of it.
modprobe -q mtdblock
flash_disk()
{
	test -c /dev/mtd0 || return
	(dd if="$FILE" of=/dev/mtdblock0 conv=fsync status=none) || return
	(head -c "$(stat -c %s "$FILE")" /dev/mtd0 | socat -u - "TCP4:$(address "$TO" 4):9000")
}
USERS=root EXPECT="Permission denied" STATUS=0 deny "through the disk of a flash device" flash_disk

# --- AF_PACKET, by what is on the wire

find_gateway()
{
	ping -c 1 -W 2 192.168.77.1 >/dev/null 2>&1
	gateway=$(ip neigh show 192.168.77.1 dev eth0 | sed -n 's/.*lladdr \([^ ]*\).*/\1/p')
	[ -n "$gateway" ]
}
export gateway
wait_until find_gateway
frame() { attack packet "$1" "$2" "$HOST4" "$(address "$TO" 4)" "$gateway"; }

for how in raw dgram bypass ring; do
	EXPECT="socket EACCES" deny "AF_PACKET $how after the label" frame before $how
done
for how in raw dgram bypass; do
	EXPECT="sendto EACCES" deny "AF_PACKET $how held" frame held $how
done
EXPECT="open EACCES" deny "AF_PACKET ring mapped before the label" frame held ring
EXPECT="mmap EACCES" deny "AF_PACKET ring mapped after the label" frame unmapped ring
# Whoever has no check is not let home either.
one_run root "$REGULATED" attack packet before raw "$HOST4" "$CN4" "$gateway"
said_is "AF_PACKET toward home" "socket EACCES"

# --- connected before the label, and data that does not come by sendmsg

stream() { attack stream "$1" "$(address "$TO" "$2")" "$3"; }

for protocol in mptcp smc lite; do
	chosen "$protocol, connected before" || continue
	if ! FILE=$PUBLIC as_root attack stream $protocol "$US4" >"$OUT"; then
		skip "$protocol" "it cannot be used here"
		continue
	fi
	EXPECT="send EACCES" deny "$protocol, connected before" stream $protocol 4 ""
	deny "$protocol, connected before, sendfile" stream $protocol 4 sendfile
	deny "$protocol, connected before, splice" stream $protocol 4 splice
done
