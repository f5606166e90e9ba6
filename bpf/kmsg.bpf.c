// SPDX-License-Identifier: GPL-2.0
/*
 * kmsg.bpf.c - flows through the kernel's own log
 *
 * Root may write lines to it, which whoever reads the log gets: by /dev/kmsg,
 * or by syslog(2) and /proc/kmsg. It is one channel, and keeps its label until
 * the next boot.
 */
#include "bpf/flow.h"

/* No kernel object has this address. */
#define RF_CHANNEL_KMSG (~0ULL - 3)
/* The actions of syslog(2) that give lines */
#define SYSLOG_ACTION_READ 2
#define SYSLOG_ACTION_READ_CLEAR 4

SEC("fentry/devkmsg_write")
int BPF_PROG(rf_kmsg_write, struct kiocb *iocb)
{
	rf_flow_must_write(RF_CHANNEL_KMSG, RF_FLOW_FILE);
	return 0;
}

SEC("fentry/devkmsg_read")
int BPF_PROG(rf_kmsg_read, struct file *file)
{
	rf_flow_must_read(RF_CHANNEL_KMSG, RF_FLOW_FILE);
	return 0;
}

SEC("fentry/do_syslog")
int BPF_PROG(rf_kmsg_syslog, int type)
{
	if (type >= SYSLOG_ACTION_READ && type <= SYSLOG_ACTION_READ_CLEAR)
		rf_flow_must_read(RF_CHANNEL_KMSG, RF_FLOW_FILE);
	return 0;
}
