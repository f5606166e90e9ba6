// SPDX-License-Identifier: GPL-2.0
/*
 * declassifier.c - is the file on this host what a policy may trust with a
 * declassifier's powers?
 */
#include "userspace/lib/declassifier.h"

#include <errno.h>
#include <limits.h>
#include <linux/fsverity.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct examination {
	const struct rf_policy *policy;
	const struct rf_policy_declassifier *declassifier;
	struct rf_diagnostics *diagnostics;
	int fd;
};

static void __attribute__((format(printf, 4, 5)))
found(const struct examination *examination, enum rf_severity severity, const char *hint,
      const char *format, ...)
{
	const struct rf_pos *pos = &examination->declassifier->pos;
	const struct rf_diagnostic_place place = {
		.file = rf_policy_pos_file(examination->policy, pos),
		.line = pos->line,
		.column = pos->column,
	};
	char what[256];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	rf_diagnostics_add(examination->diagnostics, severity, 0, &place, hint,
			   "declassifier %s: %s", examination->declassifier->program, what);
}

static bool check_program(const struct examination *examination, enum rf_severity severity)
{
	struct stat st;
	char head[2];

	if (fstat(examination->fd, &st)) {
		found(examination, severity, NULL, "%s", strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111)) {
		found(examination, severity, NULL, "not an executable file");
		return false;
	}
	if (pread(examination->fd, head, 2, 0) == 2 && !memcmp(head, "#!", 2)) {
		found(examination, severity,
		      "name a compiled program: what runs is the script's interpreter, for whoever "
		      "calls it",
		      "a script cannot be a declassifier");
		return false;
	}
	return true;
}

static bool check_digest(const struct examination *examination, enum rf_severity severity)
{
	struct {
		struct fsverity_digest head;
		uint8_t digest[64];
	} measured = { .head.digest_size = sizeof(measured.digest) };
	int err = ioctl(examination->fd, FS_IOC_MEASURE_VERITY, &measured) ? errno : 0;

	if (err) {
		found(examination, severity, "see: fsverity enable",
		      err == ENODATA			 ? "fs-verity is not enabled for the file" :
		      err == ENOTTY || err == EOPNOTSUPP ? "its file system has no fs-verity" :
							   "its digest cannot be measured");
		return false;
	}
	if (measured.head.digest_algorithm == FS_VERITY_HASH_ALG_SHA256 &&
	    measured.head.digest_size == RF_POLICY_DIGEST_LEN &&
	    !memcmp(measured.digest, examination->declassifier->digest, RF_POLICY_DIGEST_LEN))
		return true;
	found(examination, severity, "see: fsverity measure", "the file has another digest");
	return false;
}

/* In a sticky directory nobody else can take away what root has there. */
static bool others_write(const struct stat *st)
{
	if (st->st_uid)
		return true;
	if (S_ISDIR(st->st_mode) && st->st_mode & S_ISVTX)
		return false;
	return st->st_mode & S_IWOTH || (st->st_mode & S_IWGRP && st->st_gid);
}

/* The file, then each directory above it. */
static void warn_writable(const struct examination *examination)
{
	char path[PATH_MAX], link[32];
	struct stat st;
	ssize_t len;
	char *slash;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", examination->fd);
	len = readlink(link, path, sizeof(path) - 1);
	if (len <= 0 || path[0] != '/')
		return;
	path[len] = '\0';
	while (stat(path, &st) || !others_write(&st)) {
		slash = strrchr(path, '/');
		if (!strcmp(path, "/"))
			return;
		slash[slash == path] = '\0';
	}
	found(examination, RF_SEVERITY_WARNING,
	      "who can write there can declassify; make it root's, or give its digest",
	      "%.200s can be written to by others than root", path);
}

bool rf_declassifier_examine(const struct rf_policy *policy,
			     const struct rf_policy_declassifier *declassifier, int fd,
			     enum rf_severity severity, struct rf_diagnostics *diagnostics)
{
	const struct examination examination = { policy, declassifier, diagnostics, fd };

	if (!check_program(&examination, severity))
		return false;
	if (declassifier->has_digest)
		return check_digest(&examination, severity);
	warn_writable(&examination);
	return true;
}
