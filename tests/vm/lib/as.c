// SPDX-License-Identifier: GPL-2.0
/*
 * as UID SECONDS CAPABILITIES COMMAND...: run COMMAND as UID, with no groups but
 * its own and with CAPABILITIES only ("" or names with commas between them), for
 * SECONDS at most.
 *
 * What setpriv and timeout do, in one static program: a test runs hundreds of
 * these in an emulated VM. Exits as timeout does: 124 when time was up, 125 for
 * its own failures.
 */
#include <err.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Those that tests ask for */
static const struct {
	const char *name;
	int number;
} CAPABILITIES[] = {
	{ "dac_read_search", CAP_DAC_READ_SEARCH },
	{ "net_admin", CAP_NET_ADMIN },
	{ "net_raw", CAP_NET_RAW },
};

static int number_of(const char *name)
{
	for (size_t i = 0; i < sizeof(CAPABILITIES) / sizeof(*CAPABILITIES); i++)
		if (!strcmp(CAPABILITIES[i].name, name))
			return CAPABILITIES[i].number;
	errx(125, "no such capability here: %s", name);
}

static void become(uid_t uid, char *names)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { 0 };
	char *name, *rest = names;

	if (!uid)
		return;
	if (prctl(PR_SET_KEEPCAPS, 1) || setgroups(0, NULL) || setresgid(uid, uid, uid) ||
	    setresuid(uid, uid, uid))
		err(125, "cannot become %u", uid);
	while ((name = strsep(&rest, ","))) {
		int cap = *name ? number_of(name) : -1;

		if (cap >= 0)
			data[CAP_TO_INDEX(cap)].permitted |= CAP_TO_MASK(cap);
	}
	for (int i = 0; i < 2; i++)
		data[i].effective = data[i].inheritable = data[i].permitted;
	if (syscall(SYS_capset, &header, data))
		err(125, "capset");
	for (int cap = 0; cap < 64; cap++)
		if (data[CAP_TO_INDEX(cap)].permitted & CAP_TO_MASK(cap) &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0))
			err(125, "capability %d", cap);
}

static void ignore(int number)
{
	(void)number;
}

int main(int argc, char **argv)
{
	int status;
	pid_t child;

	if (argc < 5)
		errx(125, "usage: as UID SECONDS CAPABILITIES COMMAND...");
	child = fork();
	if (child < 0)
		err(125, "fork");
	if (!child) {
		setpgid(0, 0);
		become((uid_t)atoi(argv[1]), argv[3]);
		execvp(argv[4], argv + 4);
		err(125, "%s", argv[4]);
	}
	setpgid(child, child);
	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = ignore }, NULL);
	alarm((unsigned int)atoi(argv[2]));
	if (waitpid(child, &status, 0) != child) {
		kill(-child, SIGKILL);
		waitpid(child, &status, 0);
		return 124;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
