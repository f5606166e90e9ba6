/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * ringfence.h - the boundary: what the module, the BPF programs and user
 * space say to each other
 *
 * Everything here is shared by three compilers (the kernel's, clang for BPF,
 * the host's C compiler), so it uses fixed-size types only, has no padding
 * that is not named, and asserts its sizes. Unless a field says otherwise,
 * integers are in host byte order and addresses in network byte order.
 *
 * Words
 *   class       one kind of regulated data; a bit number 0..RF_CLASS_MAX-1
 *   label       the set of classes that something holds; a 64-bit mask.
 *               Joining is bitwise or. Zero: holds nothing.
 *   holder      what has a label: all tasks that share memory or descriptors
 *   verdict     what decide answers; zero denies, so zeroed memory denies
 *   reason      why it answered so; every denial has one and is counted
 */
#ifndef RINGFENCE_UAPI_H
#define RINGFENCE_UAPI_H

#include <linux/types.h>
#include <linux/ioctl.h>

/*
 * RF_ABI_VERSION changes whenever a map value, an event or an ioctl changes
 * shape. The daemon adopts pinned maps only of its own version.
 */
#define RF_ABI_VERSION 7

#define RF_CLASS_MAX 64
#define RF_CLASS_NAME_MAX 63 /* bytes, without the NUL */
#define RF_COMM_LEN 16 /* as the kernel's TASK_COMM_LEN */
#define RF_PATH_LEN 256 /* longer paths are cut at the front, see rf_event */

/**
 * enum rf_verdict - what happens to an operation
 * @RF_VERDICT_DENY: refused: an errno at the call, a drop at the packet
 * @RF_VERDICT_ALLOW: every class of the label allows the destination
 * @RF_VERDICT_AUDIT: at least one class does not allow it, and all those that
 *	do not are in audit mode: it passes, counted and alerted as a denial is
 */
enum rf_verdict {
	RF_VERDICT_DENY = 0,
	RF_VERDICT_ALLOW = 1,
	RF_VERDICT_AUDIT = 2,
	RF_VERDICT_MAX,
};

/**
 * enum rf_reason - why
 * @RF_REASON_UNSET: nobody decided; only zeroed memory says this
 * @RF_REASON_UNLABELLED: allowed, the label is empty
 * @RF_REASON_LOCAL: allowed, loopback (127.0.0.0/8, ::1, the unspecified
 *	address at connect)
 * @RF_REASON_REGION: the destination's region is known; its row of the rule
 *	matrix allowed or refused
 * @RF_REASON_UNKNOWN: refused, the destination is in no region
 * @RF_REASON_GENERATION: refused, no generation is loaded or it is unsound
 * @RF_REASON_FAMILY: refused, a socket family without a check
 * @RF_REASON_PROTOCOL: refused, a socket protocol without a check
 * @RF_REASON_HEADER: refused, a packet that cannot be parsed, or whose header
 *	sends it elsewhere than its address says (source routes)
 * @RF_REASON_RECORD: refused, a label could not be recorded
 * @RF_REASON_UNSEEN: refused, who would get the label can send memory without
 *	a system call (AF_XDP, a mapped AF_PACKET ring, MSG_ZEROCOPY pages)
 * @RF_REASON_TAMPER: refused, the operation would take the enforcement apart
 * @RF_REASON_KEEP: refused, a label could not be kept with a file that outlives
 *	this boot
 * @RF_REASON_UNTRUSTED: a declassifier has no powers: it was labelled or watched
 *	when it was executed, or got code of others than root
 * @RF_REASON_SHOWN: refused, the arguments or environment of a labelled process
 *	are shown to who has its label
 */
enum rf_reason {
	RF_REASON_UNSET = 0,
	RF_REASON_UNLABELLED,
	RF_REASON_LOCAL,
	RF_REASON_REGION,
	RF_REASON_UNKNOWN,
	RF_REASON_GENERATION,
	RF_REASON_FAMILY,
	RF_REASON_PROTOCOL,
	RF_REASON_HEADER,
	RF_REASON_RECORD,
	RF_REASON_UNSEEN,
	RF_REASON_TAMPER,
	RF_REASON_KEEP,
	RF_REASON_UNTRUSTED,
	RF_REASON_SHOWN,
	RF_REASON_MAX,
};

/**
 * enum rf_door - where a verdict was asked for
 * @RF_DOOR_CALL: an LSM hook; a denial is an errno
 * @RF_DOOR_PACKET: the egress program at the cgroup root; a denial is a drop
 */
enum rf_door {
	RF_DOOR_CALL = 0,
	RF_DOOR_PACKET = 1,
	RF_DOOR_MAX,
};

/**
 * enum rf_origin_kind - what gave a label: an origin of the policy, or a flow
 * from who had it already. These are all the edges along which labels move;
 * bpf/flow.h has the function.
 * @RF_FLOW_FILE: written to a file, or read from one that was
 * @RF_FLOW_PIPE: a pipe or fifo
 * @RF_FLOW_UNIX: a unix socket
 * @RF_FLOW_LOOPBACK: TCP or UDP that did not leave the host
 * @RF_FLOW_MEMORY: shared memory: a mapped file, System V, memfd
 * @RF_FLOW_QUEUE: a message queue, System V or POSIX
 * @RF_FLOW_TERMINAL: a pseudo-terminal
 * @RF_FLOW_TRACE: ptrace, another process' memory, /proc/PID
 * @RF_FLOW_RING: an io_uring that two processes share
 * @RF_FLOW_KEY: a key of a keyring
 * @RF_FLOW_COUNTER: an eventfd
 * @RF_FLOW_SIGNAL: the value of a signal
 * @RF_FLOW_NAME: a name in a directory, the target of a link, an extended attribute
 */
enum rf_origin_kind {
	RF_ORIGIN_NONE = 0,
	RF_ORIGIN_PATH,
	RF_ORIGIN_CGROUP, /* policy keys "unit" and "cgroup" */
	RF_ORIGIN_PROGRAM,
	RF_ORIGIN_USER,
	RF_ORIGIN_RUN,
	RF_ORIGIN_SERVICE,
	RF_FLOW_FILE,
	RF_FLOW_PIPE,
	RF_FLOW_UNIX,
	RF_FLOW_LOOPBACK,
	RF_FLOW_MEMORY,
	RF_FLOW_QUEUE,
	RF_FLOW_TERMINAL,
	RF_FLOW_TRACE,
	RF_FLOW_RING,
	RF_FLOW_KEY,
	RF_FLOW_COUNTER,
	RF_FLOW_SIGNAL,
	RF_FLOW_NAME,
	RF_ORIGIN_MAX,
};

/**
 * enum rf_event_type - what a struct rf_event tells
 * @RF_EVENT_VERDICT: a destination was denied, or audited
 * @RF_EVENT_LABEL: a holder's label grew
 * @RF_EVENT_REFUSED: a label could not be recorded, the operation was refused
 * @RF_EVENT_TAMPER: an operation on the enforcement itself was refused
 * @RF_EVENT_REMOVED: a declassifier passed something on without @classes
 */
enum rf_event_type {
	RF_EVENT_NONE = 0,
	RF_EVENT_VERDICT,
	RF_EVENT_LABEL,
	RF_EVENT_REFUSED,
	RF_EVENT_TAMPER,
	RF_EVENT_REMOVED,
	RF_EVENT_MAX,
};

/**
 * struct rf_event - one record of the event ring
 * @time_ns: CLOCK_BOOTTIME, nanoseconds
 * @holder: the holder's identifier, unique until reboot
 * @label: the holder's label after the event
 * @classes: the classes that refused (verdict), or that were added (label)
 * @cgroup: cgroup v2 identifier of the process, or 0
 * @socket: socket cookie, or 0
 * @tgid, @pid: process and thread in the initial pid namespace; for
 *	RF_DOOR_PACKET those that last sent on the socket
 * @uid: in the initial user namespace
 * @origin: index of the origin in the generation's list; only if @origin_kind
 *	is set
 * @atom: the destination's atom (see bpf/generation.h), 0 for none
 * @type, @verdict, @reason, @door, @origin_kind: the enums above
 * @family: AF_* of the socket
 * @proto: IPPROTO_* of the socket
 * @flags: RF_EVENT_F_*
 * @sport, @dport: host byte order; 0 where the protocol has none
 * @saddr, @daddr: network byte order; IPv4 as ::ffff:a.b.c.d
 * @comm: the thread's name, NUL-padded, any bytes
 * @exe: path of the executable, NUL-terminated, any other bytes; empty where
 *	the kernel could not say. RF_EVENT_F_EXE_CUT: too long, left empty
 */
struct rf_event {
	__u64 time_ns;
	__u64 holder;
	__u64 label;
	__u64 classes;
	__u64 cgroup;
	__u64 socket;
	__u32 tgid;
	__u32 pid;
	__u32 uid;
	__u32 origin;
	__u16 atom;
	__u8 type;
	__u8 verdict;
	__u8 reason;
	__u8 door;
	__u8 origin_kind;
	__u8 flags;
	__u16 family;
	__u16 proto;
	__u16 sport;
	__u16 dport;
	__u8 saddr[16];
	__u8 daddr[16];
	char comm[RF_COMM_LEN];
	char exe[RF_PATH_LEN];
};

#define RF_EVENT_F_EXE_CUT 0x01

/*
 * The module: /dev/ringfence, a misc device, root only. Opening it changes
 * nothing and closing it releases nothing: what was armed stays armed.
 */
#define RF_DEVICE_PATH "/dev/ringfence"
#define RF_LINKS_MAX 192
#define RF_MANAGEMENT_MAX 64

/**
 * enum rf_anchor_state - what the module does with local output
 * @RF_ANCHOR_QUARANTINE: nothing was armed yet, or the links are gone without
 *	a disarm: only loopback and the management prefixes pass
 * @RF_ANCHOR_ARMED: the links are held and attached; everything passes here
 * @RF_ANCHOR_DISARMED: stopped by an explicit command; everything passes
 */
enum rf_anchor_state {
	RF_ANCHOR_QUARANTINE = 0,
	RF_ANCHOR_ARMED,
	RF_ANCHOR_DISARMED,
	RF_ANCHOR_MAX,
};

/**
 * struct rf_prefix - a network
 * @addr: network byte order; IPv4 as ::ffff:a.b.c.d
 * @len: 0..128, of the 128-bit form (an IPv4 /8 is 104)
 */
struct rf_prefix {
	__u8 addr[16];
	__u8 len;
	__u8 pad[7]; /* zero */
};

/**
 * struct rf_ioc_arm - take the links into the module's keeping
 * @abi: RF_ABI_VERSION
 * @count: how many of @link_fds are set, 1..RF_LINKS_MAX
 * @generation: the generation's number, shown in the state file
 * @link_fds: descriptors of BPF links of the caller. The module takes its own
 *	references; the caller closes its descriptors when it likes. Links
 *	held from an earlier arm are released after the new ones are taken.
 *
 * Errors: EINVAL (abi, count, a link of another kind), EBADF (not a link),
 * ENOLINK (a link that is already detached), EPERM. On error nothing changes.
 */
struct rf_ioc_arm {
	__u32 abi;
	__u32 count;
	__u64 generation;
	__s32 link_fds[RF_LINKS_MAX];
};

/**
 * struct rf_ioc_management - prefixes that stay open in quarantine, beside
 * those of the module's parameter; replaces those set here before
 */
struct rf_ioc_management {
	__u32 abi;
	__u32 count; /* 0..RF_MANAGEMENT_MAX */
	struct rf_prefix prefixes[RF_MANAGEMENT_MAX];
};

/**
 * struct rf_ioc_status - what the module knows
 * @quarantined: packets that the gate dropped, since load
 */
struct rf_ioc_status {
	__u32 abi;
	__u32 state; /* enum rf_anchor_state */
	__u32 links; /* held */
	__u32 attached; /* of those, still attached */
	__u64 generation;
	__u64 quarantined;
};

/*
 * A label that outlives this boot is kept with its inode: the word "1", and the
 * name of each class behind a space. A name that is not known now gives every
 * class, and stays.
 */
#define RF_KEEP_XATTR "security.ringfence"
/* The label of what is in other extended attributes */
#define RF_KEEP_ATTRIBUTES RF_KEEP_XATTR ".attributes"

/**
 * struct rf_ioc_classes - which bit of a label is which class; replaces what
 * was said before
 * @name: NUL-terminated, printable, without spaces, each once; "" for a bit
 *	without a class, and a label with such a bit cannot be kept
 *
 * Errors: EINVAL; then nothing changes.
 */
struct rf_ioc_classes {
	__u32 abi;
	__u32 pad; /* zero */
	char name[RF_CLASS_MAX][RF_CLASS_NAME_MAX + 1];
};

/**
 * struct rf_ioc_keep - the label that is kept with a file or directory
 * @fd: open, for reading or writing
 * @flags: 0: @label is added; RF_KEEP_REPLACE: it becomes @label, 0 for none
 *
 * Errors: EINVAL, EBADF, ENOENT (a bit without a class), EOPNOTSUPP (the file
 * system has no such attributes), EROFS, EBUSY (it stays frozen), or its own.
 */
struct rf_ioc_keep {
	__u32 abi;
	__s32 fd;
	__u64 label;
	__u32 flags;
	__u32 pad; /* zero */
};

#define RF_KEEP_REPLACE 0x1

#define RF_IOC_MAGIC 0xF5
#define RF_IOC_ARM _IOW(RF_IOC_MAGIC, 1, struct rf_ioc_arm)
#define RF_IOC_DISARM _IO(RF_IOC_MAGIC, 2)
#define RF_IOC_MANAGEMENT _IOW(RF_IOC_MAGIC, 3, struct rf_ioc_management)
#define RF_IOC_STATUS _IOR(RF_IOC_MAGIC, 4, struct rf_ioc_status)
#define RF_IOC_CLASSES _IOW(RF_IOC_MAGIC, 5, struct rf_ioc_classes)
#define RF_IOC_KEEP _IOW(RF_IOC_MAGIC, 6, struct rf_ioc_keep)

#define RF_ASSERT_SIZE(type, size) \
	_Static_assert(sizeof(type) == (size), "ABI: size of " #type)

RF_ASSERT_SIZE(struct rf_event, 384);
RF_ASSERT_SIZE(struct rf_prefix, 24);
RF_ASSERT_SIZE(struct rf_ioc_arm, 784);
RF_ASSERT_SIZE(struct rf_ioc_management, 1544);
RF_ASSERT_SIZE(struct rf_ioc_status, 32);
RF_ASSERT_SIZE(struct rf_ioc_classes, 4104);
RF_ASSERT_SIZE(struct rf_ioc_keep, 24);

#endif /* RINGFENCE_UAPI_H */
