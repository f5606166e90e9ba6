// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_kernel.c - what the kernel offers
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "userspace/cli/doctor.h"

#define CGROUP2_MAGIC 0x63677270
#define BPFFS_MAGIC 0xcafe4a11
#define OLDEST_MAJOR 6
#define OLDEST_MINOR 1

bool rf_doctor_read(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	bool ok;

	if (!file)
		return false;
	ok = fgets(text, (int)size, file) != NULL;
	fclose(file);
	if (ok)
		text[strcspn(text, "\n")] = '\0';
	return ok;
}

static void version(struct rf_doctor *doctor)
{
	int major = 0, minor = 0;
	struct utsname name;
	bool ok;

	uname(&name);
	sscanf(name.release, "%d.%d", &major, &minor);
	ok = major > OLDEST_MAJOR || (major == OLDEST_MAJOR && minor >= OLDEST_MINOR);
	rf_doctor_say(doctor, ok ? RF_FINDING_OK : RF_FINDING_MISSING, "kernel",
		      "run Debian's kernel 6.1 or 6.12", "%s", name.release);
}

static void btf(struct rf_doctor *doctor)
{
	bool ok = !access("/sys/kernel/btf/vmlinux", R_OK);

	rf_doctor_say(doctor, ok ? RF_FINDING_OK : RF_FINDING_MISSING, "btf",
		      "the kernel needs CONFIG_DEBUG_INFO_BTF=y, as Debian's has",
		      ok ? "the kernel describes its types" : "no /sys/kernel/btf/vmlinux");
}

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);
	const char *at;

	for (at = list; (at = strstr(at, word)); at += len)
		if ((at == list || at[-1] == ',') && (!at[len] || at[len] == ','))
			return true;
	return false;
}

static void lsm(struct rf_doctor *doctor)
{
	char list[512], todo[768];

	if (!rf_doctor_read("/sys/kernel/security/lsm", list, sizeof(list))) {
		rf_doctor_say(
			doctor, RF_FINDING_MISSING, "bpf-lsm",
			"as root: mount -t securityfs none /sys/kernel/security, and look again",
			"cannot read /sys/kernel/security/lsm");
		return;
	}
	snprintf(todo, sizeof(todo),
		 "boot with lsm=%s,bpf (in /etc/default/grub, then update-grub)", list);
	rf_doctor_say(doctor, has_word(list, "bpf") ? RF_FINDING_OK : RF_FINDING_MISSING, "bpf-lsm",
		      todo, "active: %s", list);
}

static void ftrace(struct rf_doctor *doctor)
{
	char value[8];
	bool ok = !rf_doctor_read("/proc/sys/kernel/ftrace_enabled", value, sizeof(value)) ||
		  *value != '0';

	rf_doctor_say(doctor, ok ? RF_FINDING_OK : RF_FINDING_MISSING, "ftrace",
		      "as root: sysctl kernel.ftrace_enabled=1",
		      ok ? "the kernel calls programs where they are attached" :
			   "kernel.ftrace_enabled is 0: no program is called but at the packet");
}

static void file_system(struct rf_doctor *doctor, const char *what, const char *path, long magic,
			const char *todo)
{
	struct statfs fs;
	bool ok = !statfs(path, &fs) && (unsigned long)fs.f_type == (unsigned long)magic;

	rf_doctor_say(doctor, ok ? RF_FINDING_OK : RF_FINDING_MISSING, what, todo,
		      ok ? "at %s" : "not mounted at %s", path);
}

void rf_doctor_kernel(struct rf_doctor *doctor)
{
	version(doctor);
	btf(doctor);
	lsm(doctor);
	ftrace(doctor);
	file_system(doctor, "cgroup2", "/sys/fs/cgroup", CGROUP2_MAGIC,
		    "boot with systemd.unified_cgroup_hierarchy=1");
	file_system(doctor, "bpffs", "/sys/fs/bpf", BPFFS_MAGIC,
		    "mount -t bpf bpf /sys/fs/bpf (systemd does it at boot)");
}
