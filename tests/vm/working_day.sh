#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A working day in fast motion: who has a label at its end, and who must not
#
# run-long:
#
#	           nginx -- application -- PostgreSQL in /srv/customers/cn	crm
#	cn, us --- nginx -- application -- PostgreSQL in /srv/public		shop
#	           sshd
#	cron: pg_dump, psql, tar, git, gzip, logger			  rsyslogd
#
# The crm's three are to have a label, rsyslogd, which they tell their requests,
# and what the three and the jobs that read it write. Everything else that the day
# has touched stays without: a label there would mean nothing and grow from day to
# day. The policy has the shipped declassifiers.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/services.sh"

ROUNDS=6
DAY=/var/tmp/day
export DAY
mkdir -m 755 $DAY
declare -A ROLES=([$$]="this test" [1]="process 1")

# side: whose database, application and nginx those for $FILE are
side() { if [ "$FILE" = "$REGULATED" ]; then echo crm; else echo shop; fi; }

start_side()
{
	start_in_tree
	ROLES[$PROCESS]="postgres of the $(side)"
	[ "$FILE" = "$PUBLIC" ] || CRM_DATABASE=$(pgrep -P "$PROCESS")
	/usr/bin/python3 "$here/tests/vm/lib/application.py" "$(port 8001)" \
		"$(TREE=1 database)" 2>"$SERVICES/application-$(side)" &
	ROLES[$!]="application of the $(side)"
	wait_port "$(port 8001)" && start_nginx
	ROLES[$(<"$SERVICES/nginx-$(port 8080)/pid")]="nginx of the $(side)"
}

# The shipped declassifiers. rsyslogd is one from its next start on.
trust()
{
	mkdir $DAY/policy
	cp "$here/tests/vm/policy/test.yaml" "$here"/policy/declassifiers/{rsyslogd,sshd}.yaml \
		$DAY/policy
	ok "the shipped declassifiers" ringfence apply $DAY/policy
	kill "$(</run/rsyslogd.pid)"
	wait_until test ! -e /run/rsyslogd.pid
	rsyslogd -f /run/host/run/ringfence-vm/rsyslog.conf -i /run/rsyslogd.pid
	wait_until test -s /run/rsyslogd.pid
	ROLES[$(</run/rsyslogd.pid)]="rsyslogd"
}

# sshd lets in who has the key that cn has been given.
start_sshd()
{
	mkdir -p /run/sshd
	# Who logs in is recorded there, and told when he was here last.
	touch /run/utmp /var/log/wtmp /var/log/lastlog /root/.bash_history
	sed -i 's/^root:[^:]*:/root:*:/' /etc/shadow
	ssh-keygen -q -t ed25519 -N '' -f $SERVICES/host_key
	/usr/sbin/sshd -f /dev/null -D -p 22 -h $SERVICES/host_key -E $SERVICES/sshd.log \
		-o UsePAM=no -o StrictModes=no -o PermitRootLogin=yes -o PidFile=none \
		-o AuthorizedKeysFile=$SERVICES/key.pub &
	ROLES[$!]="sshd"
	wait_port 22
	# shellcheck disable=SC2016
	world on cn sh -c 'umask 77; echo "$0" >"${FAR%/far}/key"' "$(cat $SERVICES/key)"
}
# on_vm COMMAND: an administrator in cn carries it out here
on_vm()
{
	# shellcheck disable=SC2016
	world on cn sh -c 'ssh -n -i "${FAR%/far}/key" -o StrictHostKeyChecking=no \
		-o KexAlgorithms=curve25519-sha256 -o UserKnownHostsFile=/dev/null \
		-o LogLevel=ERROR -o ConnectTimeout=60 "root@$0" "$1"' "$HOST4" "$1"
}

# at_terminal COMMAND: the same, typed into a shell at a terminal
at_terminal()
{
	# shellcheck disable=SC2016
	world on cn timeout 300 sh -c 'printf "%s\n" "$1" exit | ssh -tt -i "${FAR%/far}/key" \
		-o StrictHostKeyChecking=no -o KexAlgorithms=curve25519-sha256 \
		-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
		-o ConnectTimeout=60 "root@$0"' "$HOST4" "$1"
}

# What cron does: a shell of its own starts each job when it is told to.
crm() { FILE=$REGULATED TREE=1 "$@"; }
shop() { FILE=$PUBLIC TREE=1 "$@"; }
job_backup() { crm dump | gzip -c >/srv/customers/cn/backup.sql.gz; }
job_export() { crm query "TABLE people" >$DAY/export.csv; }
job_deliver() { curl -sS -m 60 --data-binary @$DAY/export.csv "http://$DC4/"; }
job_shop_backup() { shop dump | gzip -c >$DAY/shop.sql.gz; }
job_archive() { tar -czf $DAY/etc.tar.gz -C / etc/ssh etc/hosts etc/passwd; }
job_commit()
{
	cd $DAY/repository &&
	date >>notes &&
	git add notes && git commit -qm notes && git push -q origin HEAD:main
}
job_rotate()
{
	local log=$SERVICES/nginx-8080/access.log

	mv "$log" $DAY/access.log
	kill -USR1 "$(<$SERVICES/nginx-8080/pid)"
	gzip -c $DAY/access.log >$DAY/access.log.gz
}
cron()
{
	local job

	while read -r -u 8 job; do
		("job_$job") >"$DAY/$job.log" 2>&1 6>&- 8>&- || job="$job: failed"
		echo "$job" >>$DAY/cron.log
		logger -t cron "$job" 6>&- 8>&-
		echo "$job" >&6
	done
}
start_cron()
{
	git init -q --bare $DAY/bare.git
	git init -q $DAY/repository
	git -C $DAY/repository remote add origin $DAY/bare.git
	touch $DAY/cron.log
	mkfifo $SERVICES/jobs $SERVICES/done
	exec 6<>$SERVICES/done 8<>$SERVICES/jobs
	cron &
	ROLES[$!]="cron"
}
# job NAME...: each to its end
job()
{
	local name result

	for name; do
		echo "$name" >&8
		read -r -t 300 -u 6 result
		[ "$result" = "$name" ] || fail "job $name, round $round" "${result:-no end}"
	done
}

READ="$PG/psql -XAt -P pager=off -h 127.0.0.1 -U postgres -p 15433 -c 'TABLE people' template1"
ask() { world on "$1" curl -sS -m 60 "http://$HOST4:$2/" >/dev/null 2>&1; }
add() { world on "$1" curl -sS -m 60 -d "Zhang San" "http://$HOST4:$2/" >/dev/null 2>&1; }

make_identity
make_cluster
trust
# What was written from here on is looked at at the end.
touch $DAY/morning
both start_side
start_sshd 7>&-
start_cron 7>&-

at_terminal "$READ" >$DAY/seen
ok "an administrator at home reads the crm's database" grep -q '^[0-9]*|' $DAY/seen

for ((round = 1; round <= ROUNDS; round++)); do
	world reset
	ask us 8080		# the shop is for everyone
	add us 8080
	is "round $round: the shop answers abroad" 64 "$(count received us)"
	ask cn 18080
	add cn 18080
	is "round $round: the crm answers at home" 64 "$(count leaked cn)"
	on_vm "uptime; df; tail -n 5 $DAY/cron.log" >/dev/null || fail "ssh, round $round"
	job backup export deliver shop_backup archive commit rotate
done
# Last, since it is refused, and nginx then has less to do: from abroad
world reset
ask us 18080
is "the crm does not answer abroad" 0 "$(count leaked us)"
ask us 8080
is "the shop still does" 64 "$(count received us)"
on_vm "$READ" >$DAY/seen
ok "and in the evening, without a terminal" grep -q '^[0-9]*|' $DAY/seen

# role PID: what it descends from
role()
{
	local pid=$1

	until [ -n "${ROLES[$pid]-}" ]; do
		pid=$(ps -o ppid= -p "$pid" | tr -d ' ')
		[ -n "$pid" ] || { echo "unknown"; return; }
	done
	echo "${ROLES[$pid]}"
}

# Processes
while read -r pid comm; do
	[ -d "/proc/$pid" ] && echo "$(role "$pid"): $comm"
done < <(ringfence ps --json | sed -nE 's/.*"pid":([0-9]+),.*"comm":"([^"]*)".*/\1 \2/p') |
	sort | uniq -c >$SERVICES/labelled
echo "# labelled at the end of the day:" >&2
sed 's/^/# /' $SERVICES/labelled >&2

# rsyslogd holds what it was told: its files are looked at below.
for who in "postgres of the crm" "application of the crm" "nginx of the crm" rsyslogd; do
	ok "labelled: $who" grep -q " $who: " $SERVICES/labelled
done
is "nobody else is labelled" "" \
	"$(grep -vE ' ((postgres|application|nginx) of the crm|rsyslogd): ' $SERVICES/labelled)"

# Files that are there and were written since the morning. What `label get` says
# of each is what who opens it gets. The names in a regulated directory are data:
# who lists them has the label, and so has this list; only children read it.
{
	find /etc /var /run /srv /dev/shm -xdev -type f -newer $DAY/morning \
		! -path "$SERVICES/files" -print0
	find / /root /tmp -maxdepth 1 -type f -newer $DAY/morning -print0
} | xargs -0 ringfence label get >$SERVICES/files 2>/dev/null
sed -n 's/: cn-personal$//p' $SERVICES/files >$SERVICES/with
# What a job that reads the crm's data can write to, the crm's own logs, and the
# memory of its database
memory=$(for pid in $CRM_DATABASE $(pgrep -P "$CRM_DATABASE"); do
	sed -n 's|.* /dev/shm/\(PostgreSQL[.0-9]*\)$|\1|p' "/proc/$pid/maps"
done | sort -u | paste -sd'|')
grep -vE \
	"^(/srv/customers/cn/.*|$DAY/(export.csv|(backup|export|deliver).log)|\
$SERVICES/(nginx-18080/.*|(postgres-|[.]s[.]PGSQL[.])15433.*|application-crm)|\
/dev/shm/($memory))$" $SERVICES/with >$SERVICES/other
(
	echo "# labelled files, of $(wc -l <$SERVICES/files):"
	grep -v ^/srv/customers/cn/db/ $SERVICES/with | sed 's/^/#   /'
	# How those that should not came by it
	head -n 3 $SERVICES/other | xargs -rd '\n' -n 1 ringfence label get --why | sed 's/^/#   /'
) >&2
for file in /srv/customers/cn/backup.sql.gz $DAY/export.csv \
	    $SERVICES/nginx-18080/access.log; do
	ok "labelled: $file" grep -qx "$file" $SERVICES/with
done
fails "no other file is labelled" test -s $SERVICES/other
for file in $DAY/shop.sql.gz $DAY/etc.tar.gz $DAY/repository/notes $DAY/repository/.git/index \
	    $DAY/access.log.gz $DAY/cron.log $DAY/archive.log $SERVICES/nginx-8080/access.log \
	    "$SERVICES/postgres-5433" /var/log/ringfence.log $SERVICES/sshd.log \
	    /run/utmp /var/log/wtmp /var/log/lastlog /root/.bash_history; do
	is "not labelled: $file" "$file: -" "$(ringfence label get "$file")"
done

# What everything opens
for file in /dev/null /bin/sh /etc/ssl/openssl.cnf /etc/ld.so.cache /etc/resolv.conf; do
	(exec 9<"$file"
	 ringfence ps --json | grep -q "\"pid\":$BASHPID,")
	is "not labelled: $file" 1 $?
done
