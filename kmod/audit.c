// SPDX-License-Identifier: GPL-2.0
/*
 * who changed the anchor, in the audit trail and the kernel log
 *
 * The audit records are of type KERNEL_OTHER (1316), which is there for
 * modules outside the tree: `ausearch -m KERNEL_OTHER`. audit_log_task_info()
 * writes pid, uid, login uid, session, program and context, with every name
 * encoded; in the kernel log %pE escapes what is not printable.
 */
#define pr_fmt(fmt) "ringfence: " fmt

#include <linux/audit.h>
#include <linux/cred.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "audit.h"

static void rf_audit_task(const char *op, const char *key, u64 value)
{
	char comm[TASK_COMM_LEN];
	struct audit_buffer *ab;

	get_task_comm(comm, current);
	pr_notice("%s: %s %llu, by pid %d uid %u comm \"%*pE\"\n", op, key, value,
		  task_tgid_nr(current), from_kuid(&init_user_ns, current_uid()), (int)strlen(comm),
		  comm);

	ab = audit_log_start(audit_context(), GFP_KERNEL, AUDIT_KERNEL_OTHER);
	if (!ab) /* auditing is off: the kernel log has it */
		return;
	audit_log_format(ab, "module=ringfence op=%s %s=%llu", op, key, value);
	audit_log_task_info(ab);
	audit_log_format(ab, " res=1");
	audit_log_end(ab);
}

void rf_audit_arm(u64 generation)
{
	rf_audit_task("arm", "generation", generation);
}

void rf_audit_disarm(u64 generation)
{
	rf_audit_task("disarm", "generation", generation);
}

void rf_audit_management(u32 prefixes)
{
	rf_audit_task("management", "prefixes", prefixes);
}

void rf_audit_broken(u32 links, u32 attached)
{
	pr_warn("%u of %u links gone without a disarm: quarantine\n", links - attached, links);
	audit_log(NULL, GFP_ATOMIC, AUDIT_KERNEL_OTHER,
		  "module=ringfence op=quarantine links=%u attached=%u res=1", links, attached);
}
