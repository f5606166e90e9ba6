// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_module.c - the module: loaded? loadable? how to sign it
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "userspace/cli/doctor.h"
#include "userspace/lib/anchor.h"
#include "userspace/lib/word.h"

#define SECURE_BOOT "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define HOW_TO_SIGN                                                                                  \
	"sign it: mokutil --import /var/lib/dkms/mok.pub, reboot and enrol the key, then "           \
	"dkms install ringfence (DKMS signs), or: /usr/lib/linux-kbuild-*/scripts/sign-file sha256 " \
	"KEY CERT ringfence.ko"

/* Four bytes of attributes, then one: 1 is on. */
static bool secure_boot(void)
{
	FILE *file = fopen(SECURE_BOOT, "re");
	unsigned char bytes[5] = { 0 };
	bool on;

	if (!file)
		return false;
	on = fread(bytes, 1, sizeof(bytes), file) == sizeof(bytes) && bytes[4] == 1;
	fclose(file);
	return on;
}

/* "none [integrity] confidentiality": the word in brackets; "" if not known. */
static void lockdown_level(char level[32])
{
	char line[128] = "";
	char *open, *close;

	level[0] = '\0';
	if (!rf_doctor_read("/sys/kernel/security/lockdown", line, sizeof(line)))
		return;
	open = strchr(line, '[');
	close = open ? strchr(open, ']') : NULL;
	if (close)
		snprintf(level, 32, "%.*s", (int)(close - open - 1), open + 1);
}

static bool signature_needed(const char *lockdown)
{
	char enforce[8] = "";

	rf_doctor_read("/sys/module/module/parameters/sig_enforce", enforce, sizeof(enforce));
	return enforce[0] == 'Y' || (*lockdown && strcmp(lockdown, "none"));
}

static bool installed(void)
{
	static const char *const places[] = {
		"/lib/modules/%s/updates/ringfence/ringfence.ko",
		"/lib/modules/%s/updates/dkms/ringfence.ko",
		"/lib/modules/%s/updates/dkms/ringfence.ko.xz",
		"/lib/modules/%s/updates/ringfence.ko",
		"/lib/modules/%s/extra/ringfence.ko",
	};
	struct utsname name;
	char path[256];
	size_t i;

	uname(&name);
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), places[i], name.release);
		if (!access(path, F_OK))
			return true;
	}
	return false;
}

static void module(struct rf_doctor *doctor, bool signing)
{
	struct rf_ioc_status status;

	if (!rf_anchor_read(NULL, &status))
		rf_doctor_say(doctor, RF_FINDING_OK, "module", NULL, "loaded, %s",
			      rf_word_anchor(status.state));
	else if (!access("/sys/module", F_OK) && access("/proc/modules", F_OK))
		rf_doctor_say(
			doctor, RF_FINDING_MISSING, "module",
			"boot a kernel with CONFIG_MODULES; without the module all else works, "
			"unanchored",
			"this kernel cannot load modules");
	else if (!installed())
		rf_doctor_say(doctor, RF_FINDING_MISSING, "module",
			      "apt install linux-headers-$(uname -r), then make && make install; "
			      "without it all else works, unanchored",
			      "not installed for this kernel");
	else
		rf_doctor_say(doctor, RF_FINDING_MISSING, "module",
			      signing ? HOW_TO_SIGN : "modprobe ringfence",
			      "installed, not loaded");
}

static void labels(struct rf_doctor *doctor)
{
	if (rf_anchor_keeps())
		rf_doctor_say(doctor, RF_FINDING_OK, "labels", NULL,
			      "kept with the files, in " RF_KEEP_XATTR);
	else
		rf_doctor_say(
			doctor, RF_FINDING_MISSING, "labels",
			"load the module, built with BTF; until then labelled processes write "
			"to what outlives the boot only in trees that the policy names for "
			"all that they hold",
			"of files end with the boot");
}

void rf_doctor_module(struct rf_doctor *doctor)
{
	char lockdown[32];
	bool secure = secure_boot();
	bool signing;

	lockdown_level(lockdown);
	signing = signature_needed(lockdown);
	module(doctor, signing);
	rf_doctor_say(doctor, signing ? RF_FINDING_NOTE : RF_FINDING_OK, "signing",
		      signing ? HOW_TO_SIGN : NULL, "Secure Boot %s, lockdown %s: %s",
		      secure ? "on" : "off", *lockdown ? lockdown : "not known",
		      signing ? "only signed modules can be loaded" :
				"the module can be loaded unsigned");
	labels(doctor);
}
