// SPDX-License-Identifier: GPL-2.0
/*
 * settle.bpf.c - what has just got a label passes it on, until nobody is left
 *
 * What has got one in this call is in the work map, by the task that calls.
 * Each round takes one of them, finds one neighbour that lacks something and
 * labels it, which adds it to the work; what has no such neighbour is done.
 *
 *	a holder   -> what it has mapped to write;
 *	              threads that are reading its memory; whose memory it is
 *	              writing to; the files that it has open for writing
 *	a channel  -> threads that wait in a read of it; who has it attached;
 *	              if a file: who has it open or mapped
 */
#include "bpf/descriptor.h"
#include "bpf/edge.h"
#include "bpf/unkept.h"
#include "bpf/written.h"

/* Twice the largest pid_max: one label in each round. */
#define RF_SETTLE_ROUNDS (1 << 23)
#define RF_SETTLE_MANY 2

/**
 * struct rf_settling - the state of rf_settle()
 * @join: who is to be labelled next: @join.task, or none
 * @id: its holder, if not the one that its task's record names
 * @ended: how many nodes are done, RF_SETTLE_MANY for more than one
 * @again: something was labelled
 * @failed: something could not be
 */
struct rf_settling {
	struct rf_join join;
	__u64 node;
	__u64 id;
	int err;
	__u8 ended;
	bool again;
	bool force;
	bool failed;
};

/* In a mode of rf_settle_walk(): see @sure in struct rf_walk. */
#define RF_WALK_SURE 0x80

/*
 * Who isn't sure is tried once more, unless it is to be labelled in any case: one
 * failure is enough.
 */
static __always_inline __u32 rf_settle_sure(const struct rf_settling *settling)
{
	return settling->failed || settling->force ? 0 : RF_WALK_SURE;
}

static __always_inline bool rf_walk_wants(const struct rf_walk *walk, const struct rf_task *task)
{
	if (walk->mode != RF_WALK_READER)
		return walk->holder == task->holder;
	return walk->channel == task->reading || walk->channel == task->reading_too;
}

static int rf_walk_visit(__u64 address, struct rf_walk *walk)
{
	struct rf_task *task = bpf_map_lookup_elem(&tasks, &address);
	const struct rf_holder *holder;
	const __u64 *id;

	if (!task || !rf_walk_wants(walk, task))
		return 0;
	if (walk->mode == RF_WALK_OWNER) {
		walk->task = address;
		return 0;
	}
	/* A key that is in memory already: there is little stack left here. */
	id = walk->mode == RF_WALK_READER ? &task->holder : &task->writing;
	holder = bpf_map_lookup_elem(&holders, id);
	if (holder && rf_holder_lacks(holder, walk->classes, walk->sure) && rf_call_lasts(task))
		walk->task = address;
	return 0;
}

/* Who waits in a read of the node, or a task of the holder: an address, or 0. */
__noinline __u64 rf_settle_walk(__u64 node, __u64 classes, __u32 mode, int *err)
{
	struct rf_walk walk = { .channel = node, .classes = classes };
	int status;

	walk.mode = mode & ~RF_WALK_SURE;
	walk.sure = mode & RF_WALK_SURE;
	status = rf_walk((const void *)bpf_get_current_task(), &walk);
	if (err)
		*err = status;
	return status ? 0 : walk.task;
}

/* --- edges */

/* What a node passes on; all that a holder has is its own until it is sent. */
static __always_inline __u64 rf_node_passes(__u64 node)
{
	const struct rf_holder *holder;

	if (rf_node_is_channel(node))
		return rf_channel_label(node);
	holder = rf_holder_find(node);
	return holder ? rf_holder_passes(holder) : 0;
}

static __always_inline __u64 rf_node_lacks(__u64 node, __u64 classes, bool sure)
{
	const struct rf_holder *holder;

	if (rf_node_is_channel(node))
		return rf_channel_lacks(node, classes, sure);
	holder = rf_holder_find(node);
	/* One that has ended lacks nothing. */
	return holder ? rf_holder_lacks(holder, classes, sure) : 0;
}

struct rf_edge_search {
	__u64 from;
	__u64 to;
	__u64 classes;
	__u64 lacks;
	__u32 kind;
	bool sure;
};

static long rf_edge_lacking(struct bpf_map *map, const struct rf_edge *edge, const __u64 *kind,
			    struct rf_edge_search *search)
{
	if (edge->from != search->from)
		return 0;
	search->lacks = rf_node_lacks(edge->to, search->classes, search->sure);
	search->to = edge->to;
	search->kind = *kind;
	return search->lacks != 0;
}

/* The label of a channel that stands for a file goes to the file as well. */
static __always_inline int rf_settle_file(const struct rf_channel *channel, __u64 node,
					  const struct rf_source *hop)
{
	__u64 added;

	if (!channel || !(channel->flags & RF_CHANNEL_FILE))
		return 0;
	return rf_written_add((const void *)node, hop, &added);
}

/* Labels a channel that @search found. */
__noinline int rf_settle_channel(struct rf_edge_search *search)
{
	struct rf_source hop = { .time_ns = bpf_ktime_get_boot_ns() };
	__u64 to;

	if (!search)
		return -EACCES;
	to = search->to;
	hop.node = search->from;
	hop.kind = search->kind;
	hop.classes = search->lacks;
	if (rf_channel_add(to, search->lacks, search->kind)) {
		rf_source_copy(search->from, to, search->lacks);
		rf_source_add(to, &hop);
		if (rf_settle_file(bpf_map_lookup_elem(&channels, &to), to, &hop)) {
			rf_node_end(to, false);
			return -EACCES;
		}
	}
	return rf_work_add(to);
}

/* One who has an edge from @settling->node and lacks something. */
__noinline int rf_settle_edge(struct rf_settling *settling)
{
	struct rf_edge_search search = {};
	const struct rf_state *global = rf_state();

	if (!settling || !global || !global->edges)
		return 0;
	search.from = settling->node;
	search.sure = rf_settle_sure(settling);
	search.classes = rf_node_passes(search.from);
	bpf_for_each_map_elem(&edges, rf_edge_lacking, &search, 0);
	if (!search.lacks)
		return 0;
	if (rf_node_is_channel(search.to)) {
		settling->again = true;
		settling->err = rf_settle_channel(&search);
		return 0;
	}
	settling->join.task =
		(const void *)rf_settle_walk(search.to, 0, RF_WALK_OWNER, &settling->err);
	settling->join.classes = search.lacks;
	settling->join.from = search.from;
	settling->join.kind = search.kind;
	settling->id = search.to;
	return 0;
}

/* --- descriptors of one holder, or of all */

/*
 * The first that is wanted: in @settling->join.task and @settling->id. Global:
 * verified once for both that call it, and what it does not know of its
 * arguments keeps that short.
 */
__noinline int rf_settle_fds(struct rf_settling *settling, __u64 classes, __u64 process, bool one)
{
	struct rf_fds fds = { .classes = classes, .process = process, .first = process };

	if (!settling)
		return 0;
	fds.node = settling->node;
	fds.one = one;
	fds.sure = rf_settle_sure(settling);
	if (rf_fds_walk(&fds))
		settling->err = -EACCES;
	settling->join.task = (const void *)(fds.file ? fds.thread : 0);
	settling->id = fds.file;
	return 0;
}

/* Who has the file open that @settling->node is the inode of. */
static __always_inline void rf_settle_opener(struct rf_settling *settling, __u64 classes)
{
	rf_settle_fds(settling, classes, rf_process_link(rf_task_current()), false);
	settling->id = 0;
}

/* A file that the holder @settling->node has open for writing: in @settling->id. */
__noinline int rf_settle_held(struct rf_settling *settling, __u64 classes)
{
	const struct task_struct *task;
	const struct rf_holder *holder;

	if (!settling)
		return 0;
	task = (const void *)rf_settle_walk(settling->node, 0, RF_WALK_OWNER, &settling->err);
	holder = rf_holder_find(settling->node);
	if (task && holder)
		rf_settle_fds(settling, classes, rf_process_link(task),
			      !(holder->flags & RF_HOLDER_SHARED));
	return 0;
}

/* Labels what rf_settle_held() found. */
__noinline int rf_settle_written(struct rf_settling *settling, __u64 classes)
{
	struct rf_source hop = { .time_ns = bpf_ktime_get_boot_ns(), .kind = RF_FLOW_FILE };
	const struct task_struct *task;
	const struct file *file;
	__u64 added = 0, inode;

	if (!settling)
		return 0;
	task = settling->join.task;
	file = (const void *)settling->id;
	settling->again = true;
	settling->id = 0;
	settling->join.task = NULL;
	inode = (__u64)rf_file_inode(file);
	hop.node = settling->node;
	hop.classes = classes;
	hop.tgid = BPF_CORE_READ(task, tgid);
	bpf_probe_read_kernel_str(hop.comm, sizeof(hop.comm), task->comm);
	settling->err = rf_written_add((const void *)inode, &hop, &added);
	if (!settling->err && (rf_channel_failed(inode) ||
			       (added && (rf_written_shared(file, 1) || rf_channel_lends(inode)))))
		settling->err = rf_written_pending(file, inode, &hop);
	return 0;
}

/* --- mappings of a file */

struct rf_maps {
	__u64 node; /* struct rb_node */
	__u64 from;
	__u64 classes;
	__u64 task;
	bool sure;
	bool done;
};

/* The holder of who has mapped it lacks something. */
static __always_inline bool rf_maps_wanted(struct rf_maps *maps)
{
	const struct vm_area_struct *vma =
		(const void *)(maps->node -
			       bpf_core_field_offset(struct vm_area_struct, shared.rb));
	const struct task_struct *owner = BPF_CORE_READ(vma, vm_mm, owner);
	const struct rf_holder *holder;
	struct rf_task *task;

	task = owner ? rf_task_find(owner) : NULL;
	holder = task ? rf_holder_find(task->holder) : NULL;
	if (!holder || !rf_holder_lacks(holder, maps->classes, maps->sure))
		return false;
	maps->task = (__u64)owner;
	return true;
}

/* In no order but whole: down to the left, to the right, and up. */
static long rf_maps_step(__u32 i, struct rf_maps *maps)
{
	const struct rb_node *node = (const void *)maps->node;
	__u64 parent = BPF_CORE_READ(node, __rb_parent_color) & ~3ULL;
	__u64 left = (__u64)BPF_CORE_READ(node, rb_left);
	__u64 right = (__u64)BPF_CORE_READ(node, rb_right);
	__u64 from = maps->from;

	maps->from = maps->node;
	if (from == parent) {
		if (rf_maps_wanted(maps))
			return 1;
		maps->node = left ?: right ?: parent;
	} else if (from == left && right) {
		maps->node = right;
	} else {
		maps->node = parent;
	}
	maps->done = !maps->node;
	return maps->done;
}

/* Who has the file mapped that @settling->node is the inode of. */
__noinline int rf_settle_mapper(struct rf_settling *settling, __u64 classes)
{
	struct rf_maps maps = { .classes = classes };
	const struct inode *inode;

	if (!settling)
		return 0;
	maps.sure = rf_settle_sure(settling);
	inode = (const void *)settling->node;
	maps.node = (__u64)BPF_CORE_READ(inode, i_mapping, i_mmap.rb_root.rb_node);
	if (!maps.node)
		return 0;
	bpf_loop(RF_SETTLE_ROUNDS, rf_maps_step, &maps, 0);
	if (!maps.task && !maps.done)
		settling->err = -EACCES;
	settling->join.task = (const void *)maps.task;
	return 0;
}

/* --- rounds */

static long rf_work_pick(struct bpf_map *map, const struct rf_work *todo, const __u64 *state,
			 struct rf_work *pick)
{
	if (todo->task != pick->task || *state == RF_WORK_DONE)
		return 0;
	pick->node = todo->node;
	return 1;
}

/* A neighbour of a channel. */
static __always_inline void rf_settle_readers(struct rf_settling *settling)
{
	const struct rf_channel *channel;
	__u64 label;
	__u32 mode;
	int err = 0;

	channel = bpf_map_lookup_elem(&channels, &settling->node);
	label = channel ? channel->label : rf_channel_label(settling->node);
	settling->join.from = settling->node;
	settling->join.classes = label;
	settling->join.kind = channel ? channel->kind : RF_ORIGIN_NONE;
	mode = RF_WALK_READER | rf_settle_sure(settling);
	settling->join.task = (const void *)rf_settle_walk(settling->node, label, mode, &err);
	settling->err = err;
	if (settling->join.task || err || !channel)
		return;
	if (channel->flags & RF_CHANNEL_EDGES)
		rf_settle_edge(settling);
	if (settling->join.task || settling->again || settling->err ||
	    !(channel->flags & RF_CHANNEL_FILE))
		return;
	settling->join.from = settling->node;
	settling->join.classes = label;
	rf_settle_opener(settling, label);
	if (!settling->join.task && !settling->err)
		rf_settle_mapper(settling, label);
}

/* Who is reading the memory of the holder @settling->node. */
static __always_inline void rf_settle_observer(struct rf_settling *settling, __u64 classes)
{
	__u32 mode = RF_WALK_READER | rf_settle_sure(settling);
	int err = 0;

	settling->join.task = (const void *)rf_settle_walk(settling->node, classes, mode, &err);
	settling->err = err;
}

/* Whose memory the holder @settling->node is writing to. */
__noinline int rf_settle_written_to(struct rf_settling *settling, __u64 classes)
{
	const struct rf_task *task;
	__u64 writer;
	int err = 0;

	if (!settling)
		return 0;
	writer = rf_settle_walk(settling->node, classes, RF_WALK_WRITER | rf_settle_sure(settling),
				&err);
	task = writer ? bpf_map_lookup_elem(&tasks, &writer) : NULL;
	if (task) {
		settling->id = task->writing;
		writer = rf_settle_walk(settling->id, 0, RF_WALK_OWNER, &err);
		settling->join.task = (const void *)writer;
	}
	settling->err = err;
	return 0;
}

/* A neighbour of a holder. */
static __always_inline void rf_settle_holder(struct rf_settling *settling)
{
	const struct rf_holder *holder = rf_holder_find(settling->node);
	__u64 passes = holder ? rf_holder_passes(holder) : 0;

	if (!passes)
		return;
	if (holder->flags & RF_HOLDER_EDGES)
		rf_settle_edge(settling);
	if (settling->join.task || settling->again || settling->err)
		return;
	settling->join.from = settling->node;
	settling->join.classes = passes;
	settling->join.kind = RF_FLOW_TRACE;
	if (holder->flags & RF_HOLDER_READ)
		rf_settle_observer(settling, passes);
	if (settling->join.task || settling->err)
		return;
	if (holder->flags & RF_HOLDER_WRITES)
		rf_settle_written_to(settling, passes);
	if (settling->join.task || settling->err)
		return;
	settling->id = 0;
	rf_settle_held(settling, passes);
	if (settling->id)
		rf_settle_written(settling, passes);
	settling->join.task = NULL;
}

/* @state: in the work map */
static __always_inline void rf_work_done(__u64 *state)
{
	struct rf_state *global = rf_state();

	if (__sync_lock_test_and_set(state, RF_WORK_DONE) == RF_WORK_WAITS && global)
		__sync_fetch_and_sub(&global->work, 1);
}

/*
 * All that got something in this call is as sure as its last: one that passes on to
 * who can't be labelled is found to do so when it is tried again, over others too.
 */
static long rf_work_end(struct bpf_map *map, const struct rf_work *done, __u64 *state,
			const struct rf_settling *settling)
{
	__u64 node = done->node;
	bool sure;

	if (done->task != bpf_get_current_task())
		return 0;
	/* A forced label asks nobody who is unsure, so its holder is not sure either. */
	sure = rf_node_is_channel(node) ? !settling->failed : rf_settle_sure(settling);
	rf_node_end(node, sure);
	rf_work_done(state);
	bpf_map_delete_elem(&work, done);
	return 0;
}

/* Nobody else was labelled: most often so, and no search for it. Not inline: see below. */
static __noinline void rf_work_end_one(const struct rf_settling *settling)
{
	struct rf_work only = { .task = bpf_get_current_task(), .node = settling->node };
	__u64 *state = bpf_map_lookup_elem(&work, &only);

	if (state)
		rf_work_end(NULL, &only, state, settling);
}

/* What is left. Not inline: its stack is not to be added to that of what follows. */
static __noinline __u64 rf_work_left(void)
{
	const struct rf_state *global = rf_state();

	return global ? global->work : ~0ULL;
}

/* A run begins (1) or ends (-1): see rf_local_interrupts(). */
static __noinline void rf_work_run(__s64 change)
{
	struct rf_state *global = rf_state();

	if (global)
		__sync_fetch_and_add(&global->work, change);
}

static long rf_settle_round(__u32 i, struct rf_settling *settling)
{
	struct rf_work pick = { .task = bpf_get_current_task() };

	__u64 *state;

	/* The run itself */
	if (rf_work_left() == 1)
		return 1;
	bpf_for_each_map_elem(&work, rf_work_pick, &pick, 0);
	if (!pick.node)
		return 1;
	settling->node = pick.node;
	settling->again = false;
	settling->id = 0;
	settling->err = 0;
	settling->join.task = NULL;
	if (rf_node_is_channel(pick.node))
		rf_settle_readers(settling);
	else
		rf_settle_holder(settling);
	if (!settling->err && settling->join.task) {
		settling->again = true;
		settling->err = rf_grow(&settling->join, settling->id);
		/* What is under way is refused, but may not be undone everywhere. */
		if (settling->err) {
			settling->failed = true;
			settling->join.force = true;
			settling->err = rf_grow(&settling->join, settling->id);
			settling->join.force = settling->force;
		}
	}
	if (settling->err)
		settling->failed = true;
	else if (settling->again)
		return 0;
	settling->ended = settling->ended ? RF_SETTLE_MANY : 1;
	state = bpf_map_lookup_elem(&work, &pick);
	if (state)
		rf_work_done(state);
	return 0;
}

int rf_settle(bool force)
{
	struct rf_settling settling = { .force = force };

	if (!rf_work_left())
		return 0;
	rf_work_run(1);
	settling.join.force = force;
	if (bpf_loop(RF_SETTLE_ROUNDS, rf_settle_round, &settling, 0) == RF_SETTLE_ROUNDS) {
		settling.failed = true;
		settling.ended = RF_SETTLE_MANY;
	}
	if (settling.ended == 1)
		rf_work_end_one(&settling);
	else if (settling.ended)
		bpf_for_each_map_elem(&work, rf_work_end, &settling, 0);
	rf_work_run(-1);
	return settling.failed ? -EACCES : 0;
}

int rf_write(struct rf_writing *writing)
{
	struct rf_source hop = {};
	const struct file *file;
	__u64 inode, added = 0;

	if (!writing)
		return -EACCES;
	file = (const void *)writing->file;
	inode = (__u64)rf_file_inode(file);
	rf_source_current(&hop, writing->holder, writing->classes, RF_FLOW_FILE);
	if (rf_written_add((const void *)inode, &hop, &added))
		return -EACCES;
	if ((!added && !rf_channel_unsure(inode)) ||
	    (!rf_written_shared(file, writing->own) && !rf_channel_lends(inode)))
		return 0;
	return rf_written_pending(file, inode, &hop);
}
