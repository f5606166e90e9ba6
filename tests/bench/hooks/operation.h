/* SPDX-License-Identifier: GPL-2.0 */
/*
 * operation.h - what is measured, instruction by instruction
 */
#ifndef OPERATION_H
#define OPERATION_H

#include <stddef.h>

/* Where the VM's script has made one of each file system, see there */
#define BENCH_ROOT "/run/bench/"

/**
 * struct operation - one row of the table
 * @title: what is done, as the table says it
 * @batch: how often between two looks at the clock; a quick operation as
 *	often as fits between two ticks, so that most batches have none
 * @path: the file that it is done to, if it is one
 * @begin: opens what @once needs; NULL for nothing
 * @once: the operation. -1 with errno if it is refused
 * @end: closes what @begin opened
 */
struct operation {
	const char *title;
	unsigned int batch;
	const char *path;
	int (*begin)(const struct operation *operation);
	int (*once)(const struct operation *operation);
	void (*end)(void);
};

extern const struct operation file_operations[], channel_operations[], process_operations[];
extern const size_t file_operation_count, channel_operation_count, process_operation_count;

/* How a program is told to do nothing at all, for the row that executes one. */
#define BENCH_NOTHING "nothing"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

#endif /* OPERATION_H */
