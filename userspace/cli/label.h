/* SPDX-License-Identifier: GPL-2.0 */
/*
 * label.h - labels as people write them: CLASS[+CLASS]
 */
#ifndef RF_CLI_LABEL_H
#define RF_CLI_LABEL_H

#include <jansson.h>

#include "bpf/decide.h"
#include "userspace/lib/compiled.h"

/**
 * rf_label_names - the classes of a label, a new JSON array
 *
 * NULL if one of them cannot be the name of a class, after saying so on
 * stderr: a label without it would allow more.
 */
json_t *rf_label_names(const char *command, const char *text);

/**
 * rf_label_decide - may data with these classes go to an address?
 * @names: a JSON array; one that the policy does not have denies, as in the kernel
 * @addr: network byte order, IPv4 as ::ffff:a.b.c.d
 * @label: the bits of the classes; 0 if the policy lacks one
 */
struct rf_decision rf_label_decide(const struct rf_compiled *compiled, const json_t *names,
				   const uint8_t addr[16], uint64_t *label);

#endif /* RF_CLI_LABEL_H */
