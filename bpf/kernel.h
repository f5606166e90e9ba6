/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel.h - the kernel structures that the programs read, and of each only
 * the fields that they read
 *
 * CO-RE relocates every access to the running kernel's layout, so this is the
 * complete list of the kernel internals that Ringfence depends on. A field
 * that a kernel lacks fails the load of the program that reads it.
 */
#ifndef RF_KERNEL_H
#define RF_KERNEL_H

#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/magic.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next;
};

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

typedef struct {
	__u32 val;
} kuid_t;

typedef struct {
	__u32 val;
} kgid_t;

typedef struct {
	int counter;
} atomic_t;

struct user_namespace {
	int level;
};

struct cred {
	kuid_t uid;
	kuid_t suid;
	kuid_t euid;
	kuid_t fsuid;
	struct user_namespace *user_ns;
};

struct block_device;

struct gendisk {
	struct block_device *part0;
};

struct block_device {
	__u32 bd_dev;
	struct gendisk *bd_disk;
};

struct super_block {
	__u32 s_dev;
	unsigned long s_magic;
	struct dentry *s_root;
	struct block_device *s_bdev;
};

struct rb_node {
	unsigned long __rb_parent_color;
	struct rb_node *rb_right;
	struct rb_node *rb_left;
};

struct rb_root {
	struct rb_node *rb_node;
};

struct rb_root_cached {
	struct rb_root rb_root;
};

struct address_space {
	struct inode *host;
	struct rb_root_cached i_mmap;
};

struct inode {
	__u16 i_mode;
	kuid_t i_uid;
	kgid_t i_gid;
	__u32 i_flags;
	unsigned long i_state;
	__u32 i_rdev;
	__u32 i_nlink;
	__u32 i_generation;
	unsigned long i_ino;
	struct super_block *i_sb;
	struct address_space *i_mapping;
	struct hlist_head i_dentry;
	atomic_t i_count;
};

struct lockref {
	int count;
};

struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	struct super_block *d_sb;
	struct lockref d_lockref;
	union {
		struct hlist_node d_alias;
	} d_u;
};

struct vfsmount {
	struct super_block *mnt_sb;
	int mnt_flags;
};

struct ns_common {
	__u32 inum;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct mount {
	struct mount *mnt_parent;
	struct vfsmount mnt;
	struct list_head mnt_mounts;
	struct list_head mnt_child;
	struct mnt_namespace *mnt_ns;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

typedef struct {
	long counter;
} atomic_long_t;

struct file {
	__u32 f_flags;
	__u32 f_mode;
	atomic_long_t f_count;
	struct path f_path;
	struct inode *f_inode;
	struct address_space *f_mapping;
	void *private_data;
};

struct fdtable {
	__u32 max_fds;
	struct file **fd;
};

struct files_struct {
	atomic_t count;
	struct fdtable *fdt;
};

struct mm_struct {
	struct task_struct *owner;
	struct file *exe_file;
};

struct userfaultfd_ctx {
	struct mm_struct *mm;
};

struct vm_area_struct {
	struct mm_struct *vm_mm;
	unsigned long vm_flags;
	struct file *vm_file;
	struct {
		struct rb_node rb;
	} shared;
};

struct pid {
	struct hlist_head tasks[4];
};

struct proc_inode {
	struct pid *pid;
	struct inode vfs_inode;
};

struct kernfs_node {
	const char *name;
	__u64 id;
};

struct cgroup_subsys_state {
	struct cgroup_subsys_state *parent;
};

struct cgroup_root {
	int hierarchy_id;
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct signal_struct {
	struct list_head thread_head;
};

struct notification;

struct seccomp_filter {
	struct seccomp_filter *prev;
	struct notification *notif;
};

struct seccomp {
	struct seccomp_filter *filter;
};

/* What 6.13 replaced: its files are nodes there. */
struct io_file_table {
	void *files;
};

struct io_ring_ctx {
	struct io_file_table file_table;
	unsigned int nr_user_files;
};

struct io_tctx_node {
	struct io_ring_ctx *ctx;
};

struct xa_node {
	unsigned char offset;
	struct xa_node *parent;
	void *slots[64];
};

struct xarray {
	void *xa_head;
};

struct io_uring_task {
	struct xarray xa;
};

struct task_struct {
	__u32 flags;
	__u32 ptrace;
	__s32 pid;
	__s32 tgid;
	struct task_struct *group_leader;
	struct list_head tasks;
	struct hlist_node pid_links[4];
	struct list_head thread_node;
	struct signal_struct *signal;
	struct mm_struct *mm;
	struct files_struct *files;
	struct io_uring_task *io_uring;
	struct css_set *cgroups;
	const struct cred *real_cred;
	const struct cred *cred;
	struct seccomp seccomp;
	char comm[16];
};

struct pt_regs {
	unsigned long ip;
	unsigned long orig_ax;
};

struct kiocb {
	struct file *ki_filp;
};

struct tty_driver {
	short type;
	short subtype;
};

struct tty_struct {
	struct tty_driver *driver;
	struct tty_struct *link;
};

struct tty_file_private {
	struct tty_struct *tty;
};

struct linux_binprm {
	unsigned long p;
	unsigned long exec;
	struct file *file;
	struct cred *cred;
};

typedef struct {
	__s64 counter;
} atomic64_t;

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

struct sock_common {
	atomic64_t skc_cookie;
	refcount_t skc_refcnt;
	__u32 skc_daddr;
	__u32 skc_rcv_saddr;
	__u16 skc_dport;
	__u16 skc_num;
	__u16 skc_family;
	volatile unsigned char skc_state;
	struct sock *skc_listener;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct bpf_prog;

struct sock_reuseport {
	struct bpf_prog *prog;
};

struct sock {
	struct sock_common __sk_common;
	struct sock_reuseport *sk_reuseport_cb;
	__u16 sk_type;
	__u16 sk_protocol;
	void *sk_bpf_storage;
	__u32 sk_tsflags;
};

struct tcp_sock {
	__u8 repair : 1;
};

struct netlink_sock {
	__u32 dst_portid;
	__u32 dst_group;
};

struct sockaddr_nl {
	__u16 nl_family;
	__u32 nl_pid;
	__u32 nl_groups;
};

struct unix_sock {
	struct sock *peer;
	struct path path;
};

struct key_type {
	const char *name;
};

struct key {
	struct key_type *type;
	char *description;
};

struct kernel_siginfo {
	int si_code;
};

struct pipe_inode_info;
struct kern_ipc_perm;
struct msg_msg;
struct fs_context;
struct sembuf;

struct socket {
	struct file *file;
	struct sock *sk;
};

struct request_sock {
	struct sock_common __req_common;
};

struct msghdr {
	void *msg_name;
	int msg_namelen;
	unsigned int msg_flags;
};

struct sockaddr {
	__u16 sa_family;
};

struct fsnotify_mark {
	struct fsnotify_group *group;
};

struct bpf_link {
	__u32 id;
};

struct bpf_prog_aux {
	char name[16];
};

struct bpf_prog {
	enum bpf_prog_type type;
	struct bpf_prog_aux *aux;
};

struct seq_file {
	__u64 count;
	const struct file *file;
};

struct io_uring_cmd {
	struct file *file;
	__u32 cmd_op;
};

struct bpf_iter_meta {
	struct seq_file *seq;
	__u64 session_id;
	__u64 seq_num;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

struct bpf_iter__task_vma {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	struct vm_area_struct *vma;
};

struct bpf_iter__bpf_sk_storage_map {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
	struct sock *sk;
	void *value;
};

#pragma clang attribute pop

/* Constants of the kernel that no user-space header has. */
#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC 0x50494446
#endif
#define __maybe_unused __attribute__((unused))
#define PF_IO_WORKER 0x00000010
#define PF_KTHREAD 0x00200000
#define FMODE_READ 0x1
#define FMODE_WRITE 0x2
#define FMODE_EXEC 0x20
#define S_IFMT 00170000
#define S_IFSOCK 0140000
#define S_IFBLK 0060000
#define S_IFREG 0100000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#define S_IFIFO 0010000
#define CLONE_VM 0x00000100
#define CLONE_FILES 0x00000400
#define CLONE_THREAD 0x00010000
#define PROT_EXEC 0x4
#define MAP_SHARED 0x1
#define MAY_WRITE 0x2
#define PTRACE_MODE_ATTACH 0x2
#define PTRACE_MODE_FSCREDS 0x8
#define MNT_DETACH 0x2
#define MNT_SHARED 0x1000
#define S_PRIVATE 0x200
#define I_LINKABLE 0x400
#define ANON_INODE_FS_MAGIC 0x09041934
#define VM_EXEC 0x4
#define VM_SHARED 0x8
#define VM_MAYWRITE 0x20
#define TIOCSTI 0x5412
#define TIOCGWINSZ 0x5413
#define TIOCSWINSZ 0x5414
#define FIONREAD 0x541b
#define SOCKET_URING_OP_SIOCINQ 0

#define SOL_SOCKET 1
#define SO_TYPE 3
#define SO_ERROR 4
#define SO_PROTOCOL 38
#define SO_DOMAIN 39
#define KEY_ALLOC_UID_KEYRING 0x10
#define KEY_NEED_READ 2
#define KEY_NEED_WRITE 3
#define KEY_NEED_SEARCH 4
#define KEY_NEED_SETATTR 6
#define KEY_DEFER_PERM_CHECK 10
#define GETVAL 12
#define GETALL 13
#define SETVAL 16
#define SETALL 17
#define MSG_ZEROCOPY 0x4000000
#define MSG_SPLICE_PAGES 0x8000000
#define MSG_FASTOPEN 0x20000000
#define NETLINK_KOBJECT_UEVENT 15
#define IP_OPTIONS 4
#define TCP_CLOSE 7
#define TCP_LISTEN 10

#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define AF_PACKET 17
#define AF_KCM 41
#define AF_XDP 44
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3

#define EPERM 1
#define EAGAIN 11
#define EACCES 13
#define EEXIST 17
#define EINVAL 22

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86DD

#endif /* RF_KERNEL_H */
