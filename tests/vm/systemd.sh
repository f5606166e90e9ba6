#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A real systemd as process 1, which holds what services tell it
#
# run-long:
#
#	opens the file          process 1
#	  +--------+  status   +---------+  starts  +---------+
#	  | teller |---------->| systemd |--------->| service |---> us
#	  +--------+           +---------+          +---------+
#
# It takes the place of the VM's own process 1, and says for it how this ended.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/holder.sh"

mkdir /run/began
cat >/run/init <<'END'
#!/bin/bash
(
	tail --pid="$1" -f /dev/null
	printf %s "$2" >&6
	printf %s "$2" >&7
	echo "exit $(cat /run/began/status)" >&5
) &
export SYSTEMD_LOG_TARGET=kmsg
exec /lib/systemd/systemd --unit=nothing.target </dev/null >/dev/null 2>&1 5>&- 6>&- 7>&-
END
chmod 755 /run/init
echo 1 >/run/began/status

# unit NAME LINES: nothing has to be there before it
unit()
{
	printf '[Unit]\nDefaultDependencies=no\n%b\n' "$2" >"/run/systemd/system/$1"
}
mkdir -p /run/systemd/system
unit nothing.target ""
unit sender.service "[Service]\nType=oneshot\nExecStart=/run/began/sender"
unit teller.service "[Service]\nType=notify\nNotifyAccess=all\nExecStart=/run/began/teller"
unit sleeper.service "[Service]\nRestart=always\nExecStart=/bin/sleep infinity"
cat >/run/began/sender <<END
#!/bin/bash
read -r file </run/began/file
"$ATTACK/obtain" read "\$file" "$(address us 4)"
echo \$? >/run/began/said
END
cat >/run/began/teller <<END
#!/bin/bash
systemd-notify --ready --status="\$(head -n 1 $REGULATED)"
exec sleep infinity
END
chmod 755 /run/began/{sender,teller}

# starts FILE: a service that sends it
starts()
{
	echo "$1" >/run/began/file
	systemctl start sender
}
was_told() { (systemctl show teller -p StatusText | grep -qf <(head -n 1 $REGULATED)); }
has_label() { (ringfence ps --json | grep -q '"pid":1,'); }
main_pid() { systemctl show "$1" -p MainPID --value; }
restarted() { [ "$(main_pid sleeper)" != 0 ] && [ "$(main_pid sleeper)" != "$1" ]; }
is_systemd() { [ "$(cat /proc/1/comm)" = systemd ] && systemctl list-jobs; }

/bin/kill -s USR2 1
ok "systemd is process 1" wait_until is_systemd
free "a service" starts $PUBLIC
fails "it has no label" has_label
ok "another service" systemctl start sleeper
ok "one that tells it what is in the file" systemctl start teller
ok "it was told" was_told
ok "it has the label" has_label
free "a service that it starts then" starts $PUBLIC
EXPECT=silence held "a service that opens the file" starts $REGULATED
first=$(main_pid sleeper)
kill "$first"
ok "one that ended is started again" wait_until restarted "$first"
ok "daemon-reload" systemctl daemon-reload
ok "the teller is started again" systemctl restart teller
ok "daemon-reexec" systemctl daemon-reexec
ok "it is systemd still" wait_until is_systemd
ok "it has the label still" has_label
free "a service that the new one starts" starts $PUBLIC
EXPECT=silence held "a service of the new one that opens the file" starts $REGULATED
echo 0 >/run/began/status
