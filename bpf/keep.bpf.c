// SPDX-License-Identifier: GPL-2.0
/*
 * keep.bpf.c - labels that outlive the boot, in extended attributes
 *
 * The module writes and reads them: at each open, by keep.h. The programs whose
 * names begin with keep_ call it too, and are left out where it is not loaded.
 */
#include "bpf/attribute.h"
#include "bpf/guard.h"
#include "bpf/holder.h"
#include "bpf/keep.h"
#include "bpf/noted.h"
#include "bpf/unkept.h"

extern void ringfence_keep_soon(__u32 pid, __u64 label, __u32 ends) __ksym __weak;
extern void ringfence_note_soon(__u64 dentry, __u64 label, __u32 attributes,
				__u32 ends) __ksym __weak;
extern int ringfence_kept_beside(struct dentry *dentry, __u32 attributes,
				 __u64 *label) __ksym __weak;
extern int ringfence_kept_more(struct dentry *dentry, __u32 attributes, __u64 text,
			       __u64 len) __ksym __weak;

/*
 * Whoever gets a label, by whatever it does: before it is back in user space
 * what it can write is kept with it. A system call that may sleep is the only
 * place for that; who can't keep it is ended there, if it is not in audit mode.
 */
SEC("fentry/htab_lru_percpu_map_update_elem")
int BPF_PROG(rf_keep_soon, struct bpf_map *map)
{
	struct rf_unkept told = {};
	bool ends;

	if (map != (void *)&unkept)
		return 0;
	bpf_probe_read_kernel(&told, sizeof(told), (void *)ctx[1]);
	ends = told.classes & ~rf_audited();
	if (rf_node_is_channel(told.what))
		ringfence_note_soon(told.what & ~1ULL, told.classes, told.what & 1, ends);
	else
		ringfence_keep_soon(told.what, told.classes, ends);
	return 0;
}

/* --- what is beside files: see noted.h */

/* It was asked for before, to no avail, and nothing marks it. */
static __always_inline bool rf_keep_nothing_beside(const struct inode *inode, bool attributes)
{
	__u64 asked = rf_beside_channel(inode, attributes);
	struct rf_state *global = rf_state();

	return global && *rf_sieve_asked(&global->sieve, inode, attributes) == asked &&
	       !rf_beside_maybe(global, inode);
}

/* As rf_keep_learn(). -EACCES if that can't be told. */
static __noinline int rf_keep_learn_beside(struct dentry *dentry, bool attributes)
{
	const struct inode *inode = dentry->d_inode;
	struct rf_state *global = rf_state();
	struct rf_inode_key key = {};
	struct rf_mark *known;
	__u64 label = 0, added;

	rf_beside_key(inode, attributes, &key);
	known = bpf_map_lookup_elem(&inodes, &key);
	if (known && known->flags & RF_MARK_LEARNED)
		return 0;
	if (ringfence_kept_beside(dentry, attributes, &label))
		return -EACCES;
	if (!known && !label) {
		if (global && rf_keep_local(inode))
			*rf_sieve_asked(&global->sieve, inode, attributes) =
				rf_beside_channel(inode, attributes);
		return 0;
	}
	if (label && rf_written_below(inode, key.dev, label))
		return -EACCES;
	known = rf_written_or(&key, label, &added);
	if (!known)
		return -EACCES;
	__sync_fetch_and_or(&known->flags, RF_MARK_LEARNED);
	return 0;
}

static __always_inline int rf_keep_read_beside(struct dentry *dentry, bool attributes)
{
	bool nothing = rf_keep_nothing_beside(dentry->d_inode, attributes);

	/* Who could be about to set one while nobody has a label has none to give. */
	if (nothing && !rf_holders_any())
		return 0;
	if (!nothing && rf_keep_learn_beside(dentry, attributes))
		return rf_keep_unread();
	return rf_noted_read(dentry->d_inode, attributes);
}

SEC("lsm.s/inode_readlink")
int BPF_PROG(rf_keep_link, struct dentry *dentry, int ret)
{
	return ret ? 0 : rf_keep_read_beside(dentry, false) ? -EACCES : 0;
}

SEC("lsm.s/inode_getxattr")
int BPF_PROG(rf_keep_attribute, struct dentry *dentry, const char *name, int ret)
{
	if (ret || rf_attribute_is_note(name))
		return 0;
	return rf_keep_read_beside(dentry, true) ? -EACCES : 0;
}

/* --- only the module and the daemon set them */

/* Which of ours an attribute is: that of what is in the inode, of attributes, or none. */
enum rf_keep_which { RF_KEEP_NONE = 0, RF_KEEP_WRITTEN, RF_KEEP_BESIDE };

static __always_inline enum rf_keep_which rf_keep_ours(const char *name)
{
	const char ours[] = RF_KEEP_ATTRIBUTES;
	char text[sizeof(ours) + 1] = {}; /* or a longer name would be cut to ours */
	__u32 same = 0;

	bpf_probe_read_kernel_str(text, sizeof(text), name);
	while (same < sizeof(ours) && text[same] == ours[same])
		same++;
	if (same == sizeof(ours))
		return RF_KEEP_BESIDE;
	return same == sizeof(RF_KEEP_XATTR) - 1 && !text[same] ? RF_KEEP_WRITTEN : RF_KEEP_NONE;
}

/*
 * overlayfs copies a file up, with its attributes, in the name of who mounted
 * it. io_uring can lend credentials too: see rf_keep_once().
 */
static __always_inline bool rf_keep_copied(void)
{
	struct task_struct *task = rf_task_current();

	return rf_keeps && BPF_CORE_READ(task, cred) != BPF_CORE_READ(task, real_cred);
}

/* The module's own writes pass no hook. */
SEC("lsm/inode_setxattr")
int BPF_PROG(rf_guard_setxattr, void *idmap, struct dentry *dentry, const char *name,
	     const void *value, unsigned long size, int flags, int ret)
{
	if (ret || !rf_keep_ours(name) || rf_keep_copied())
		return 0;
	return rf_guard_refuse() ? -EPERM : 0;
}

/* What is there can't be replaced by less, whoever lends his name. */
SEC("lsm.s/inode_setxattr")
int BPF_PROG(rf_keep_once, void *idmap, struct dentry *dentry, const char *name, const void *value,
	     unsigned long size, int flags, int ret)
{
	enum rf_keep_which ours = rf_keep_ours(name);
	__u64 text = 0;

	/* 6.1 lets no program load an argument that is a void pointer. */
	bpf_probe_read_kernel(&text, sizeof(text), &ctx[3]);
	if (ret || !ours || !ringfence_kept_more(dentry, ours == RF_KEEP_BESIDE, text, size))
		return 0;
	return rf_guard_refuse() ? -EPERM : 0;
}

SEC("lsm/inode_removexattr")
int BPF_PROG(rf_guard_removexattr, void *idmap, struct dentry *dentry, const char *name, int ret)
{
	if (ret || !rf_keep_ours(name))
		return 0;
	return rf_guard_refuse() ? -EPERM : 0;
}
