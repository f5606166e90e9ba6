/* SPDX-License-Identifier: GPL-2.0 */
/*
 * maps.h - what is behind the keys of the BPF maps; shared by the programs
 * and by user space
 *
 * Task and socket records are keyed by the kernel address of their object and
 * deleted in the object's free hook. They are hash maps and not local storage
 * for three reasons: a lookup in task storage may fail for no reason on 6.1
 * (its busy counter), and a failed lookup must not read as "unlabelled"; a
 * label must reach the sockets in which *other* threads are blocked, which
 * can be found by address but not as typed pointers; and user space can list
 * them. Socket labels proper are socket storage, since a packet of a socket
 * without any must cost one pointer test.
 */
#ifndef RF_MAPS_H
#define RF_MAPS_H

#include "kmod/uapi/ringfence.h"

/* Tasks and holders are sized by kernel.threads-max when loaded. */
#define RF_TASKS_MAX 65536
#define RF_LATE_MAX 65536
#define RF_INODES_MAX 262144
#define RF_NAME_LEN 256
/* Of a device number as the kernel has it; major 0 is of no device. */
#define RF_MINOR_BITS 20
#define RF_SOURCES_MAX 8
#define RF_SOURCES_HALF (RF_SOURCES_MAX / 2)
#define RF_CHANNELS_MAX 65536
#define RF_EDGES_MAX 65536
/* Walked whole at each label, so not large; who finds it full is refused. */
#define RF_WORK_MAX 512
/* Twice what a policy may have: while it is switched those of two are there. */
#define RF_SERVICES_MAX 128
/* A unix socket in the names map: this and its path, with the NUL. */
#define RF_NAME_SOCKET "socket:"
#define RF_NAME_SOCKET_MAX 128

/* In place of a cookie: a socket without a packet door. No cookie is this. */
#define RF_COOKIE_UNSEEN (~0ULL)
/* The same while a call sets what can have no label, and no longer: see rf_call_hold(). */
#define RF_COOKIE_HELD (~0ULL - 1)

/**
 * struct rf_task - one thread
 * @holder: key in the holders map
 * @next: the holder that this task becomes at the end of its exec, or 0; what
 *	the exec itself obtains is its label already
 * @sk: address of the socket that this thread last sent on, only to see
 *	whether it is still there; or what it last set
 * @cookie: of that socket, which is not used again; RF_COOKIE_UNSEEN if it has
 *	no packet door, RF_COOKIE_HELD if it set something there. A send that
 *	is blocked when the label arrives is found by it.
 * @reading: the channel (see struct rf_channel) that this thread last read
 *	from, or the holder whose memory: it may be in that read still, past
 *	its hook
 * @reading_too: the one that it read from before, in the same call
 * @writing: the channel or holder that it last wrote to, likewise
 * @regs, @call: where this thread's registers are, and the call that it read
 *	and wrote in: see rf_call_lasts()
 * @link: address of the dentry of the symbolic link that it is about to make, if
 *	its target has a label
 * @kind: enum rf_origin_kind of what it did there
 */
struct rf_task {
	__u64 holder;
	__u64 next;
	__u64 sk;
	__u64 cookie;
	__u64 reading;
	__u64 reading_too;
	__u64 writing;
	__u64 regs;
	__u64 call;
	__u64 link;
	__u32 kind;
	__u32 pad;
};

/**
 * struct rf_holder - all tasks that share memory or descriptors
 * @label: grows only, by atomic or
 * @holds: classes that it may hold without passing them on, on this host
 * @removes: classes that it takes out of what it passes on, here and abroad.
 *	Both are its program's, as a declassifier, and end with the next exec
 * @unsure: the task that last began to give it a label, until all are sure to have
 *	it who get its data without a further call, by others too; RF_UNSURE if some
 *	may not, or it has a label in spite of RF_HOLDER_UNSEEN. See rf_grow_begin()
 * @refs: tasks that name this holder
 * @flags: RF_HOLDER_*; RF_HOLDER_INHERITED by fork. Those of shared memory end
 *	with it, the others only grow
 */
struct rf_holder {
	__u64 label;
	__u64 holds;
	__u64 removes;
	__u64 unsure;
	__u32 refs;
	__u32 flags;
};

/* In place of a task's address. */
#define RF_UNSURE 1

/* Holds a socket or device that passes data on unseen: no label. */
#define RF_HOLDER_UNSEEN_FD 0x1
/* Its memory may still be sent by an earlier zero-copy send; shared memory also after exec. */
#define RF_HOLDER_UNSEEN_MEMORY 0x2
#define RF_HOLDER_UNSEEN (RF_HOLDER_UNSEEN_FD | RF_HOLDER_UNSEEN_MEMORY)
/* Shared beyond one thread group (vfork, CLONE_VM, CLONE_FILES) at some time. */
#define RF_HOLDER_SHARED 0x4
/* Sockets have its pages, by splice or sendfile: see the spliced map. */
#define RF_HOLDER_SPLICED 0x8

/* Holds shared memory that others may write: see rf_task_alloc(). */
#define RF_HOLDER_MAPS 0x10
/* In the edges map. */
#define RF_HOLDER_EDGES 0x20
/* Others have read its memory, or it has written to that of others: they may be at it. */
#define RF_HOLDER_READ 0x40
#define RF_HOLDER_WRITES 0x80
/* Process 1: see rf_holder_is_init(). */
#define RF_HOLDER_INIT 0x100
#define RF_HOLDER_INHERITED (RF_HOLDER_UNSEEN | RF_HOLDER_SPLICED)

/**
 * struct rf_source - how something came by classes: the hops that they took,
 * oldest first; for people, not for verdicts
 * @classes: what was added
 * @time_ns: CLOCK_BOOTTIME
 * @node: where it came from, if by a flow: a holder, or a channel's address
 * @origin: identifier that the daemon gave to the policy's origin, 0 for none
 * @tgid: the process that obtained it, or that passed it on (@kind is a flow)
 */
struct rf_source {
	__u64 classes;
	__u64 time_ns;
	__u64 node;
	__u32 origin;
	__u32 tgid;
	__u32 kind; /* enum rf_origin_kind */
	__u32 pad;
	char comm[RF_COMM_LEN];
};

/**
 * struct rf_sources - by holder, channel or written inode (rf_mark.node)
 * @count: how many there were. The first half of @list is the first ones, the
 *	other half a ring of the last: number n > half is at
 *	half + (n - half) % half. What is in neither is folded.
 * @folded: how many were folded where @list was copied from
 */
struct rf_sources {
	__u32 count;
	__u32 folded;
	struct rf_source list[RF_SOURCES_MAX];
};

/**
 * struct rf_channel - what passes data on and keeps it at most until it is
 * read: a pipe, a unix socket, a socket that gets packets from this host, a
 * terminal, a queue, shared memory without a file
 *
 * By the kernel address of the object (of the inode, for pipes and fifos; of
 * the struct sock that data is received on). Deleted in its free hook.
 * @unsure: as in struct rf_holder
 * @kind: enum rf_origin_kind of what flows through it
 * @flags: RF_CHANNEL_*
 */
struct rf_channel {
	__u64 label;
	__u64 unsure;
	__u32 kind;
	__u32 flags;
};

/* The inode of a regular file that is mapped: what it gets it has for good. */
#define RF_CHANNEL_FILE 0x1
/* In the edges map. */
#define RF_CHANNEL_EDGES 0x2

/**
 * struct rf_edge - label(@to) |= label(@from), as long as it stands: memory
 * that both have
 *
 * An end is a holder (a number) or a channel (a kernel address). Deleted when
 * one of its ends goes.
 */
struct rf_edge {
	__u64 from;
	__u64 to;
};

/**
 * struct rf_work - something that has just got a label, and may pass it on, until
 * all have it that it passes it on to
 * @task: in whose call
 * @node: a holder or a channel
 *
 * Maps to enum rf_work_state.
 */
struct rf_work {
	__u64 task;
	__u64 node;
};

enum rf_work_state { RF_WORK_WAITS, RF_WORK_DONE };

/**
 * struct rf_unkept - what has just got a label in memory, and has it on the disk
 * before a task goes on
 * @what: the pid of a task: all that it can write. Or the address of the dentry
 *	that the running task has written into, + 1 for its attributes.
 */
struct rf_unkept {
	__u64 classes;
	__u64 what;
};

/**
 * struct rf_service - who receives from there gets a label
 * @addr, @mask: network byte order, IPv4 as ::ffff:a.b.c.d
 * @port: host byte order; 0 for any
 * @classes: 0 in a slot that is not used
 */
struct rf_service {
	__u8 addr[16];
	__u8 mask[16];
	__u64 classes;
	__u32 origin;
	__u16 port;
	__u16 pad;
};

/**
 * struct rf_sock - the label of a socket
 * @holds: classes of @label that are not passed on to who receives on this host,
 *	since all who sent here are declassifiers
 * @holder, @tgid, @pid, @uid, @comm, @cgroup: who last gave it a label, for
 *	the alerts of the packet door
 */
struct rf_sock {
	__u64 label;
	__u64 holds;
	__u64 holder;
	__u64 cgroup;
	__u32 tgid;
	__u32 pid;
	__u32 uid;
	__u32 pad;
	char comm[RF_COMM_LEN];
};

/**
 * struct rf_spliced - whose pages a socket has
 * @tgid: the process that put them there; they stay its own when it execs
 */
struct rf_spliced {
	__u64 holder;
	__u32 tgid;
	__u32 pad;
};

/**
 * struct rf_inode_key - an inode, whatever its names
 * @ino: inverted for what is beside its data: names and targets, or with
 *	RF_INODE_ATTRIBUTES changed attributes
 * @dev: the super block's device number as the kernel has it (major << 20 |
 *	minor)
 * @generation: tells a reused inode number from the one that was marked, and a
 *	directory from a file: see rf_inode_generation()
 */
struct rf_inode_key {
	__u64 ino;
	__u32 dev;
	__u32 generation;
};

/**
 * struct rf_mark - what an inode, cgroup, unit or user gives
 * @read: classes given to who obtains its data; for a directory, the data of
 *	everything below it too. For cgroups, units and users: to its processes.
 * @exec: classes given to who executes it (inodes only)
 * @written: classes that labelled processes wrote into it, or that it was
 *	given by `ringfence label set`; no policy takes them away. In the records
 *	of what is beside data: what they named in a directory, where they made a
 *	symbolic link point; or what they put into extended attributes
 * @holds, @removes: what who executes it may do as a declassifier
 * @node: of @written, key in the sources map; 0 for none
 * @origin: as in struct rf_source; of the last one that marked it
 * @flags: RF_MARK_*
 */
struct rf_mark {
	__u64 read;
	__u64 exec;
	__u64 written;
	__u64 holds;
	__u64 removes;
	__u64 node;
	__u32 origin;
	__u32 flags;
};

/* Made by a hook (hard link, rename) and not from the policy directly. */
#define RF_MARK_DERIVED 0x1
/* The directory of our own pins: nothing in it may be removed. */
#define RF_MARK_PINS 0x2
/* What was kept with the file is in @written. */
#define RF_MARK_LEARNED 0x4
/* It gives nothing and is about to be deleted: see rf_mark_stands(). */
#define RF_MARK_ENDED 0x8
/* In rf_inode_key.ino: not of the inode's data, but of its attributes. */
#define RF_INODE_ATTRIBUTES (1ULL << 62)

/* All that it gives: without any it need not be kept. */
static inline __u64 rf_mark_gives(const struct rf_mark *mark)
{
	return mark->read | mark->exec | mark->written | mark->holds | mark->removes;
}

/**
 * struct rf_name_key - a cgroup by name; a unit is its last component, a
 * cgroup its path from the root, with the leading slash. Or a unix socket.
 */
struct rf_name_key {
	char name[RF_NAME_LEN];
};

/* The maps of marks, for struct rf_change. */
enum rf_marks {
	RF_MARKS_INODES = 0,
	RF_MARKS_DEVICES,
	RF_MARKS_CGROUPS,
	RF_MARKS_NAMES,
	RF_MARKS_USERS,
};

/**
 * enum rf_change_how - what user space does to a mark
 * @RF_CHANGE_GIVE: adds to it, or makes it; an origin gives it from now on
 * @RF_CHANGE_ADD: the same, but one that is there keeps its origin and flags
 * @RF_CHANGE_TAKE: takes classes away; a mark that gives nothing any more may end
 */
enum rf_change_how {
	RF_CHANGE_GIVE = 0,
	RF_CHANGE_ADD,
	RF_CHANGE_TAKE,
};

/**
 * struct rf_change - what rf_change_mark() does, in place
 * @map: enum rf_marks
 * @how: enum rf_change_how
 * @mark: what is added or taken away
 * @key: in @map, of its size
 */
struct rf_change {
	__u32 map;
	__u32 how;
	struct rf_mark mark;
	__u64 key[RF_NAME_LEN / 8];
};

/* Powers of two: bits for marked inodes, more than there can be marks; slots. */
#define RF_SIEVE_BITS (1u << 20)
#define RF_SIEVE_ASKED 4096u

/**
 * struct rf_sieve - what an open looks at before it looks for marks
 *
 * "No" is sure. A bit is set before the mark is made and stays for good; one
 * that says "maybe" for nothing costs a look-up.
 * @devices, @inodes: a bit for each that may have a mark
 * @cgroups: 1 if any may have one
 * @asked: addresses (struct inode) of files with which nothing is kept on disk,
 *	and those addresses + 1 where that is so of their attributes.
 *	What is kept later comes with a mark; cleared in the inode's free hook
 */
struct rf_sieve {
	__u64 devices;
	__u64 cgroups;
	__u64 asked[RF_SIEVE_ASKED];
	__u64 inodes[RF_SIEVE_BITS / 64];
};

/* Which bit of rf_sieve.devices. */
static inline __u32 rf_sieve_device_bit(__u32 dev)
{
	return (dev ^ dev >> RF_MINOR_BITS) % 64;
}

/* Which bit of rf_sieve.inodes. */
static inline __u32 rf_sieve_inode_bit(__u64 ino, __u32 dev)
{
	return (ino + dev * 0x9e3779b1u) % RF_SIEVE_BITS;
}

/**
 * struct rf_state - what changes while the programs run
 * @late: entries in the late map; the packet door looks there only if any
 * @spliced: entries in the spliced map, likewise
 * @lost: 1 when a label of a socket was lost for want of memory: from then
 *	on sockets without a record are treated as labelled with everything
 * @unrecorded: classes of channels that found the map full: what has no record
 *	there has all of these
 * @records: entries in the channels map
 * @channels: those that have a label; nobody looks for one if there are none
 * @edges: entries in the edges map, likewise
 * @work: what waits in the work map, likewise, and runs of rf_settle()
 * @labelled: holders that have a label; nobody looks for his own if there are none
 * @services: slots of the services map that are in use, from the first on
 * @ids: holders and other nodes made so far
 * @events_lost: events that found the ring full
 * @unlocked: the holder (the daemon) that takes its own pins away, or 0
 * @walker: the holder (the daemon) that reads the names in a marked tree to
 *	mark it; it gets no label from that. Identifiers are not used again.
 * @pin_dev: device number of the bpffs that holds the pins
 * @pin_ns: number of the mount namespace of which the guard keeps it mounted
 * @sieve: here, since user space maps it too
 */
struct rf_state {
	__u64 late;
	__u64 spliced;
	__u64 lost;
	__u64 unrecorded;
	__u64 records;
	__u64 channels;
	__u64 edges;
	__u64 work;
	__u64 labelled;
	__u64 services;
	__u64 ids;
	__u64 events_lost;
	__u64 unlocked;
	__u64 walker;
	__u32 pin_dev;
	__u32 pin_ns;
	struct rf_sieve sieve;
};

/**
 * enum rf_request_mode - what a run of the iterators shall do
 * @RF_REQUEST_RECORD: make records for tasks that have none
 * @RF_REQUEST_ORIGINS: label who holds what the marks name
 * @RF_REQUEST_CHECK: only count who of them could not be labelled
 * @RF_REQUEST_LABEL: give @classes to the process @tgid
 * @RF_REQUEST_LIST: write a struct rf_listed for each labelled process
 * @RF_REQUEST_IDENTIFY: write a struct rf_identified for each descriptor of
 *	the process @tgid
 */
enum rf_request_mode {
	RF_REQUEST_RECORD = 0,
	RF_REQUEST_ORIGINS,
	RF_REQUEST_CHECK,
	RF_REQUEST_LABEL,
	RF_REQUEST_LIST,
	RF_REQUEST_IDENTIFY,
};

/**
 * struct rf_request - the question to the iterators, and their answer
 * @tgid: RF_REQUEST_LABEL: whom; RF_REQUEST_LIST: one process, or 0 for all
 * @made: records made
 * @labelled: processes that got a label
 * @refused: processes that could not be labelled; @refused_tgid is the first
 */
struct rf_request {
	__u64 classes;
	__u32 mode;
	__u32 tgid;
	__u32 origin;
	__u32 kind;
	__u64 made;
	__u64 labelled;
	__u64 refused;
	__u32 refused_tgid;
	__u32 pad;
};

/* One labelled process, as the task iterator writes it to its reader. */
struct rf_listed {
	__u64 holder;
	__u64 label;
	__u64 cgroup;
	__u32 tgid;
	__u32 uid;
	char comm[RF_COMM_LEN];
};

/**
 * struct rf_identified - one inode, as the file iterator writes it to its reader
 * @data: the inode that has its data: another one for a file of overlayfs, unless
 *	it is open by O_PATH
 * @read: what opening it gives, by itself and by what is above it
 * @origin: as in struct rf_mark; of the last mark on the way up
 */
struct rf_identified {
	struct rf_inode_key key;
	struct rf_inode_key data;
	__u64 read;
	__u32 origin;
	__u32 tgid;
	__s32 fd;
	__u32 pad;
};

/**
 * struct rf_flow - one connected socket with a label, as the socket iterator
 * writes it to its reader
 * @saddr, @daddr: network byte order, IPv4 as ::ffff:a.b.c.d; @sport, @dport:
 *	host byte order
 * @tgid, @comm: who last gave it a label
 */
struct rf_flow {
	__u64 label;
	__u32 tgid;
	__u16 proto;
	__u16 sport;
	__u16 dport;
	__u8 pad[6];
	__u8 saddr[16];
	__u8 daddr[16];
	char comm[RF_COMM_LEN];
};

/* Exact counters, per class: index class * RF_COUNTER_MAX + counter. */
enum rf_counter {
	RF_COUNTER_DENIED_CALLS = 0,
	RF_COUNTER_DROPPED_PACKETS,
	RF_COUNTER_AUDITED_CALLS,
	RF_COUNTER_AUDITED_PACKETS,
	RF_COUNTER_LABELS, /* holders that got the class */
	RF_COUNTER_REFUSED_LABELS,
	RF_COUNTER_HELD, /* not passed on, by a declassifier that holds it */
	RF_COUNTER_REMOVED, /* passed on or sent without it */
	RF_COUNTER_MAX,
};

/* After the classes: totals by reason and door, not by class. */
#define RF_STATS_TOTAL (RF_CLASS_MAX * RF_COUNTER_MAX)
#define RF_STATS_REASON(door, reason) \
	(RF_STATS_TOTAL + RF_COUNTER_MAX + RF_REASON_MAX * (door) + (reason))
#define RF_STATS_MAX RF_STATS_REASON(RF_DOOR_MAX, 0)

RF_ASSERT_SIZE(struct rf_task, 88);
RF_ASSERT_SIZE(struct rf_holder, 40);
RF_ASSERT_SIZE(struct rf_source, 56);
RF_ASSERT_SIZE(struct rf_channel, 24);
RF_ASSERT_SIZE(struct rf_edge, 16);
RF_ASSERT_SIZE(struct rf_work, 16);
RF_ASSERT_SIZE(struct rf_unkept, 16);
RF_ASSERT_SIZE(struct rf_service, 48);
RF_ASSERT_SIZE(struct rf_sock, 64);
RF_ASSERT_SIZE(struct rf_spliced, 16);
RF_ASSERT_SIZE(struct rf_inode_key, 16);
RF_ASSERT_SIZE(struct rf_mark, 56);
RF_ASSERT_SIZE(struct rf_change, 64 + RF_NAME_LEN);
RF_ASSERT_SIZE(struct rf_sieve, 16 + 8 * RF_SIEVE_ASKED + RF_SIEVE_BITS / 8);
RF_ASSERT_SIZE(struct rf_state, 120 + sizeof(struct rf_sieve));
RF_ASSERT_SIZE(struct rf_request, 56);
RF_ASSERT_SIZE(struct rf_listed, 48);
RF_ASSERT_SIZE(struct rf_identified, 56);
RF_ASSERT_SIZE(struct rf_flow, 72);

#endif /* RF_MAPS_H */
