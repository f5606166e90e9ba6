/* SPDX-License-Identifier: GPL-2.0 */
/*
 * policy_country.h - the country codes that a policy may name
 */
#ifndef RF_POLICY_COUNTRY_H
#define RF_POLICY_COUNTRY_H

#include <stdbool.h>

/**
 * enum rf_country_kind - what a code stands for
 * @RF_COUNTRY_ASSIGNED: officially assigned in ISO 3166-1
 * @RF_COUNTRY_VAGUE: not a country; the region data uses it for addresses that
 *	it can place on a continent only ("EU", "AP"). In no country set.
 */
enum rf_country_kind {
	RF_COUNTRY_NONE = 0,
	RF_COUNTRY_ASSIGNED,
	RF_COUNTRY_VAGUE,
};

/** rf_country_kind - of a text; case matters, codes are upper case */
enum rf_country_kind rf_country_kind(const char *code);

/** rf_country_name - the country's English name; NULL if there is no such code */
const char *rf_country_name(const char *code);

/**
 * rf_country_suggest - the code that was probably meant
 * @text: a code in lower case or of three letters, a country's name in any
 *	case, or either with a slip
 *
 * Returns a constant, or NULL.
 */
const char *rf_country_suggest(const char *text);

#endif /* RF_POLICY_COUNTRY_H */
