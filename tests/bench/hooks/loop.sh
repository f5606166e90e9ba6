#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Forks, executes and opens: 40 rounds
i=0
while [ $i -lt 40 ]; do
	read -r line </srv/work/site/1
	cat /srv/work/site/2 >/dev/null
	words=$(sed -n '$=' /srv/work/site/3)
	i=$((i + 1))
done
: "$line" "$words"
