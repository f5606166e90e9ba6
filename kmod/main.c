// SPDX-License-Identifier: GPL-2.0
/*
 * load and unload of ringfence.ko, the anchor
 *
 * From its load the host is in quarantine; see anchor.h for what follows.
 */
#define pr_fmt(fmt) "ringfence: " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "classes.h"
#include "device.h"
#include "gate.h"
#include "held.h"
#include "kfunc.h"
#include "management.h"
#include "securityfs.h"

static char *management;
module_param(management, charp, 0444);
MODULE_PARM_DESC(management, "networks open in quarantine: ADDRESS/LENGTH,ADDRESS/LENGTH,...");

static int __init rf_init(void)
{
	int err;

	err = rf_management_init(management);
	if (err)
		return err;

	err = rf_securityfs_init();
	if (err)
		goto out_management;

	err = rf_device_init();
	if (err)
		goto out_securityfs;

	/* The gate shuts last: a load that fails must not cut the host off. */
	err = rf_gate_init();
	if (err)
		goto out_device;

	rf_kfunc_init();
	pr_info("loaded: quarantine until a policy is armed\n");
	return 0;

out_device:
	rf_device_exit();
out_securityfs:
	rf_securityfs_exit();
out_management:
	rf_management_exit();
	return err;
}

/* Nothing is held here: holding links holds the module, see rf_anchor_arm(). */
static void __exit rf_exit(void)
{
	rf_gate_exit();
	rf_device_exit();
	rf_securityfs_exit();
	rf_management_exit();
	rf_classes_exit();
	rf_held_exit();
	pr_info("unloaded\n");
}

module_init(rf_init);
module_exit(rf_exit);

MODULE_DESCRIPTION("Ringfence anchor: holds BPF enforcement, quarantines the host without it");
MODULE_AUTHOR("The Ringfence authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
/* bpf_link_get_from_fd() is in this namespace on 6.12, in none on 6.1. */
MODULE_IMPORT_NS(BPF_INTERNAL);
