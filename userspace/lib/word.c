// SPDX-License-Identifier: GPL-2.0
/*
 * word.c - the boundary's numbers as words: verdicts, reasons, doors, …
 */
#include "userspace/lib/word.h"

#include <netinet/in.h>
#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char *const verdicts[] = {
	[RF_VERDICT_DENY] = "deny",
	[RF_VERDICT_ALLOW] = "allow",
	[RF_VERDICT_AUDIT] = "audit",
};
_Static_assert(ARRAY_SIZE(verdicts) == RF_VERDICT_MAX, "a word for each verdict");

static const char *const reasons[] = {
	[RF_REASON_UNSET] = "unset",	 [RF_REASON_UNLABELLED] = "unlabelled",
	[RF_REASON_LOCAL] = "local",	 [RF_REASON_REGION] = "region",
	[RF_REASON_UNKNOWN] = "unknown", [RF_REASON_GENERATION] = "generation",
	[RF_REASON_FAMILY] = "family",	 [RF_REASON_PROTOCOL] = "protocol",
	[RF_REASON_HEADER] = "header",	 [RF_REASON_RECORD] = "record",
	[RF_REASON_UNSEEN] = "unseen",	 [RF_REASON_TAMPER] = "tamper",
	[RF_REASON_KEEP] = "keep",	 [RF_REASON_UNTRUSTED] = "untrusted",
	[RF_REASON_SHOWN] = "shown",
};
_Static_assert(ARRAY_SIZE(reasons) == RF_REASON_MAX, "a word for each reason");

static const char *const sentences[] = {
	[RF_REASON_UNSET] = "nobody decided",
	[RF_REASON_UNLABELLED] = "it holds no regulated data",
	[RF_REASON_LOCAL] = "the destination is this host",
	[RF_REASON_REGION] = "its region is not allowed",
	[RF_REASON_UNKNOWN] = "the destination is in no known region",
	[RF_REASON_GENERATION] = "no sound policy is loaded, or it has not a class that is held",
	[RF_REASON_FAMILY] = "this socket family is not checked",
	[RF_REASON_PROTOCOL] = "this protocol is not checked",
	[RF_REASON_HEADER] = "the packet's header cannot be trusted",
	[RF_REASON_RECORD] = "the label could not be recorded",
	[RF_REASON_UNSEEN] = "it has a device, socket or memory that passes data on unseen",
	[RF_REASON_TAMPER] = "it would take the enforcement apart",
	[RF_REASON_KEEP] = "the label could not be kept with the file",
	[RF_REASON_UNTRUSTED] = "it was labelled, watched or given other code",
	[RF_REASON_SHOWN] = "it is shown what a process holds only if it holds the same",
};
_Static_assert(ARRAY_SIZE(sentences) == RF_REASON_MAX, "a sentence for each reason");

static const char *const doors[] = {
	[RF_DOOR_CALL] = "call",
	[RF_DOOR_PACKET] = "packet",
};
_Static_assert(ARRAY_SIZE(doors) == RF_DOOR_MAX, "a word for each door");

static const char *const origins[] = {
	[RF_ORIGIN_NONE] = "none",	 [RF_ORIGIN_PATH] = "path",
	[RF_ORIGIN_CGROUP] = "cgroup",	 [RF_ORIGIN_PROGRAM] = "program",
	[RF_ORIGIN_USER] = "user",	 [RF_ORIGIN_RUN] = "run",
	[RF_ORIGIN_SERVICE] = "service", [RF_FLOW_FILE] = "file",
	[RF_FLOW_PIPE] = "pipe",	 [RF_FLOW_UNIX] = "unix-socket",
	[RF_FLOW_LOOPBACK] = "loopback", [RF_FLOW_MEMORY] = "memory",
	[RF_FLOW_QUEUE] = "queue",	 [RF_FLOW_TERMINAL] = "terminal",
	[RF_FLOW_TRACE] = "trace",	 [RF_FLOW_RING] = "ring",
	[RF_FLOW_KEY] = "key",		 [RF_FLOW_COUNTER] = "counter",
	[RF_FLOW_SIGNAL] = "signal",	 [RF_FLOW_NAME] = "name",
};
_Static_assert(ARRAY_SIZE(origins) == RF_ORIGIN_MAX, "a word for each origin");

static const char *const flows[] = {
	[RF_FLOW_FILE] = "a file",
	[RF_FLOW_PIPE] = "a pipe",
	[RF_FLOW_UNIX] = "a unix socket",
	[RF_FLOW_LOOPBACK] = "loopback",
	[RF_FLOW_MEMORY] = "shared memory",
	[RF_FLOW_QUEUE] = "a message queue",
	[RF_FLOW_TERMINAL] = "a terminal",
	[RF_FLOW_TRACE] = "its memory or /proc",
	[RF_FLOW_RING] = "an io_uring",
	[RF_FLOW_KEY] = "a key",
	[RF_FLOW_COUNTER] = "an eventfd",
	[RF_FLOW_SIGNAL] = "a signal",
	[RF_FLOW_NAME] = "a name, link or attribute",
};
_Static_assert(ARRAY_SIZE(flows) == RF_ORIGIN_MAX, "a phrase for each flow");

static const char *const events[] = {
	[RF_EVENT_NONE] = "none",     [RF_EVENT_VERDICT] = "verdict",
	[RF_EVENT_LABEL] = "label",   [RF_EVENT_REFUSED] = "refused",
	[RF_EVENT_TAMPER] = "tamper", [RF_EVENT_REMOVED] = "removed",
};
_Static_assert(ARRAY_SIZE(events) == RF_EVENT_MAX, "a word for each event");

static const char *const anchors[] = {
	[RF_ANCHOR_QUARANTINE] = "quarantined",
	[RF_ANCHOR_ARMED] = "anchored",
	[RF_ANCHOR_DISARMED] = "disarmed",
};
_Static_assert(ARRAY_SIZE(anchors) == RF_ANCHOR_MAX, "a word for each state");

static const char *word(const char *const *words, size_t count, unsigned int n)
{
	return n < count ? words[n] : "?";
}

const char *rf_word_verdict(unsigned int verdict)
{
	return word(verdicts, ARRAY_SIZE(verdicts), verdict);
}

const char *rf_word_reason(unsigned int reason)
{
	return word(reasons, ARRAY_SIZE(reasons), reason);
}

const char *rf_word_door(unsigned int door)
{
	return word(doors, ARRAY_SIZE(doors), door);
}

const char *rf_word_origin(unsigned int kind)
{
	return word(origins, ARRAY_SIZE(origins), kind);
}

const char *rf_word_flow(unsigned int kind)
{
	return kind < ARRAY_SIZE(flows) ? flows[kind] : NULL;
}

const char *rf_word_event(unsigned int type)
{
	return word(events, ARRAY_SIZE(events), type);
}

const char *rf_word_anchor(unsigned int state)
{
	return word(anchors, ARRAY_SIZE(anchors), state);
}

const char *rf_word_because(unsigned int reason, unsigned int verdict)
{
	if (reason == RF_REASON_REGION && verdict == RF_VERDICT_ALLOW)
		return "its region is allowed";
	return word(sentences, ARRAY_SIZE(sentences), reason);
}

const char *rf_word_protocol(unsigned int proto)
{
	switch (proto) {
	case IPPROTO_TCP: return "tcp";
	case IPPROTO_UDP: return "udp";
	case IPPROTO_UDPLITE: return "udplite";
	case IPPROTO_ICMP: return "icmp";
	case IPPROTO_ICMPV6: return "icmpv6";
	case IPPROTO_SCTP: return "sctp";
	case IPPROTO_DCCP: return "dccp";
	case IPPROTO_RAW: return "raw";
	default: return NULL;
	}
}
