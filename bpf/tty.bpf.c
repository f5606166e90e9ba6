// SPDX-License-Identifier: GPL-2.0
/*
 * tty.bpf.c - flows through terminals
 *
 * What is written to one side of a pseudo-terminal is read at the other; what
 * the master writes is echoed to itself as well. A channel is the side that
 * reads. What is on the screens of virtual consoles is read by /dev/vcs: one
 * channel for all. Serial lines have no reader on this host.
 *
 * The size of the window is a channel of its own, that of both sides: every
 * program asks for it, whatever its terminal has been sent.
 */
#include "bpf/flow.h"

/* struct tty_driver.type */
#define TTY_DRIVER_TYPE_CONSOLE 2
/* struct tty_driver.subtype */
#define PTY_TYPE_MASTER 1
/* No kernel object has this address. */
#define RF_CHANNEL_SCREEN (~0ULL - 1)

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

static __always_inline void rf_tty_gives(const struct tty_struct *tty)
{
	const struct tty_struct *other = BPF_CORE_READ(tty, link);

	/* The echo first: the other side is where it may wait. */
	if (other && rf_holders_any() && BPF_CORE_READ(tty, driver, subtype) == PTY_TYPE_MASTER)
		rf_flow_must_write((__u64)tty, RF_FLOW_TERMINAL);
	if (other)
		rf_flow_must_write((__u64)other, RF_FLOW_TERMINAL);
	else if (BPF_CORE_READ(tty, driver, type) == TTY_DRIVER_TYPE_CONSOLE)
		rf_flow_must_write(RF_CHANNEL_SCREEN, RF_FLOW_TERMINAL);
}

SEC("fentry/tty_write")
int BPF_PROG(rf_tty_write, struct kiocb *iocb)
{
	rf_tty_gives(rf_tty_of(iocb->ki_filp));
	return 0;
}

/* /dev/console is another terminal, which TIOCCONS may have replaced. */
SEC("fentry/n_tty_write")
int BPF_PROG(rf_console_write, struct tty_struct *tty)
{
	rf_tty_gives(tty);
	return 0;
}

SEC("fentry/vcs_read")
int BPF_PROG(rf_screen_read, struct file *file)
{
	rf_flow_must_read(RF_CHANNEL_SCREEN, RF_FLOW_TERMINAL);
	return 0;
}

SEC("fentry/vcs_write")
int BPF_PROG(rf_screen_write, struct file *file)
{
	rf_flow_must_write(RF_CHANNEL_SCREEN, RF_FLOW_TERMINAL);
	return 0;
}

static __always_inline __u64 rf_tty_window(const struct tty_struct *tty)
{
	__u64 one = (__u64)tty, other = (__u64)BPF_CORE_READ(tty, link);

	/* No object begins there. */
	return (one > other ? one : other) + 1;
}

SEC("fentry/tty_ioctl")
int BPF_PROG(rf_tty_ioctl, struct file *file, unsigned int cmd)
{
	const struct tty_struct *tty;

	if (cmd < TIOCSTI || cmd > FIONREAD)
		return 0;
	tty = rf_tty_of(file);
	if (cmd > TIOCSWINSZ) {
		if (cmd == FIONREAD)
			rf_flow_must_read((__u64)tty, RF_FLOW_TERMINAL);
		return 0;
	}
	/* As if it had been typed: read on this side. */
	if (cmd == TIOCSTI)
		rf_flow_must_write((__u64)tty, RF_FLOW_TERMINAL);
	else if (cmd == TIOCSWINSZ)
		rf_flow_must_write(rf_tty_window(tty), RF_FLOW_TERMINAL);
	else
		rf_flow_must_read(rf_tty_window(tty), RF_FLOW_TERMINAL);
	return 0;
}

SEC("fentry/tty_release_struct")
int BPF_PROG(rf_tty_free, struct tty_struct *tty)
{
	rf_channel_forget(rf_tty_window(tty));
	rf_channel_forget((__u64)tty);
	rf_channel_forget((__u64)tty->link);
	return 0;
}
