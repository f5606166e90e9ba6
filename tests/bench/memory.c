// SPDX-License-Identifier: GPL-2.0
/*
 * memory.c - what maps take of the kernel's memory
 */
#include "tests/bench/bench.h"

#include <unistd.h>

uint64_t bench_map_bytes(int map)
{
	unsigned long long bytes = 0;
	char path[64], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", map);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "memlock: %llu", &bytes) == 1)
			break;
	if (file)
		fclose(file);
	return bytes;
}

uint64_t bench_kernel_bytes(void)
{
	unsigned long long sum = 0, kibibytes;
	char line[128];
	FILE *file;

	usleep(20000); /* what is freed is given back by a worker */
	file = fopen("/proc/meminfo", "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Slab: %llu", &kibibytes) == 1 ||
		    sscanf(line, "VmallocUsed: %llu", &kibibytes) == 1)
			sum += kibibytes * 1024;
	if (file)
		fclose(file);
	return sum;
}
