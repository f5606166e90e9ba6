/* SPDX-License-Identifier: GPL-2.0 */
/*
 * syslog.h - messages to the local syslog socket, RFC 5424 with structured
 * data
 *
 * Who reads the socket decides the form. rsyslogd takes RFC 5424 once its
 * imuxsock leaves messages as they are (rsyslog-ringfence.conf does that).
 * journald only knows the old local form, `<PRI>TAG[PID]: text`; it gets the
 * structured data as the beginning of the text.
 *
 * A slow or absent reader never holds up the daemon: messages wait in a
 * bounded queue, and what does not fit is counted and reported when the
 * reader is back.
 */
#ifndef RF_SYSLOG_H
#define RF_SYSLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RF_SYSLOG_PATH "/dev/log"
#define RF_SYSLOG_JOURNAL "/run/systemd/journal/dev-log"
#define RF_SYSLOG_ID "ringfence@32473"
#define RF_SYSLOG_MAX 4096 /* bytes of one message */
#define RF_SYSLOG_VALUE_MAX 512 /* bytes of one value, escapes included */
#define RF_SYSLOG_QUEUE 4096 /* messages */

/* Severities of RFC 5424 that are used here. */
enum rf_syslog_severity {
	RF_SYSLOG_ALERT = 1,
	RF_SYSLOG_ERROR = 3,
	RF_SYSLOG_WARNING = 4,
	RF_SYSLOG_NOTICE = 5,
	RF_SYSLOG_INFO = 6,
};

enum rf_syslog_form {
	RF_SYSLOG_FORM_5424 = 0,
	RF_SYSLOG_FORM_LOCAL,
};

/**
 * struct rf_syslog_message - one message while it is built
 * @id: MSGID, a constant of printable ASCII without spaces, at most 32 bytes
 * @data: the structured data so far, without its brackets
 * @text: for people; made printable
 */
struct rf_syslog_message {
	enum rf_syslog_severity severity;
	const char *id;
	uint64_t real_ns;
	size_t data_len;
	char data[3072];
	char text[768];
};

/** rf_syslog_begin - an empty message; @real_ns is CLOCK_REALTIME */
void rf_syslog_begin(struct rf_syslog_message *message, enum rf_syslog_severity severity,
		     const char *id, uint64_t real_ns);

/**
 * rf_syslog_param - add a parameter to the structured data
 * @name: a constant of SD-NAME characters
 * @value: any bytes up to the NUL; NULL or "" adds nothing. Escaped as the
 *	RFC asks, what is not printable is shown as \xNN, and a long value is
 *	cut and ends in "...". What does not fit any more is left out whole.
 */
void rf_syslog_param(struct rf_syslog_message *message, const char *name, const char *value);
void rf_syslog_number(struct rf_syslog_message *message, const char *name, uint64_t value);

/** rf_syslog_text - set the text, as printf */
void rf_syslog_text(struct rf_syslog_message *message, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * rf_syslog_format - the message as it goes over the socket
 * @host: HOSTNAME; NULL or "" for "-"
 *
 * Returns the length written to @out, which is NUL-terminated.
 */
size_t rf_syslog_format(const struct rf_syslog_message *message, enum rf_syslog_form form,
			const char *host, unsigned int pid, char out[RF_SYSLOG_MAX]);

struct rf_syslog;

/**
 * rf_syslog_new - a sender; does not connect yet
 * @path: the socket; NULL for RF_SYSLOG_PATH
 */
struct rf_syslog *rf_syslog_new(const char *path);
void rf_syslog_free(struct rf_syslog *syslog);

/**
 * rf_syslog_send - queue a message and send what can be sent; never blocks
 *
 * Messages of severity NOTICE and below are dropped when half of the queue is
 * full, so that they cannot push out denials.
 */
void rf_syslog_send(struct rf_syslog *syslog, const struct rf_syslog_message *message);

/** rf_syslog_flush - send what can be sent, connecting again if needed */
void rf_syslog_flush(struct rf_syslog *syslog);

/** rf_syslog_pending - messages that wait */
size_t rf_syslog_pending(const struct rf_syslog *syslog);

/** struct rf_syslog_status - for `ringfence status` */
struct rf_syslog_status {
	bool connected;
	enum rf_syslog_form form;
	uint64_t sent;
	uint64_t lost;
};
/** rf_syslog_status - tries to connect if it is not */
void rf_syslog_status(struct rf_syslog *syslog, struct rf_syslog_status *status);

/** rf_syslog_form_of - the form for who reads @path: journald's socket or another */
enum rf_syslog_form rf_syslog_form_of(const char *path);

#endif /* RF_SYSLOG_H */
