// SPDX-License-Identifier: GPL-2.0
/*
 * datapath_inode.c - the mark of one inode: read, written, taken away
 */
#include "userspace/lib/datapath_private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* None leaves @mark as it is. */
static int get_mark(struct rf_datapath *dp, const struct rf_inode_key *key, struct rf_mark *mark)
{
	int err = rf_object_get(dp->object, RF_MAP_INODES, key, mark);

	return err == -ENOENT ? 0 : err;
}

/* From the keys of an inode to those of its names; see rf_beside_key(). */
static void beside(struct rf_identified *found)
{
	found->key.ino = ~found->key.ino;
	found->data.ino = ~found->data.ino;
}

/* From those to the keys of its attributes */
static void attributes(struct rf_identified *found)
{
	found->key.ino ^= RF_INODE_ATTRIBUTES;
	found->data.ino ^= RF_INODE_ATTRIBUTES;
}

/* Is its data another inode's? */
static bool is_layered(const struct rf_identified *found)
{
	return memcmp(&found->key, &found->data, sizeof(found->key)) != 0;
}

/* The mark of its data is its own as well; so is that of attributes. */
static int get_layers(struct rf_datapath *dp, const struct rf_identified *found,
		      struct rf_mark *mark)
{
	struct rf_mark below = { 0 };
	int err = get_mark(dp, &found->key, mark);

	if (err || !is_layered(found))
		return err;
	err = get_mark(dp, &found->data, &below);
	if (!mark->origin)
		mark->origin = below.origin;
	mark->read |= below.read;
	mark->exec |= below.exec;
	mark->written |= below.written;
	if (below.written)
		mark->node = below.node;
	return err;
}

int rf_datapath_given(struct rf_datapath *dp, int fd, struct rf_given *out)
{
	struct rf_given given = { 0 };
	struct rf_identified found;
	int err;

	err = rf_request_identify(dp, &fd, &found, 1);
	if (!err)
		err = get_layers(dp, &found, &given.mark);
	beside(&found);
	if (!err)
		err = get_mark(dp, &found.key, &given.names);
	attributes(&found);
	if (!err)
		err = get_layers(dp, &found, &given.attributes);
	if (err)
		return err;
	given.read = found.read;
	given.origin = found.origin;
	*out = given;
	return 0;
}

__u64 rf_datapath_chain(struct rf_datapath *dp, const struct rf_source *source)
{
	struct rf_sources sources = { .count = 1, .list = { *source } };
	__u64 node = __atomic_add_fetch(&rf_object_state(dp->object)->ids, 1, __ATOMIC_SEQ_CST);

	return rf_object_put(dp->object, RF_MAP_SOURCES, &node, &sources, BPF_ANY) ? 0 : node;
}

/* What it has stays its origin's, so that the policy finds its own marks again. */
static int add_one(struct rf_datapath *dp, const struct rf_inode_key *key,
		   const struct rf_mark *mark)
{
	struct rf_mark derived = *mark;

	derived.flags |= RF_MARK_DERIVED;
	return rf_mark_change(dp, RF_MAP_INODES, key, RF_CHANGE_ADD, &derived);
}

int rf_datapath_mark_inodes(struct rf_datapath *dp, const int *fds, size_t count,
			    const struct rf_mark *mark)
{
	const struct rf_mark device = {
		.written = mark->written | mark->read,
		.origin = mark->origin,
		.flags = RF_MARK_DERIVED,
	};
	struct rf_identified found[RF_INODES_BATCH];
	__u32 dev = 0;
	int err;

	if (count > RF_INODES_BATCH)
		return -E2BIG;
	err = count ? rf_request_identify(dp, fds, found, count) : 0;
	for (size_t i = 0; !err && i < count; i++) {
		/* Without one of its device no mark is looked for. */
		if (found[i].key.dev != dev)
			err = rf_mark_devices(dp, found[i].key.dev, &device);
		dev = found[i].key.dev;
		if (!err)
			err = add_one(dp, &found[i].key, mark);
		if (!err && is_layered(&found[i]))
			err = rf_mark_devices(dp, found[i].data.dev, &device);
		if (!err && is_layered(&found[i]))
			err = add_one(dp, &found[i].data, mark);
	}
	return err;
}

static int take_layers(struct rf_datapath *dp, const struct rf_identified *found,
		       const struct rf_mark *take)
{
	int err = rf_mark_change(dp, RF_MAP_INODES, &found->key, RF_CHANGE_TAKE, take);

	if (err || !is_layered(found))
		return err;
	return rf_mark_change(dp, RF_MAP_INODES, &found->data, RF_CHANGE_TAKE, take);
}

int rf_datapath_unmark_inode(struct rf_datapath *dp, int fd, __u64 read, __u64 written)
{
	const struct rf_mark take = { .read = read, .written = written };
	struct rf_identified found;
	int err;

	err = rf_request_identify(dp, &fd, &found, 1);
	if (err)
		return err;
	return take_layers(dp, &found, &take);
}

int rf_datapath_unmark_beside(struct rf_datapath *dp, int fd)
{
	const struct rf_mark take = { .written = ~0ULL };
	struct rf_identified found;
	int err;

	err = rf_request_identify(dp, &fd, &found, 1);
	if (err)
		return err;
	beside(&found);
	err = rf_mark_change(dp, RF_MAP_INODES, &found.key, RF_CHANGE_TAKE, &take);
	if (err)
		return err;
	attributes(&found);
	return take_layers(dp, &found, &take);
}

int rf_datapath_walk_begin(struct rf_datapath *dp)
{
	struct rf_process self;
	int err = rf_datapath_process(dp, getpid(), &self);

	if (!err)
		__atomic_store_n(&rf_object_state(dp->object)->walker, self.holder,
				 __ATOMIC_SEQ_CST);
	return err;
}

void rf_datapath_walk_end(struct rf_datapath *dp)
{
	__atomic_store_n(&rf_object_state(dp->object)->walker, 0, __ATOMIC_SEQ_CST);
}
