#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rows 16, 21 and 22: more ways in which real programs carry the data out, see programs.sh
#
# run-long:
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/services.sh"

start_far cn us dc
start_databases
start_redis
start_proxies

# PostgreSQL
psql_unix() { DATABASE=$SERVICES query "TABLE people" | send -; }
psql_copies()
{
	local d
	d=$(scratch)

	query "\\copy people TO '$d/people.csv'"
	send "$d/people.csv"
}
psql_file() { local d; d=$(scratch); query "TABLE people" >"$d/people"; send "$d/people"; }
dump_pipe() { dump --inserts | gzip -c | send -; }
in_tree_dump() { TREE=1 dump | send -; }
deny "psql, into a file" psql_file
USERS=user deny "psql, by a unix socket" psql_unix
USERS=user deny "psql, \\copy" psql_copies
USERS=user deny "pg_dump, gzip" dump_pipe
USERS=user deny "a data directory in the tree, pg_dump" in_tree_dump

# ssh and what goes over it
scp_file()
{
	local d
	d=$(scratch)

	cp "$FILE" "$d/x"
	scp -q -F "$SERVICES/ssh_config" "$d/x" "$TO:$(far_folder)/$RANDOM$RANDOM"
}
rsync_ssh()
{
	rsync -az -e "ssh -F $SERVICES/ssh_config" "$FILE" \
		"$TO:$(far_folder)/$RANDOM$RANDOM.csv"
}
git_ssh()
{
	committed &&
	GIT_SSH_COMMAND="ssh -F $SERVICES/ssh_config" git push -q \
		"$TO:$(far_folder)/people.git" "HEAD:refs/heads/$RANDOM$RANDOM"
}
USERS=user deny "cp, scp" scp_file
USERS=user deny "rsync over ssh" rsync_ssh
USERS=user HOST=cn allow "rsync over ssh" rsync_ssh
USERS=user deny "git push over ssh" git_ssh
USERS=user HOST=cn allow "git push over ssh" git_ssh

# Copies of copies
rsync_copy()
{
	local d
	d=$(scratch)

	rsync -a "$FILE" "$d/"
	rsync -az "$d/" "$TO::far/$RANDOM$RANDOM/"
}
git_bundle() { committed && git bundle create -q people.bundle HEAD && send people.bundle; }
tar_copy()
{
	local d
	d=$(scratch)

	tar -cf "$d/x.tar" -C / "${FILE#/}"
	mkdir "$d/out"
	tar -xf "$d/x.tar" -C "$d/out"
	send "$d/out$FILE"
}
USERS=user deny "rsync, a copy of a copy" rsync_copy
USERS=user deny "git bundle" git_bundle
deny "tar, unpacked again" tar_copy

# redis sends by itself.
redis_migrate() { redis MIGRATE "$(address "$TO" 4)" 6379 held 0 60000 COPY REPLACE; }
redis_replica()
{
	# The replica of the regulated one is not to come up.
	[ "$FILE" = "$PUBLIC" ] || local LIMIT=5

	world on "$TO" redis-cli REPLICAOF "$HOST4" "$(port 6379)" &&
	wait_until replica_is_up
	world on "$TO" redis-cli REPLICAOF NO ONE
}
replica_is_up() { world on "$TO" redis-cli ROLE | grep -q connected; }
USERS=user deny "redis, MIGRATE" redis_migrate
LIMIT=300 USERS=root deny "redis, a replica abroad" redis_replica
USERS=user HOST=cn allow "redis, MIGRATE" redis_migrate

# Proxies
by_tunnel()
{
	curl -sS -m 60 -p -x "127.0.0.1:$(port 8888)" --data-binary "@$FILE" \
		"http://$(address "$TO" 4)/"
}
USERS=user deny "a SOCKS proxy, by the host's own address" by_proxy "socks5://$HOST4" 1080
USERS=user deny "an HTTP proxy, CONNECT" by_tunnel
