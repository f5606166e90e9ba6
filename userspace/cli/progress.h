/* SPDX-License-Identifier: GPL-2.0 */
/*
 * progress.h - what is being done, said on stderr if it takes over a second
 */
#ifndef RF_PROGRESS_H
#define RF_PROGRESS_H

/**
 * rf_progress_say - from now on this is being done
 *
 * Shown once a second has gone by since the first call, and at once after
 * that. Not for use beside another user of SIGALRM.
 */
void rf_progress_say(const char *text);

/** rf_progress_end - nothing takes long any more */
void rf_progress_end(void);

#endif /* RF_PROGRESS_H */
