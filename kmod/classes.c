// SPDX-License-Identifier: GPL-2.0
/*
 * names of the bits of a label
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "classes.h"

struct rf_classes {
	struct rcu_head rcu;
	char name[RF_CLASS_MAX][RF_CLASS_NAME_MAX + 1];
};

static DEFINE_MUTEX(rf_classes_lock);
static struct rf_classes __rcu *rf_classes_now;

static bool rf_class_name_valid(const char *name)
{
	size_t i, len = strnlen(name, RF_CLASS_NAME_MAX + 1);

	if (len > RF_CLASS_NAME_MAX)
		return false;
	for (i = 0; i < len; i++) {
		if (!isascii(name[i]) || !isgraph(name[i]))
			return false;
	}
	return true;
}

static int rf_class_find(const struct rf_classes *classes, const char *name, size_t len)
{
	int i;

	if (!len || len > RF_CLASS_NAME_MAX)
		return -ENOENT;
	for (i = 0; i < RF_CLASS_MAX; i++) {
		if (!strncmp(classes->name[i], name, len) && !classes->name[i][len])
			return i;
	}
	return -ENOENT;
}

/* Each name is sound, and found nowhere but at its own bit. */
static bool rf_classes_valid(const struct rf_classes *classes)
{
	int i;

	for (i = 0; i < RF_CLASS_MAX; i++) {
		if (!rf_class_name_valid(classes->name[i]))
			return false;
	}
	for (i = 0; i < RF_CLASS_MAX; i++) {
		const char *name = classes->name[i];

		if (*name && rf_class_find(classes, name, strlen(name)) != i)
			return false;
	}
	return true;
}

int rf_classes_set(const struct rf_ioc_classes *classes)
{
	struct rf_classes *old, *new;

	if (classes->abi != RF_ABI_VERSION || classes->pad)
		return -EINVAL;

	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	memcpy(new->name, classes->name, sizeof(new->name));
	if (!rf_classes_valid(new)) {
		kfree(new);
		return -EINVAL;
	}

	mutex_lock(&rf_classes_lock);
	old = rcu_replace_pointer(rf_classes_now, new, lockdep_is_held(&rf_classes_lock));
	mutex_unlock(&rf_classes_lock);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

void rf_classes_exit(void)
{
	kfree(rcu_dereference_protected(rf_classes_now, true));
}

int rf_classes_bit(const char *name, size_t len)
{
	const struct rf_classes *classes;
	int bit = -ENOENT;

	rcu_read_lock();
	classes = rcu_dereference(rf_classes_now);
	if (classes)
		bit = rf_class_find(classes, name, len);
	rcu_read_unlock();
	return bit;
}

int rf_classes_name(unsigned int bit, char *name)
{
	const struct rf_classes *classes;
	int len = 0;

	rcu_read_lock();
	classes = rcu_dereference(rf_classes_now);
	if (classes)
		len = strscpy(name, classes->name[bit], RF_CLASS_NAME_MAX + 1);
	rcu_read_unlock();
	return len > 0 ? len : -ENOENT;
}
