// SPDX-License-Identifier: GPL-2.0
/*
 * quarantine, armed, disarmed: the state and what changes it
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>

#include "anchor.h"
#include "audit.h"
#include "hold.h"

/* Orders arm and disarm; packets read the two variables below without it. */
static DEFINE_MUTEX(rf_anchor_lock);

/*
 * The state is derived and never stored, so that a packet which finds a link
 * gone cannot overwrite the arm that happens at the same time: with a hold it
 * is the hold's, without one it is what rf_anchor_disarmed says.
 */
static struct rf_hold __rcu *rf_anchor_hold;
static bool rf_anchor_disarmed;

static const char *const rf_anchor_state_names[] = {
	[RF_ANCHOR_QUARANTINE] = "quarantine",
	[RF_ANCHOR_ARMED] = "armed",
	[RF_ANCHOR_DISARMED] = "disarmed",
};

const char *rf_anchor_state_name(u32 state)
{
	static_assert(ARRAY_SIZE(rf_anchor_state_names) == RF_ANCHOR_MAX);

	return state < RF_ANCHOR_MAX ? rf_anchor_state_names[state] : "unknown";
}

static u32 rf_anchor_state(struct rf_hold *hold)
{
	if (!hold)
		return READ_ONCE(rf_anchor_disarmed) ? RF_ANCHOR_DISARMED : RF_ANCHOR_QUARANTINE;
	if (likely(rf_hold_intact(hold)))
		return RF_ANCHOR_ARMED;
	if (rf_hold_break(hold))
		rf_audit_broken(rf_hold_links(hold), rf_hold_attached(hold));
	return RF_ANCHOR_QUARANTINE;
}

bool rf_anchor_open(void)
{
	return rf_anchor_state(rcu_dereference(rf_anchor_hold)) != RF_ANCHOR_QUARANTINE;
}

static struct rf_hold *rf_anchor_swap(struct rf_hold *new)
{
	return rcu_replace_pointer(rf_anchor_hold, new, lockdep_is_held(&rf_anchor_lock));
}

/* Packets in flight may still look at the links: not before they are through. */
static void rf_anchor_let_go(struct rf_hold *old)
{
	if (!old)
		return;
	synchronize_rcu();
	rf_hold_release(old);
}

int rf_anchor_arm(const struct rf_ioc_arm *arm)
{
	struct rf_hold *old, *new;

	if (arm->abi != RF_ABI_VERSION)
		return -EINVAL;

	new = rf_hold_take(arm->link_fds, arm->count, arm->generation);
	if (IS_ERR(new))
		return PTR_ERR(new);

	mutex_lock(&rf_anchor_lock);
	old = rf_anchor_swap(new);
	WRITE_ONCE(rf_anchor_disarmed, false);
	/* Safe: the caller's open device holds a reference already. */
	if (!old)
		__module_get(THIS_MODULE);
	rf_audit_arm(arm->generation);
	mutex_unlock(&rf_anchor_lock);

	rf_anchor_let_go(old);
	return 0;
}

void rf_anchor_disarm(void)
{
	struct rf_hold *old;

	mutex_lock(&rf_anchor_lock);
	/* In this order, or packets between the two lines would be dropped. */
	WRITE_ONCE(rf_anchor_disarmed, true);
	old = rf_anchor_swap(NULL);
	if (old)
		module_put(THIS_MODULE);
	rf_audit_disarm(old ? rf_hold_generation(old) : 0);
	mutex_unlock(&rf_anchor_lock);

	rf_anchor_let_go(old);
}

void rf_anchor_status(struct rf_ioc_status *status)
{
	struct rf_hold *hold;

	mutex_lock(&rf_anchor_lock);
	hold = rcu_dereference_protected(rf_anchor_hold, lockdep_is_held(&rf_anchor_lock));
	*status = (struct rf_ioc_status){
		.abi = RF_ABI_VERSION,
		.state = rf_anchor_state(hold),
		.links = hold ? rf_hold_links(hold) : 0,
		.attached = hold ? rf_hold_attached(hold) : 0,
		.generation = hold ? rf_hold_generation(hold) : 0,
	};
	mutex_unlock(&rf_anchor_lock);
}
