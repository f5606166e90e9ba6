// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/security/ringfence/state
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/seq_file.h>

#include "anchor.h"
#include "gate.h"
#include "held.h"
#include "keep.h"
#include "kfunc.h"
#include "management.h"
#include "securityfs.h"

static struct dentry *rf_securityfs_dir;
static struct dentry *rf_securityfs_state;

static int rf_state_show(struct seq_file *m, void *unused)
{
	struct rf_ioc_status status;

	rf_gate_status(&status);
	seq_printf(m, "state %s\n", rf_anchor_state_name(status.state));
	seq_printf(m, "abi %u\n", status.abi);
	seq_printf(m, "generation %llu\n", status.generation);
	seq_printf(m, "links %u\n", status.links);
	seq_printf(m, "attached %u\n", status.attached);
	seq_printf(m, "quarantined %llu\n", status.quarantined);
	seq_printf(m, "keeps %d\n", rf_kfunc_offered());
	seq_printf(m, "kept %llu\n", rf_keep_count());
	seq_printf(m, "ended %llu\n", rf_held_ended());
	rf_management_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(rf_state);

int rf_securityfs_init(void)
{
	struct dentry *dir, *state;

	dir = securityfs_create_dir("ringfence", NULL);
	if (IS_ERR(dir))
		return PTR_ERR(dir);

	state = securityfs_create_file("state", 0444, dir, NULL, &rf_state_fops);
	if (IS_ERR(state)) {
		securityfs_remove(dir);
		return PTR_ERR(state);
	}
	rf_securityfs_dir = dir;
	rf_securityfs_state = state;
	return 0;
}

void rf_securityfs_exit(void)
{
	securityfs_remove(rf_securityfs_state);
	securityfs_remove(rf_securityfs_dir);
}
