/* SPDX-License-Identifier: GPL-2.0 */
/*
 * who changed the anchor, in the audit trail and the kernel log
 */
#ifndef RF_AUDIT_H
#define RF_AUDIT_H

#include <linux/types.h>

/* The calling process armed a generation. May sleep. */
void rf_audit_arm(u64 generation);

/* The calling process stopped it; @generation was armed, 0 for none. May sleep. */
void rf_audit_disarm(u64 generation);

/* The calling process replaced the management prefixes. May sleep. */
void rf_audit_management(u32 prefixes);

/*
 * Of @links links only @attached still work. Any context: a packet finds out,
 * and whose packet it was says nothing about who did it.
 */
void rf_audit_broken(u32 links, u32 attached);

#endif /* RF_AUDIT_H */
