// SPDX-License-Identifier: GPL-2.0
/*
 * message.c - the text of a syslog message: RFC 5424, escaped
 */
#include "userspace/daemon/syslog.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "userspace/lib/printable.h"
#include "userspace/lib/timestamp.h"

#define FACILITY_AUTHPRIV 10
#define CUT "..."

void rf_syslog_begin(struct rf_syslog_message *message, enum rf_syslog_severity severity,
		     const char *id, uint64_t real_ns)
{
	message->severity = severity;
	message->id = id;
	message->real_ns = real_ns;
	message->data_len = 0;
	message->data[0] = '\0';
	message->text[0] = '\0';
}

/* One character of a PARAM-VALUE; returns how many bytes of @src it took. */
static size_t escape(const char *src, size_t len, char out[8], size_t *out_len)
{
	size_t n = rf_printable_unit(src, len);

	if (!n) {
		/* The backslash of \xNN is itself escaped. */
		*out_len = (size_t)snprintf(out, 8, "\\\\x%02x", (unsigned char)src[0]);
		return 1;
	}
	*out_len = 0;
	if (src[0] == '"' || src[0] == '\\' || src[0] == ']')
		out[(*out_len)++] = '\\';
	memcpy(out + *out_len, src, n);
	*out_len += n;
	return n;
}

static size_t escape_value(char *out, const char *value)
{
	size_t len = strlen(value), at = 0, used = 0;
	char piece[8];
	size_t n, took;

	while (at < len) {
		took = escape(value + at, len - at, piece, &n);
		if (used + n + strlen(CUT) >= RF_SYSLOG_VALUE_MAX) {
			memcpy(out + used, CUT, strlen(CUT));
			return used + strlen(CUT);
		}
		memcpy(out + used, piece, n);
		used += n;
		at += took;
	}
	return used;
}

void rf_syslog_param(struct rf_syslog_message *message, const char *name, const char *value)
{
	char escaped[RF_SYSLOG_VALUE_MAX];
	size_t n, need;

	if (!value || !*value)
		return;
	n = escape_value(escaped, value);
	need = 1 + strlen(name) + 2 + n + 1;
	if (message->data_len + need >= sizeof(message->data))
		return;
	message->data_len += (size_t)snprintf(message->data + message->data_len,
					      sizeof(message->data) - message->data_len,
					      " %s=\"%.*s\"", name, (int)n, escaped);
}

void rf_syslog_number(struct rf_syslog_message *message, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	rf_syslog_param(message, name, text);
}

void rf_syslog_text(struct rf_syslog_message *message, const char *format, ...)
{
	char raw[sizeof(message->text)];
	va_list args;

	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	rf_printable_copy(message->text, sizeof(message->text), raw, sizeof(raw));
}

size_t rf_syslog_format(const struct rf_syslog_message *message, enum rf_syslog_form form,
			const char *host, unsigned int pid, char out[RF_SYSLOG_MAX])
{
	unsigned int priority = FACILITY_AUTHPRIV * 8 + message->severity;
	char time[RF_TIMESTAMP_LEN];
	int n;

	rf_timestamp_format(message->real_ns, time);
	if (form == RF_SYSLOG_FORM_LOCAL)
		n = snprintf(out, RF_SYSLOG_MAX, "<%u>ringfenced[%u]: [" RF_SYSLOG_ID "%s] %s",
			     priority, pid, message->data, message->text);
	else
		n = snprintf(out, RF_SYSLOG_MAX,
			     "<%u>1 %s %s ringfenced %u %s [" RF_SYSLOG_ID "%s] %s", priority, time,
			     host && *host ? host : "-", pid, message->id, message->data,
			     message->text);
	return n < RF_SYSLOG_MAX ? (size_t)n : RF_SYSLOG_MAX - 1;
}
