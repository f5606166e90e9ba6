/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fault.h - what went wrong, for a person, beside the errno for the program
 */
#ifndef RF_FAULT_H
#define RF_FAULT_H

/**
 * struct rf_fault - one line without its newline; empty if nothing was said
 */
struct rf_fault {
	char text[512];
};

/**
 * rf_fault_set - fill in and hand back the error
 * @fault: may be NULL; a text that is too long is cut
 * @error: negative errno
 *
 * Returns @error, so that `return rf_fault_set(…)` reads as one step.
 */
int rf_fault_set(struct rf_fault *fault, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* RF_FAULT_H */
