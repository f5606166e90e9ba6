// SPDX-License-Identifier: GPL-2.0
/*
 * tty.bpf.c - flows through pseudo-terminals
 *
 * What is written to one side is read at the other; what the master writes is
 * echoed to itself as well. A channel is the side that reads. Terminals without
 * another side (consoles, serial lines) have no reader on this host.
 */
#include "bpf/flow.h"

static __always_inline struct tty_struct *rf_tty_of(const struct file *file)
{
	const struct tty_file_private *private = file->private_data;

	return BPF_CORE_READ(private, tty);
}

SEC("fentry/tty_read")
int BPF_PROG(rf_tty_read, struct kiocb *iocb)
{
	rf_flow_must_read((__u64)rf_tty_of(iocb->ki_filp), RF_FLOW_TERMINAL);
	return 0;
}

SEC("fentry/tty_write")
int BPF_PROG(rf_tty_write, struct kiocb *iocb)
{
	const struct tty_struct *tty = rf_tty_of(iocb->ki_filp), *other;

	other = BPF_CORE_READ(tty, link);
	if (other)
		rf_flow_must_write((__u64)other, RF_FLOW_TERMINAL);
	return 0;
}

SEC("fentry/tty_release_struct")
int BPF_PROG(rf_tty_free, struct tty_struct *tty)
{
	rf_channel_forget((__u64)tty);
	rf_channel_forget((__u64)tty->link);
	return 0;
}
