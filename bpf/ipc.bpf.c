// SPDX-License-Identifier: GPL-2.0
/*
 * ipc.bpf.c - flows through message queues and semaphores, System V and POSIX
 *
 * A channel is the object's kern_ipc_perm, or the inode of a POSIX queue.
 */
#include "bpf/flow.h"

SEC("lsm/msg_queue_msgsnd")
int BPF_PROG(rf_msg_send, struct kern_ipc_perm *queue, struct msg_msg *msg, int flags, int ret)
{
	return !ret && rf_flow_write((__u64)queue, RF_FLOW_QUEUE) ? -EACCES : 0;
}

/* A sender asks this too, for the receiver that waits for its message. */
SEC("lsm/msg_queue_msgrcv")
int BPF_PROG(rf_msg_receive, struct kern_ipc_perm *queue, struct msg_msg *msg,
	     struct task_struct *target, long type, int mode, int ret)
{
	struct rf_join join = {
		.task = target,
		.from = (__u64)queue,
		.kind = RF_FLOW_QUEUE,
	};

	if (ret)
		return 0;
	join.classes = rf_channel_label((__u64)queue);
	return join.classes && rf_join(&join) ? -EACCES : 0;
}

SEC("lsm/msg_queue_free_security")
int BPF_PROG(rf_msg_free, struct kern_ipc_perm *queue)
{
	rf_channel_forget((__u64)queue);
	return 0;
}

/* Values of semaphores are numbers that anybody can choose, and read. */
static __always_inline int rf_sem_flow(const struct kern_ipc_perm *sem)
{
	if (rf_flow_read((__u64)sem, RF_FLOW_QUEUE))
		return -EACCES;
	return rf_flow_write((__u64)sem, RF_FLOW_QUEUE);
}

SEC("lsm/sem_semop")
int BPF_PROG(rf_sem_operate, struct kern_ipc_perm *sem, struct sembuf *ops, unsigned int count,
	     int alter, int ret)
{
	return !ret && rf_sem_flow(sem) ? -EACCES : 0;
}

SEC("lsm/sem_semctl")
int BPF_PROG(rf_sem_control, struct kern_ipc_perm *sem, int cmd, int ret)
{
	switch (cmd) {
	case GETVAL:
	case GETALL:
	case SETVAL:
	case SETALL: return !ret && rf_sem_flow(sem) ? -EACCES : 0;
	}
	return 0;
}

SEC("lsm/sem_free_security")
int BPF_PROG(rf_sem_free, struct kern_ipc_perm *sem)
{
	rf_channel_forget((__u64)sem);
	return 0;
}

/* No hook has the queue of a POSIX call, but the function has its descriptor. */
static __always_inline __u64 rf_mq_of(__s32 fd)
{
	const struct file *file = rf_file_of(fd);

	return file ? (__u64)BPF_CORE_READ(file, f_inode) : 0;
}

SEC("fentry/do_mq_timedsend")
int BPF_PROG(rf_mq_send, int fd)
{
	rf_flow_must_write(rf_mq_of(fd), RF_FLOW_QUEUE);
	return 0;
}

SEC("fentry/do_mq_timedreceive")
int BPF_PROG(rf_mq_receive, int fd)
{
	rf_flow_must_read(rf_mq_of(fd), RF_FLOW_QUEUE);
	return 0;
}
