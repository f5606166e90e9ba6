/* SPDX-License-Identifier: GPL-2.0 */
/*
 * warning.h - what a library said last, where it tells a callback without
 * context and not its caller; one for each thread
 */
#ifndef RF_WARNING_H
#define RF_WARNING_H

#include <stdarg.h>

void rf_warning_forget(void);

/*
 * Keeps the end of the text, its lines joined with "|". The first one counts, or
 * the last that has a verifier's log: those in between only repeat that it failed.
 */
void rf_warning_keep(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/* Never NULL; valid until the next call of this thread. */
const char *rf_warning_last(void);

#endif /* RF_WARNING_H */
