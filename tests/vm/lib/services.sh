# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# services.sh - real servers, in the VM and abroad: sourced after case.sh
#
# A server that has once held regulated data keeps its label, so each runs
# twice, alike: for the public file at its own port, and for the regulated
# one 10000 above. Both are started before the regulated file is touched.

SERVICES=/run/services
PG=$(echo /usr/lib/postgresql/*/bin)
export SERVICES PG GIT_CONFIG_GLOBAL=$SERVICES/gitconfig GIT_CONFIG_NOSYSTEM=1
export HOME=$SERVICES PGUSER=postgres PGDATABASE=template1
mkdir -m 1777 $SERVICES

# port NUMBER: where the server for $FILE is
port() { if [ "$FILE" = "$REGULATED" ]; then echo $(($1 + 10000)); else echo "$1"; fi; }

# both FUNCTION: it starts a server for $FILE, which is not to hold open what
# case.sh learns a run's status by
both()
{
	local FILE

	for FILE in "$PUBLIC" "$REGULATED"; do
		"$1" 7>&- || fail "start of ${1#start_}"
	done
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
wait_port() { wait_until listens "$1"; }
as_daemon() { setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"; }

# send FILE: to the host of the case
send() { curl -sS -m 60 --data-binary "@$1" "http://$(address "$TO" 4)/"; }
by_proxy()
{
	curl -sS -m 60 -x "$1:$(port "$2")" --data-binary "@$FILE" \
		"http://$(address "$TO" 4)/"
}
far_ssh() { ssh -F "$SERVICES/ssh_config" "$TO" "$@"; }

# A directory for the copies of one run
scratch() { mktemp -d /var/tmp/run.XXXXXX; }

# A new repository with the file in it. The commit is another each time, since
# what the far end has is not sent again.
committed()
{
	local d
	d=$(scratch)

	cd "$d" && git init -q || return
	{ echo "$d"; cat "$FILE"; } >people.csv
	git add people.csv
	git commit -qm people
}

# What `world on HOST` finds at $FAR
far_folder() { echo "/run/ringfence-vm/host/$TO/far"; }

# A key for ssh, and who commits
make_identity()
{
	ssh-keygen -q -t ed25519 -N '' -f $SERVICES/key
	chown 1000:1000 $SERVICES/key
	git config -f $GIT_CONFIG_GLOBAL user.name vm
	git config -f $GIT_CONFIG_GLOBAL user.email vm@localhost
	chmod 644 $GIT_CONFIG_GLOBAL
}

# start_far HOST...: see lib/far
start_far()
{
	local host

	make_identity
	# The default key exchange takes a second in an emulated machine.
	cat >$SERVICES/ssh_config <<-END
		User root
		IdentityFile $SERVICES/key
		KexAlgorithms curve25519-sha256
		StrictHostKeyChecking no
		UserKnownHostsFile /dev/null
		LogLevel ERROR
		BatchMode yes
		ConnectTimeout 60
	END
	for host; do
		world on "$host" "${here:?}/tests/vm/lib/far" "$(cat $SERVICES/key.pub)" ||
			fail "servers of $host"
	done
}

# query SQL, dump ARGUMENT...: of the database of $FILE; TREE=1: of the one whose
# data directory is beside the file
query()
{
	"$PG/psql" -XqAt -v ON_ERROR_STOP=1 -h "${DATABASE:-127.0.0.1}" -p "$(database)" -c "$1"
}
dump() { "$PG/pg_dump" -h "${DATABASE:-127.0.0.1}" -p "$(database)" -t people "$@"; }
database() { if [ "${TREE-}" ]; then port 5433; else port 5432; fi; }

# start_database DIRECTORY: the process is in PROCESS
start_database()
{
	mkdir -p "${1%/*}"
	cp -a "$CLUSTER" "$1"
	as_daemon postgres "$PG/postgres" -D "$1" -k $SERVICES -p "$(database)" \
		-c fsync=off -c autovacuum=off -c max_connections=12 \
		-c shared_buffers=4MB >"$SERVICES/postgres-$(database)" 2>&1 &
	PROCESS=$!
	wait_until "$PG/pg_isready" -q -h $SERVICES -p "$(database)" &&
	query "CREATE TABLE people (id int, name text, token text)" &&
	query "\\copy people FROM '$FILE' CSV"
}
start_usual() { start_database "/var/tmp/db/$(database)"; }
start_in_tree() { TREE=1 start_database "${FILE%/*}/db"; }

# initdb takes a minute in here and a second out there.
make_cluster()
{
	# shellcheck disable=SC2016
	CLUSTER=/run/host$(world on dc bash -ec '
		cd /
		install -d -o postgres -m 700 "$1"
		setpriv --reuid postgres --regid postgres --clear-groups "$0/initdb" \
			-A trust -N --no-locale -E UTF8 --wal-segsize=1 -D "$1" >&2
		rm -rf "$1"/base/[45]/*		# only template1 is used
		echo "$1"' "$PG" /run/ringfence-vm/host/dc/cluster 2>/dev/null)
}
start_databases()
{
	make_cluster
	both start_usual
	both start_in_tree
}

# redis ARGUMENT...: at the server for $FILE
redis() { redis-cli -p "$(port 6379)" "$@"; }

# Values as they were given, also where redis would compress them.
start_redis_server()
{
	redis-server --port "$(port 6379)" --bind 0.0.0.0 --protected-mode no --save '' \
		--rdbcompression no --repl-diskless-sync-delay 0 --dir $SERVICES \
		--logfile "$SERVICES/redis-$(port 6379)" --daemonize yes >/dev/null
	wait_port "$(port 6379)" && (redis -x SET held <"$FILE" >/dev/null)
}
start_redis() { both start_redis_server; }

start_socks() { microsocks -p "$(port 1080)" 2>/dev/null & wait_port "$(port 1080)"; }
start_tinyproxy()
{
	local config
	config=$SERVICES/tinyproxy-$(port 8888)

	printf '%s\n' "Port $(port 8888)" "Timeout 60" "ConnectPort 80" >"$config"
	tinyproxy -d -c "$config" >"$config.log" 2>&1 &
	wait_port "$(port 8888)"
}
start_proxies()
{
	both start_socks
	both start_tinyproxy
}

# rsyslogd sends on as UDP to the host that is the tag, then writes to a file. What it
# says of itself is not for the machine's rsyslogd, which would have the label by that.
start_rsyslogd()
{
	local n host
	n=$(port 514)

	{
		cat <<-END
			global(workDirectory="$SERVICES" processInternalMessages="on")
			module(load="imuxsock" SysSock.Use="off")
			input(type="imuxsock" Socket="$SERVICES/log-$n" RateLimit.Interval="0")
		END
		for host in cn us de dc; do
			echo "if \$programname == '$host' then action(type=\"omfwd\"" \
				"target=\"$(address $host 4)\" port=\"9000\" protocol=\"udp\")"
		done
		echo "action(type=\"omfile\" file=\"$SERVICES/logged-$n\" fileCreateMode=\"0644\")"
	} >"$SERVICES/rsyslog-$n.conf"
	rsyslogd -f "$SERVICES/rsyslog-$n.conf" -i "$SERVICES/rsyslogd-$n.pid" &&
	wait_until test -S "$SERVICES/log-$n"
}

# msmtpd takes mail and starts msmtp, which picks the host by the sender.
start_msmtpd()
{
	msmtpd --port "$(port 2525)" --command "msmtp -C $SERVICES/msmtprc -f %F --" &
	wait_port "$(port 2525)"
}
start_relays()
{
	local host

	for host in cn us de dc; do
		printf 'account %s\nhost %s\nport 25\ntimeout 60\nfrom vm@%s\n' \
			$host "$(address $host 4)" $host
	done >$SERVICES/msmtprc
	both start_rsyslogd
	both start_msmtpd
}

# nginx at port 8080 in front of what is at 8001
start_nginx()
{
	local config
	config=$SERVICES/nginx-$(port 8080)

	mkdir "$config"
	cat >"$config/conf" <<-END
		pid $config/pid;
		error_log $config/error.log;
		events { worker_connections 64; }
		http {
			access_log $config/access.log;
			client_body_temp_path $config/body;
			proxy_temp_path $config/tmp;
			fastcgi_temp_path $config/tmp;
			uwsgi_temp_path $config/tmp;
			scgi_temp_path $config/tmp;
			server {
				listen $(port 8080);
				location / { proxy_pass http://127.0.0.1:$(port 8001); }
			}
		}
	END
	nginx -c "$config/conf" -p "$config" -e "$config/error.log" &&
	wait_port "$(port 8080)" &&
	wait_until test -s "$config/pid" # written after it listens
}

# An application that gives out the file
start_file_server()
{
	/usr/bin/python3 -m http.server -b 127.0.0.1 -d "${FILE%/*}" "$(port 8001)" \
		>"$SERVICES/application-$(port 8001)" 2>&1 &
	wait_port "$(port 8001)"
}
start_web()
{
	both start_file_server
	both start_nginx
}
