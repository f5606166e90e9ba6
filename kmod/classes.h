/* SPDX-License-Identifier: GPL-2.0 */
/*
 * names of the bits of a label
 *
 * Bits mean something in one boot only, names always: what outlives the boot is
 * written with names.
 */
#ifndef RF_CLASSES_H
#define RF_CLASSES_H

#include <linux/types.h>

#include "uapi/ringfence.h"

/**
 * rf_classes_set() - replace all names
 * @classes: checked here
 *
 * Context: process; may sleep.
 * Return: 0, -EINVAL (ABI, a name that struct rf_ioc_classes forbids), -ENOMEM.
 *	On error nothing changes.
 */
int rf_classes_set(const struct rf_ioc_classes *classes);

/* Forgets all names; after everything that asks is gone. May sleep. */
void rf_classes_exit(void);

/**
 * rf_classes_bit() - the bit of a class
 * @name: @len bytes, which need no NUL behind them
 *
 * Context: any.
 * Return: 0..RF_CLASS_MAX-1, or -ENOENT.
 */
int rf_classes_bit(const char *name, size_t len);

/**
 * rf_classes_name() - the class of a bit
 * @bit: 0..RF_CLASS_MAX-1
 * @name: room for RF_CLASS_NAME_MAX + 1 bytes
 *
 * Context: any.
 * Return: its length, or -ENOENT.
 */
int rf_classes_name(unsigned int bit, char *name);

#endif /* RF_CLASSES_H */
