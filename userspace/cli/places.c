// SPDX-License-Identifier: GPL-2.0
/*
 * places.c - where the daemon's files are
 */
#include "userspace/cli/places.h"

#include <dirent.h>

struct rf_places rf_places = RF_PLACES_DEFAULT;

int rf_places_pins(void)
{
	DIR *dir = opendir(rf_places.pin_dir);
	struct dirent *entry;
	int count = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}
