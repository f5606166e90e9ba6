/* SPDX-License-Identifier: GPL-2.0 */
/*
 * declassifier.h - is the file on this host what a policy may trust with a
 * declassifier's powers?
 */
#ifndef RF_DECLASSIFIER_H
#define RF_DECLASSIFIER_H

#include "userspace/lib/policy.h"

/**
 * rf_declassifier_examine - look at a declassifier's program
 * @fd: the program, open for reading
 * @severity: of what makes it none
 * @diagnostics: gets what was found, at the place in the policy
 *
 * It has to be a compiled program: the kernel executes a script's interpreter.
 * With a digest, it has to have that; without, a warning says who else than
 * root could put another program there. Returns false if it can't be one.
 */
bool rf_declassifier_examine(const struct rf_policy *policy,
			     const struct rf_policy_declassifier *declassifier, int fd,
			     enum rf_severity severity, struct rf_diagnostics *diagnostics);

#endif /* RF_DECLASSIFIER_H */
