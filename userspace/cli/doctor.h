/* SPDX-License-Identifier: GPL-2.0 */
/*
 * doctor.h - findings of `ringfence doctor`, and who makes them
 */
#ifndef RF_DOCTOR_H
#define RF_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

enum rf_finding {
	RF_FINDING_OK,
	RF_FINDING_MISSING,
	RF_FINDING_NOTE, /* worth knowing, nothing to repair */
};

struct rf_doctor {
	bool json;
	int missing;
};

/** rf_doctor_say - one line; @todo may be NULL */
void rf_doctor_say(struct rf_doctor *doctor, enum rf_finding finding, const char *what,
		   const char *todo, const char *format, ...) __attribute__((format(printf, 5, 6)));

/** rf_doctor_read - the first line of a file; false if it cannot be read */
bool rf_doctor_read(const char *path, char *text, size_t size);

void rf_doctor_kernel(struct rf_doctor *doctor); /* version, BTF, LSM, cgroup2, bpffs */
void rf_doctor_module(struct rf_doctor *doctor); /* loaded, loadable, lockdown, signing */
void rf_doctor_host(struct rf_doctor *doctor); /* region data, syslog, daemon */

#endif /* RF_DOCTOR_H */
