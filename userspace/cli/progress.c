// SPDX-License-Identifier: GPL-2.0
/*
 * progress.c - what is being done, said on stderr if it takes over a second
 */
#include "userspace/cli/progress.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static char line[256];
static volatile sig_atomic_t length;
static volatile sig_atomic_t started;
static volatile sig_atomic_t late;

static void show(void)
{
	ssize_t n = write(STDERR_FILENO, line, (size_t)length);

	(void)n; /* if stderr is gone there is nobody to tell */
}

static void on_alarm(int signal)
{
	(void)signal;
	late = 1;
	show();
}

static void start(void)
{
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	struct itimerval second = { .it_value = { .tv_sec = 1 } };

	started = 1;
	late = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &second, NULL);
}

void rf_progress_say(const char *text)
{
	sigset_t alarm, before;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigprocmask(SIG_BLOCK, &alarm, &before);
	snprintf(line, sizeof(line), "%s ...\n", text);
	length = (int)strlen(line);
	if (!started)
		start();
	else if (late)
		show();
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void rf_progress_end(void)
{
	struct itimerval off = { 0 };

	setitimer(ITIMER_REAL, &off, NULL);
	started = 0;
	late = 0;
}
