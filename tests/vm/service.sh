#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Regulated databases: who talks to PostgreSQL is labelled, by TCP and by its
# unix socket
#
# run-6.12: --policy none
#
#	PostgreSQL 127.0.0.1:5432, ::1, /run/db/.s.PGSQL.5432 --> psql --x us
#	           127.0.0.1:5433, /run/other/.s.PGSQL.5433   --> psql --> us
#	two clusters with the same table; only the first is a service of the policy
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/holder.sh"
. "$(dirname "$0")/lib/daemon.sh"

policies=$here/tests/vm/policy
bin=$(echo /usr/lib/postgresql/*/bin)
ip link set lo up
export PGUSER=db PGDATABASE=postgres

db() { setpriv --reuid 1000 --regid 1000 --clear-groups "$@"; }
# database NAME PORT FILE: a cluster with the lines of FILE in its table people
database()
{
	install -d -o 1000 -g 1000 -m 755 "/run/$1" "/srv/$1"
	db "$bin/initdb" -A trust -U db -N "/srv/$1/data" >/dev/null
	start "$1" "$2"
	psql -qh "/run/$1" -p "$2" -c 'create table people (line text)' \
		-c "\\copy people from '$3' with (delimiter E'\\x01')"
}
# start NAME PORT [OF]: with its socket where OF has its own
start()
{
	db "$bin/pg_ctl" -w -t 60 -D "/srv/$1/data" -l "/run/$1/log" -o \
		"-p $2 -k /run/${3:-$1} -c fsync=off -c listen_addresses=127.0.0.1,::1" start >/dev/null
}
stop() { db "$bin/pg_ctl" -w -m fast -D "/srv/$1/data" stop >/dev/null; }

# The data is there before the policy: the servers hold none of it by a label.
database later 5432 $REGULATED >/run/made 2>&1 || tell /run/made
stop later
database db 5432 $REGULATED >/run/made 2>&1 || tell /run/made
database other 5433 $PUBLIC >/run/made 2>&1 || tell /run/made

# where unix|ADDRESS: the service in the run that must not arrive
where()
{
	local service=db port=5432

	[ "$FILE" = "$REGULATED" ] || service=other port=5433
	case $1 in
	unix)	echo "-h /run/$service -p $port" ;;
	*)	echo "-h $1 -p $port" ;;
	esac
}
# It selects, and a child of it sends what it got, or takes it all the same.
select_by()
{
	# shellcheck disable=SC2046
	psql -qAt $(where "$1") \
		-c "\\o |(socat -t 5 - TCP4:$(address "$TO" 4):9000; cat >/dev/null)" \
		-c 'select line from people'
}
denied() { EXPECT="Permission denied" STATUS=0 deny "$@"; }

for by in 127.0.0.1 ::1 unix; do
	HOST=us allow "before the policy, $by" select_by $by
done

# Two that are connected by then
mkfifo /run/idle
exec 9<>/run/idle
psql -h /run/db -p 5432 </run/idle >/dev/null 2>&1 &
by_socket=$!
psql -h 127.0.0.1 -p 5432 </run/idle >/dev/null 2>&1 &
by_address=$!
psql -h 127.0.0.1 -p 5433 </run/idle >/dev/null 2>&1 &
unrelated=$!
connected() { [ "$(psql -qAth "/run/$1" -p "$2" -c "select count(*) from pg_stat_activity where application_name = 'psql'")" -gt "$3" ]; }
wait_until connected db 5432 2
wait_until connected other 5433 1
# Else the servers could not write to the disk once a client has told them something.
modprobe ringfence
daemon_start
ok "apply" ringfence apply "$policies/service.yaml"
listed "connected before, by the socket" $by_socket 'service'
listed "connected before, by the address" $by_address 'service'
is "connected before, to another" "" "$(listing $unrelated)"
kill $by_socket $by_address $unrelated
exec 9>&-

for by in 127.0.0.1 ::1 0.0.0.0 localhost unix; do
	denied "psql, $by" select_by $by
done
allow "psql, to where it may go" select_by unix

# Who looks whether the service is there holds none of its data, however it asks.
probed()
{
	/usr/bin/python3 -IS -c '
import socket, sys
probe = socket.socket()
probe.setblocking(False)
probe.connect_ex(("127.0.0.1", 5432))
probe.setblocking(True)
assert not probe.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
probe.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
socket.create_connection((sys.argv[1], 9000), 30).sendall(b"here")' "$US4"
}
ok "looked whether it is there: no label" probed

# --- by datagrams, without a connection

"$ATTACK/trust" answer-unix $REGULATED /run/ask-regulated &
"$ATTACK/trust" answer-unix $PUBLIC /run/ask-public &
"$ATTACK/trust" answer-udp $REGULATED 5434 &
"$ATTACK/trust" answer-udp $PUBLIC 5435 &
ask()
{
	local public=$2 regulated=$3
	[ "$FILE" = "$PUBLIC" ] || public=$regulated
	"$ATTACK/trust" "$1" "$public" "$(address "$TO" 4)"
}
# No listen says that it is there; the daemon looks for it once a second.
marked() { "$ATTACK/trust" ask-unix /run/ask-regulated "$US4" 2>&1 | grep -q 'Permission denied'; }
ok "a datagram's socket is marked" wait_until marked
EXPECT="Permission denied" deny "datagram, unix" ask ask-unix /run/ask-public /run/ask-regulated
EXPECT="Permission denied" deny "datagram, UDP" ask ask-udp 5435 5434

# Another process asks by the socket on which this one waits.
EXPECT="Permission denied" deny "datagram, unix, asked by another" \
	ask ask-unix-waiting /run/ask-public /run/ask-regulated
EXPECT="Permission denied" deny "datagram, UDP, asked by another" ask ask-udp-waiting 5435 5434

# More sockets than can be under way at a time ask for what they don't wait for.
"$ATTACK/trust" knock-udp 5434 - &
knocking=$!
knocked() { [ "$(awk '{print $1}' /proc/$knocking/syscall)" = 34 ]; }
ok "many ask and don't wait" wait_until knocked
allow "meanwhile: psql, to where it may go" select_by unix
kill $knocking

# --- the server is started again: its socket is another file

stop db
start db 5432
denied "the server was started again" select_by unix
wait_until ringfence ps
stop db
mv /run/db /run/db.old
install -d -o 1000 -g 1000 -m 755 /run/db
start db 5432
denied "its directory was made again" select_by unix

# --- the end of the policy

ok "another policy" ringfence apply "$policies/test.yaml"
# Its clients had labels when they asked.
denied "after the policy, the same server" select_by unix
stop db
start later 5432 db
for by in 127.0.0.1 unix; do
	HOST=us allow "after the policy, $by" select_by $by
done
stop later
stop other
jobs -p | xargs kill
