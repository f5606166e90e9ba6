// SPDX-License-Identifier: GPL-2.0
/*
 * key.bpf.c - flows through keys: their payloads and their names
 *
 * A channel is the struct key. A keyring is only labelled if a labelled process
 * made it: those of a user and of a session are everybody's. Which keys are in it is a
 * channel of its own: who finds a key by it obtains nothing, who lists it does.
 */
#include "bpf/flow.h"

/* The lowest bit of a reference says whether the key is possessed. */
#define RF_KEY_REF_FLAGS 1ULL

static __always_inline bool rf_key_is_ring(const struct key *key)
{
	const char *name = BPF_CORE_READ(key, type, name);
	char type[8] = {};

	bpf_probe_read_kernel_str(type, sizeof(type), name);
	return !__builtin_memcmp(type, "keyring", 8);
}

static __always_inline __u64 rf_key_links(__u64 ring)
{
	/* No object begins there. */
	return ring + 1;
}

/* Those that the kernel makes for a process when it first needs one. */
static __always_inline bool rf_key_is_implied(const struct key *key, unsigned long flags)
{
	const char *at = BPF_CORE_READ(key, description);
	char name[8] = {};

	if (!rf_key_is_ring(key))
		return false;
	bpf_probe_read_kernel_str(name, sizeof(name), at);
	return flags & KEY_ALLOC_UID_KEYRING || !__builtin_memcmp(name, "_ses\0\0\0", 8) ||
	       !__builtin_memcmp(name, "_pid\0\0\0", 8) || !__builtin_memcmp(name, "_tid\0\0\0", 8);
}

static __always_inline void rf_key_forget(__u64 key)
{
	rf_channel_forget(rf_key_links(key));
	rf_channel_forget(key);
}

SEC("lsm/key_alloc")
int BPF_PROG(rf_key_make, struct key *key, const struct cred *cred, unsigned long flags, int ret)
{
	/* One that was refused by others went without a word. */
	rf_key_forget((__u64)key);
	if (ret || rf_key_is_implied(key, flags))
		return 0;
	return rf_flow_write((__u64)key, RF_FLOW_KEY) ? -EACCES : 0;
}

/*
 * On each call that names a key or finds one, also where its own permissions are not
 * asked: who possesses a ring lists it without (KEY_DEFER_PERM_CHECK). A reference is of
 * no type that a program may load. EPERM: who possesses a key that it may not read reads
 * it all the same, if that is for want of access.
 */
SEC("lsm/key_permission")
int BPF_PROG(rf_key_use, void *ref, const struct cred *cred, __u32 need, int ret)
{
	__u64 key = 0;
	bool ring;

	if (ret)
		return 0;
	bpf_probe_read_kernel(&key, sizeof(key), ctx);
	key &= ~RF_KEY_REF_FLAGS;
	ring = rf_key_is_ring((const void *)key);
	switch (need) {
	case KEY_NEED_WRITE:
		if (rf_flow_write(ring ? rf_key_links(key) : key, RF_FLOW_KEY))
			return -EPERM;
		break;
	case KEY_NEED_SETATTR:
		if (!ring && rf_flow_write(key, RF_FLOW_KEY))
			return -EPERM;
		break;
	case KEY_NEED_READ:
	case KEY_DEFER_PERM_CHECK:
		if (ring)
			key = rf_key_links(key);
		break;
	case KEY_NEED_SEARCH:
		if (ring)
			return 0;
		break;
	}
	return rf_flow_read(key, RF_FLOW_KEY) ? -EPERM : 0;
}

/* By add_key, and by who was asked to make one for somebody else. */
SEC("fentry/generic_key_instantiate")
int BPF_PROG(rf_key_fill, struct key *key)
{
	rf_flow_must_write((__u64)key, RF_FLOW_KEY);
	return 0;
}

SEC("fentry/security_key_free")
int BPF_PROG(rf_key_free, struct key *key)
{
	rf_key_forget((__u64)key);
	return 0;
}
