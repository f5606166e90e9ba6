/* SPDX-License-Identifier: GPL-2.0 */
/*
 * policy_name.h - which names are good, and which one was meant
 */
#ifndef RF_POLICY_NAME_H
#define RF_POLICY_NAME_H

#include <stdbool.h>
#include <stddef.h>

#define RF_NAME_TEXT "1 to 63 of a-z, 0-9 and -, beginning with a letter or digit"

/**
 * rf_name_valid - is this the name of a class or region?
 *
 * See RF_NAME_TEXT. At most RF_CLASS_NAME_MAX bytes; no leading "-", so that
 * it never looks like an option or like a table's "no label".
 */
bool rf_name_valid(const char *name);

/**
 * rf_name_distance - how many slips of the pen apart two names are
 *
 * Inserted, missing, wrong and swapped neighbouring characters count one each;
 * upper and lower case are the same. Returns SIZE_MAX for names of more than
 * 64 bytes, which nobody misspells into another.
 */
size_t rf_name_distance(const char *a, const char *b);

/**
 * struct rf_name_search - the nearest of many names
 * @text: what was written
 * @best: the nearest so far, NULL if none is near enough
 * @distance: of @best
 */
struct rf_name_search {
	const char *text;
	const char *best;
	size_t distance;
};

/**
 * rf_name_consider - look at one candidate
 *
 * Near enough is one slip in short names, two from five characters on, three
 * from ten on. The first of equally near ones stays.
 */
void rf_name_consider(struct rf_name_search *search, const char *candidate);

#endif /* RF_POLICY_NAME_H */
