// SPDX-License-Identifier: GPL-2.0
/*
 * pipe.bpf.c - flows through pipes and fifos, and through event counters
 *
 * On the functions that move the data and not on file_permission, which every
 * read and write of every file would pay for. A channel is the pipe's inode,
 * which is there as long as anybody has it open.
 */
#include "bpf/flow.h"
#include "bpf/written.h"

SEC("fentry/pipe_read")
int BPF_PROG(rf_pipe_read, struct kiocb *iocb)
{
	rf_flow_must_read((__u64)iocb->ki_filp->f_inode, RF_FLOW_PIPE);
	return 0;
}

SEC("fentry/pipe_write")
int BPF_PROG(rf_pipe_write, struct kiocb *iocb)
{
	rf_flow_must_write((__u64)iocb->ki_filp->f_inode, RF_FLOW_PIPE);
	return 0;
}

/* How much there is: up to 65,536 bytes, so that is two of them each time. */
SEC("fentry/pipe_ioctl")
int BPF_PROG(rf_pipe_count, struct file *file, unsigned int cmd)
{
	if (cmd == FIONREAD)
		rf_flow_must_read((__u64)file->f_inode, RF_FLOW_PIPE);
	return 0;
}

/* vmsplice(2), of 64-bit and of 32-bit programs; the others never splice. */
static __always_inline bool rf_pipe_takes_memory(void)
{
	const struct pt_regs *regs = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());

	return regs->orig_ax == 278 || regs->orig_ax == 316;
}

/* The pipe has pages of its memory, which may change until they are read. */
static __always_inline void rf_pipe_lend(void)
{
	struct rf_holder *holder = rf_holder_current();

	if (holder && rf_pipe_takes_memory())
		__sync_fetch_and_or(&holder->flags, RF_HOLDER_UNSEEN_MEMORY);
}

/* Of two pipes it waits for the first, and the second may look as if it were read. */
static __always_inline void rf_pipe_note_first(const struct inode *inode)
{
	struct rf_task *task = rf_task_find(rf_task_current());

	if (task && task->reading != (__u64)inode && rf_call_is_noted(task))
		__sync_lock_test_and_set(&task->reading_too, task->reading);
}

/*
 * All of splice, tee, vmsplice and sendfile ask this for the pipe, the one that
 * is read first. Nobody says which way: as far as the descriptor allows.
 */
SEC("fentry/get_pipe_info")
int BPF_PROG(rf_pipe_splice, struct file *file, bool for_splice)
{
	const struct inode *inode = file->f_inode;

	if (!for_splice || (inode->i_mode & S_IFMT) != S_IFIFO)
		return 0;
	if (file->f_mode & FMODE_READ) {
		rf_pipe_note_first(inode);
		rf_flow_must_read((__u64)inode, RF_FLOW_PIPE);
	}
	if (!(file->f_mode & FMODE_WRITE))
		return 0;
	/* Before the label is read: one that comes now must see it. */
	rf_pipe_lend();
	rf_flow_must_write((__u64)inode, RF_FLOW_PIPE);
	return 0;
}

/*
 * Pages of a file: what is written to it later is in the pipe as well. While there is
 * room for half the edges, since nobody has to be refused for want of it.
 */
static __noinline int rf_pipe_pages_of(__u64 inode, __u64 pipe)
{
	const struct rf_state *global = rf_state();
	struct rf_channel *from, *to;

	if (!global || global->edges > RF_EDGES_MAX / 2) {
		rf_count(RF_STATS_REASON(RF_DOOR_CALL, RF_REASON_RECORD));
		return 0;
	}
	/* With a record, an edge ends with what it is of. */
	from = rf_channel_make(inode, RF_FLOW_FILE);
	if (!from)
		return 0;
	__sync_fetch_and_or(&from->flags, RF_CHANNEL_EDGES);
	to = rf_channel_make(pipe, RF_FLOW_PIPE);
	if (!to)
		return 0;
	__sync_fetch_and_or(&to->flags, RF_CHANNEL_EDGES);
	rf_edge_add(inode, pipe, RF_FLOW_PIPE);
	return 0;
}

SEC("fentry/splice_file_to_pipe")
int BPF_PROG(rf_pipe_pages, struct file *in)
{
	const struct rf_task *task = rf_task_find(rf_task_current());
	const struct inode *inode = in->f_inode;

	if (task && rf_node_is_channel(task->writing) && rf_call_is_noted(task) &&
	    rf_written_stays(inode->i_mode, inode->i_sb->s_magic))
		rf_pipe_pages_of((__u64)rf_file_inode(in), task->writing);
	/* Opened before overlayfs copied it up, it has another file below. */
	if (task && rf_file_below(in))
		rf_pipe_pages_of((__u64)inode, task->writing);
	return 0;
}

/* Eight bytes at a time. All of them have one inode: the counter is the channel. */
SEC("fentry/eventfd_read")
int BPF_PROG(rf_counter_read, struct kiocb *iocb)
{
	rf_flow_must_read((__u64)iocb->ki_filp->private_data, RF_FLOW_COUNTER);
	return 0;
}

SEC("fentry/eventfd_write")
int BPF_PROG(rf_counter_write, struct file *file)
{
	rf_flow_must_write((__u64)file->private_data, RF_FLOW_COUNTER);
	return 0;
}

/* As /proc shows the descriptor. */
SEC("fentry/eventfd_show_fdinfo")
int BPF_PROG(rf_counter_show, struct seq_file *seq, struct file *file)
{
	rf_flow_must_read((__u64)file->private_data, RF_FLOW_COUNTER);
	return 0;
}

SEC("fentry/eventfd_release")
int BPF_PROG(rf_counter_free, struct inode *inode, struct file *file)
{
	rf_channel_forget((__u64)file->private_data);
	return 0;
}
