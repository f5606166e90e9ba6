/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /sys/kernel/security/ringfence/state
 *
 * Lines "key value", for people and programs; keys that a reader does not
 * know are to be skipped:
 *
 *	state armed			quarantine, armed or disarmed
 *	abi 1				RF_ABI_VERSION of the module
 *	generation 12			as armed; 0 if nothing is held
 *	links 6				held
 *	attached 6			of those, still attached
 *	quarantined 0			packets dropped since load
 *	keeps 1				BPF programs can keep labels with files
 *	kept 0				attributes written since load
 *	ended 0				processes that could not keep a label
 *	management 10.0.0.0/24		once per prefix that stays open
 */
#ifndef RF_SECURITYFS_H
#define RF_SECURITYFS_H

/* Make and remove the files. May sleep. Return: 0 or a negative errno. */
int rf_securityfs_init(void);
void rf_securityfs_exit(void);

#endif /* RF_SECURITYFS_H */
