/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mounts.h - what is mounted where, in this process's mount namespace
 */
#ifndef RF_MOUNTS_H
#define RF_MOUNTS_H

/*
 * A descriptor that polls with EPOLLPRI when something was mounted or unmounted
 * since the last poll, or a negative errno. The caller closes it.
 */
int rf_mounts_watch(void);

/**
 * rf_mounts_below - each mount point strictly below a directory
 * @dir: absolute; symbolic links are followed. If it is gone, nothing is below
 * @fn: gets the path of a mount point, during the call only; nonzero ends the
 *	walk and is returned
 *
 * Returns 0 or a negative errno.
 */
int rf_mounts_below(const char *dir, int (*fn)(void *ctx, const char *target), void *ctx);

#endif /* RF_MOUNTS_H */
