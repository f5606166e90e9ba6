#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Read syslog messages back, by the grammar of RFC 5424 and nothing more.

usage: rfc5424.py COMMAND [KEY=VALUE...] <LINES

Lines of other programs (whose APP-NAME is not ringfenced) are skipped; a line
that is not by the grammar ends this with status 1. Keys are the parameters of
the structured data, and pri, time, host, app, procid, msgid and text of the
message; KEY~WORD asks for a part of the value. The commands look at those
messages that have all of the values:

	count		how many there are
	json		each as an object
	sum		the denials that they stand for: 1, or what they say in "count"
	get KEY		the value of KEY of each; KEY=VALUE follow it
"""

import json
import re
import sys

HEADER = re.compile(
    r"<(0|[1-9][0-9]{0,2})>1 "
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})|-) "
    r"([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) ")
NAME = r"[!#-<>-\\^-~]{1,32}"           # no space, no = ] "
ELEMENT = re.compile(rf"\[({NAME})")
PARAMETER = re.compile(rf' ({NAME})="((?:[^"\\\]]|\\.)*)"', re.S)


def unescape(value):
    """The value of a parameter. Before any other character a \\ is itself."""
    return re.sub(r'\\(["\\\]])', r"\1", value)


def parse(line):
    """A message as a dictionary; ValueError if it is none."""
    head = HEADER.match(line)
    if not head or int(head[1]) > 191:
        raise ValueError("header")
    keys = ("pri", "time", "host", "app", "procid", "msgid")
    message = dict(zip(keys, head.groups()))
    at = head.end()
    if line.startswith("-", at):
        at += 1
    else:
        if not line.startswith("[", at):
            raise ValueError("no structured data")
        while line.startswith("[", at):
            element = ELEMENT.match(line, at)
            if not element:
                raise ValueError("element")
            message["id"], at = element[1], element.end()
            while True:
                parameter = PARAMETER.match(line, at)
                if not parameter:
                    break
                if parameter[1] in message:
                    raise ValueError(f"twice: {parameter[1]}")
                message[parameter[1]] = unescape(parameter[2])
                at = parameter.end()
            if not line.startswith("]", at):
                raise ValueError(f"parameter at {at}")
            at += 1
    if at < len(line) and line[at] != " ":
        raise ValueError("no space before the text")
    message["text"] = line[at + 1:].removeprefix("\ufeff")
    return message


def wanted(message, conditions):
    """True if MESSAGE fits all of them."""
    for condition in conditions:
        key, sign, value = re.match(r"([^=~]+)([=~])(.*)", condition, re.S).groups()
        if key not in message:
            return False
        if message[key] != value if sign == "=" else value not in message[key]:
            return False
    return True


def main():
    """See above."""
    command, conditions = sys.argv[1], sys.argv[2:]
    shown = conditions.pop(0) if command == "get" else None
    messages = []
    for line in sys.stdin.buffer.read().decode("utf-8", "strict").split("\n")[:-1]:
        try:
            message = parse(line)
        except ValueError as error:
            if " ringfenced " not in line and not line.startswith("<85>1"):
                continue
            print(f"not RFC 5424 ({error}): {line!r}", file=sys.stderr)
            return 1
        if any(ord(c) < 32 or ord(c) == 127 for c in line):
            print(f"control characters: {line!r}", file=sys.stderr)
            return 1
        if message["app"] == "ringfenced" and wanted(message, conditions):
            messages.append(message)
    if command == "count":
        print(len(messages))
    elif command == "sum":
        print(sum(int(m.get("count", 1)) for m in messages))
    for message in messages:
        if command == "json":
            print(json.dumps(message))
        elif command == "get":
            print(message.get(shown, ""))
    return 0


sys.exit(main())
