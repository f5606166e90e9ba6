// SPDX-License-Identifier: GPL-2.0
/*
 * prefixes that stay open in quarantine
 */
#define pr_fmt(fmt) "ringfence: " fmt

#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "audit.h"
#include "management.h"

#define RF_V4_BITS 96 /* of ::ffff:0.0.0.0/96, in front of an IPv4 address */

struct rf_management {
	struct rcu_head rcu;
	u32 count;
	struct rf_prefix prefix[RF_MANAGEMENT_MAX];
};

static struct rf_management *rf_management_param;

static DEFINE_MUTEX(rf_management_lock);
static struct rf_management __rcu *rf_management_policy;

static const struct in6_addr *rf_prefix_addr(const struct rf_prefix *prefix)
{
	return (const struct in6_addr *)prefix->addr;
}

static bool rf_prefix_is_v4(const struct rf_prefix *prefix)
{
	return prefix->len >= RF_V4_BITS && ipv6_addr_v4mapped(rf_prefix_addr(prefix));
}

static bool rf_prefix_covers(const struct rf_prefix *prefix, const struct in6_addr *addr)
{
	/* Or a short IPv6 prefix would cover the mapped form of all of IPv4. */
	if (rf_prefix_is_v4(prefix) != ipv6_addr_v4mapped(addr))
		return false;
	return ipv6_prefix_equal(rf_prefix_addr(prefix), addr, prefix->len);
}

static bool rf_prefix_valid(const struct rf_prefix *prefix)
{
	struct in6_addr network;

	if (prefix->len > 128 || memchr_inv(prefix->pad, 0, sizeof(prefix->pad)))
		return false;
	ipv6_addr_prefix(&network, rf_prefix_addr(prefix), prefix->len);
	return ipv6_addr_equal(&network, rf_prefix_addr(prefix));
}

/* Decimal digits and nothing else: kstrtou8() would let "+8" pass. */
static int rf_prefix_parse_len(const char *text, u8 max, u8 *len)
{
	u8 value;

	if (!isdigit(*text) || kstrtou8(text, 10, &value) || value > max)
		return -EINVAL;
	*len = value;
	return 0;
}

static int rf_prefix_parse(const char *text, struct rf_prefix *prefix)
{
	struct rf_prefix result = {};
	const char *end;
	u8 len;

	if (in4_pton(text, -1, result.addr + 12, '/', &end)) {
		if (*end != '/' || rf_prefix_parse_len(end + 1, 32, &len))
			return -EINVAL;
		result.addr[10] = 0xff;
		result.addr[11] = 0xff;
		result.len = RF_V4_BITS + len;
	} else if (in6_pton(text, -1, result.addr, '/', &end)) {
		if (*end != '/' || rf_prefix_parse_len(end + 1, 128, &result.len))
			return -EINVAL;
	} else {
		return -EINVAL;
	}
	if (!rf_prefix_valid(&result))
		return -EINVAL;
	*prefix = result;
	return 0;
}

static int rf_management_parse(struct rf_management *list, char *text)
{
	char *word;

	while ((word = strsep(&text, ","))) {
		if (list->count == RF_MANAGEMENT_MAX) {
			pr_err("management: more than %d prefixes\n", RF_MANAGEMENT_MAX);
			return -E2BIG;
		}
		if (rf_prefix_parse(word, &list->prefix[list->count])) {
			pr_err("management: \"%s\": not ADDRESS/LENGTH of a network\n", word);
			return -EINVAL;
		}
		list->count++;
	}
	return 0;
}

int rf_management_init(const char *text)
{
	struct rf_management *list;
	char *copy;
	int err;

	if (!text || !*text)
		return 0;

	list = kzalloc(sizeof(*list), GFP_KERNEL);
	copy = kstrdup(text, GFP_KERNEL);
	err = list && copy ? rf_management_parse(list, copy) : -ENOMEM;
	kfree(copy);
	if (err)
		kfree(list);
	else
		rf_management_param = list;
	return err;
}

void rf_management_exit(void)
{
	kfree(rcu_dereference_protected(rf_management_policy, true));
	kfree(rf_management_param);
}

int rf_management_set(const struct rf_ioc_management *management)
{
	struct rf_management *old, *new;
	u32 i;

	if (management->abi != RF_ABI_VERSION || management->count > RF_MANAGEMENT_MAX)
		return -EINVAL;
	for (i = 0; i < management->count; i++) {
		if (!rf_prefix_valid(&management->prefixes[i]))
			return -EINVAL;
	}

	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	new->count = management->count;
	memcpy(new->prefix, management->prefixes, new->count * sizeof(new->prefix[0]));

	mutex_lock(&rf_management_lock);
	old = rcu_replace_pointer(rf_management_policy, new, lockdep_is_held(&rf_management_lock));
	rf_audit_management(new->count);
	mutex_unlock(&rf_management_lock);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

static bool rf_management_list_covers(const struct rf_management *list, const struct in6_addr *addr)
{
	u32 i;

	if (!list)
		return false;
	for (i = 0; i < list->count; i++) {
		if (rf_prefix_covers(&list->prefix[i], addr))
			return true;
	}
	return false;
}

static bool rf_management_covers(const struct in6_addr *addr)
{
	return rf_management_list_covers(rf_management_param, addr) ||
	       rf_management_list_covers(rcu_dereference(rf_management_policy), addr);
}

bool rf_management_covers_v6(const struct in6_addr *addr)
{
	/* An IPv6 packet to a mapped address is no IPv4 packet. */
	return !ipv6_addr_v4mapped(addr) && rf_management_covers(addr);
}

bool rf_management_covers_v4(__be32 addr)
{
	struct in6_addr mapped;

	ipv6_addr_set_v4mapped(addr, &mapped);
	return rf_management_covers(&mapped);
}

static void rf_management_list_show(struct seq_file *m, const struct rf_management *list)
{
	const struct rf_prefix *prefix;
	u32 i;

	for (i = 0; list && i < list->count; i++) {
		prefix = &list->prefix[i];
		if (rf_prefix_is_v4(prefix))
			seq_printf(m, "management %pI4/%u\n", prefix->addr + 12,
				   prefix->len - RF_V4_BITS);
		else
			seq_printf(m, "management %pI6c/%u\n", prefix->addr, prefix->len);
	}
}

void rf_management_show(struct seq_file *m)
{
	rcu_read_lock();
	rf_management_list_show(m, rf_management_param);
	rf_management_list_show(m, rcu_dereference(rf_management_policy));
	rcu_read_unlock();
}
