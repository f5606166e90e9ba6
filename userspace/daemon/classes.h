/* SPDX-License-Identifier: GPL-2.0 */
/*
 * classes.h - which bit of a label is which class
 *
 * A name keeps its bit, and a bit is not given to another name while anything
 * may still hold it, that is until the next boot. The names are kept on disk
 * with the boot they belong to.
 */
#ifndef RF_CLASSES_H
#define RF_CLASSES_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "kmod/uapi/ringfence.h"

#define RF_CLASSES_FILE "classes.json"

/**
 * struct rf_classes - names by bit; an empty name is a free bit
 * @boot: the boot in which these bits may be held
 * @reserved: bits that are held, but whose names are lost
 *
 * Zeroed memory holds no class.
 */
struct rf_classes {
	char boot[37];
	uint64_t reserved;
	char name[RF_CLASS_MAX][RF_CLASS_NAME_MAX + 1];
};

/** rf_classes_load - -ENOENT if there is no such file, -EBADMSG if it is not sound */
int rf_classes_load(const char *path, struct rf_classes *classes);
int rf_classes_save(const char *path, const struct rf_classes *classes);

/** rf_classes_bit - the bit of a class, or -ENOENT */
int rf_classes_bit(const struct rf_classes *classes, const char *name);

/**
 * rf_classes_assign - give a bit to each name
 * @boot: this boot; if it is another than the one in @classes nothing holds a
 *	label yet, and names that are not asked for lose their bits
 * @bits: set to the bit of each name
 *
 * Returns 0, or -ENOSPC if there are not enough free bits; then @classes and
 * @bits are untouched.
 */
int rf_classes_assign(struct rf_classes *classes, const char *boot, const char *const *names,
		      size_t count, uint8_t *bits);

/**
 * rf_classes_text - the classes of a label as "a+b", "?N" for a bit without a
 * name, "" for none; always NUL-terminated
 */
void rf_classes_text(const struct rf_classes *classes, uint64_t label, char *text, size_t size);

/** rf_classes_json - the same as a new array of names; NULL without memory */
json_t *rf_classes_json(const struct rf_classes *classes, uint64_t label);

#endif /* RF_CLASSES_H */
