// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - ringfenced: start, loop, stop
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "userspace/daemon/alert.h"
#include "userspace/daemon/anchoring.h"
#include "userspace/daemon/apply.h"
#include "userspace/daemon/daemon.h"
#include "userspace/daemon/request.h"
#include "userspace/daemon/resume.h"
#include "userspace/daemon/scan.h"
#include "userspace/lib/control.h"
#include "userspace/lib/mounts.h"
#include "userspace/lib/store.h"

#ifndef RF_VERSION
#define RF_VERSION "0.1"
#endif

#define TICK_US 1000000ull
#define SOON_US 20000ull
#define FOLDED_MAX 4096

const char *argp_program_version = "ringfenced " RF_VERSION;

static const struct argp_option arguments[] = {
	{ "state-dir", 's', "DIR", 0, "the applied policy and what it means, " RF_STATE_DIR, 0 },
	{ "run-dir", 'r', "DIR", 0, "the control socket and the lock, " RF_RUN_DIR, 0 },
	{ "pin-dir", 'p', "DIR", 0, "where programs and maps are pinned, " RF_PIN_DIR, 0 },
	{ "geoip-dir", 'g', "DIR", 0, "the region data, " RF_GEOIP_DIR, 0 },
	{ "sets-dir", 'S', "DIR", 0, "the shipped country sets", 0 },
	{ "syslog-socket", 'l', "PATH", 0, "where alerts go, " RF_SYSLOG_PATH, 0 },
	{ "foreground", 'f', NULL, 0, "stay in the foreground (always so)", 0 },
	{ "test-disable", 'T', "PART[,PART]", 0,
	  "for tests only: leave out hook:NAME, door:call or door:packet; status then says "
	  "weakened",
	  0 },
	{ 0 },
};

static error_t take_option(int key, char *arg, struct argp_state *state)
{
	struct rf_daemon_options *options = state->input;

	switch (key) {
	case 's': options->places.state_dir = arg; return 0;
	case 'r': options->places.run_dir = arg; return 0;
	case 'p': options->places.pin_dir = arg; return 0;
	case 'g': options->places.geoip_dir = arg; return 0;
	case 'S': options->places.sets_dir = arg; return 0;
	case 'l': options->syslog_path = arg; return 0;
	case 'T': options->disable = *arg ? arg : NULL; return 0;
	case 'f': return 0;
	case ARGP_KEY_ARG: argp_error(state, "unexpected argument '%s'", arg); return EINVAL;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = {
	.options = arguments,
	.parser = take_option,
	.doc = "Loads and attaches what keeps regulated data inside its borders, forwards alerts "
	       "to syslog and serves the command ringfence.\v"
	       "Ending it does not end the enforcement: ringfence disarm does.",
};

static int make_directory(const char *path, mode_t mode)
{
	struct stat st;

	if (mkdir(path, mode) && errno != EEXIST)
		return -errno;
	if (lstat(path, &st))
		return -errno;
	/* Whoever can write here could put a policy or a socket of his own. */
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 022)
		return -EPERM;
	return 0;
}

/* Held until the process ends. */
static int take_lock(const char *run_dir)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/lock", run_dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0;
	close(fd);
	return -EBUSY;
}

static void arm_timer(sd_event_source *source, uint64_t us)
{
	sd_event_source_set_time_relative(source, us);
	sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static void send_soon(struct rf_daemon *daemon)
{
	if (rf_syslog_pending(daemon->syslog))
		arm_timer(daemon->soon, SOON_US);
}

static int on_soon(sd_event_source *source, uint64_t usec, void *ctx)
{
	struct rf_daemon *daemon = ctx;

	(void)source;
	(void)usec;
	rf_syslog_flush(daemon->syslog);
	send_soon(daemon);
	return 0;
}

static int on_events(sd_event_source *source, int fd, uint32_t revents, void *ctx)
{
	struct rf_daemon *daemon = ctx;

	(void)source;
	(void)fd;
	(void)revents;
	if (daemon->dp)
		rf_datapath_events(daemon->dp, rf_alert_event, daemon);
	send_soon(daemon);
	return 0;
}

static void heal(struct rf_daemon *daemon)
{
	int mended = rf_datapath_heal(daemon->dp);

	if (mended > 0) {
		daemon->healed += (uint64_t)mended;
		rf_daemon_say(daemon, RF_SYSLOG_ALERT, "TAMPER",
			      "%d programs or pins had been taken away and were put back", mended);
	}
	if (!daemon->resume && rf_anchoring_needed(daemon) && rf_anchoring_arm(daemon) == 0)
		rf_daemon_say(daemon, RF_SYSLOG_NOTICE, "STATE", "the module holds the links");
}

static int on_tick(sd_event_source *source, uint64_t usec, void *ctx)
{
	struct rf_daemon *daemon = ctx;

	(void)usec;
	rf_server_tick(daemon->server);
	rf_alert_flush(daemon);
	rf_alert_lost(daemon);
	if (daemon->dp) {
		heal(daemon);
		if (daemon->resume && !daemon->compiled)
			rf_resume_policy(daemon);
		else
			rf_apply_moved(daemon);
	}
	rf_syslog_flush(daemon->syslog);
	arm_timer(source, TICK_US);
	return 0;
}

static int on_mounts(sd_event_source *source, int fd, uint32_t revents, void *ctx)
{
	(void)source;
	(void)fd;
	(void)revents;
	rf_apply_mounted(ctx);
	return 0;
}

static void on_request(void *ctx, struct rf_client *client, const json_t *request)
{
	struct rf_daemon *daemon = ctx;

	rf_request_handle(daemon, client, request);
	send_soon(daemon);
}

static void on_gone(void *ctx, const struct rf_client *client)
{
	rf_scan_gone(ctx, client);
}

static void on_refused(void *ctx, const struct ucred *peer)
{
	struct rf_daemon *daemon = ctx;

	/* Whoever is refused could try all day: one line a second is enough. */
	static time_t last;
	time_t now = time(NULL);

	daemon->refused_peers++;
	if (now == last)
		return;
	last = now;
	rf_daemon_say(daemon, RF_SYSLOG_WARNING, "REFUSED",
		      "the control socket refused uid %u pid %d (%" PRIu64 " refused so far)",
		      peer->uid, peer->pid, daemon->refused_peers);
}

static int open_datapath(struct rf_daemon *daemon)
{
	const struct rf_datapath_options options = {
		.pin_dir = daemon->options.places.pin_dir,
		.disable = daemon->options.disable,
	};
	char error[512] = "";
	int err;

	err = rf_datapath_open(&options, &daemon->dp, error, sizeof(error));
	if (err)
		rf_daemon_log("cannot load: %s (%s). ringfence doctor tells what this host lacks",
			      error, strerror(-err));
	return err;
}

static int watch_mounts(struct rf_daemon *daemon)
{
	int fd = rf_mounts_watch();
	int err;

	if (fd < 0)
		return fd;
	err = sd_event_add_io(daemon->loop, &daemon->mounts, fd, EPOLLPRI, on_mounts, daemon);
	if (err < 0)
		close(fd);
	else
		sd_event_source_set_io_fd_own(daemon->mounts, true);
	return err;
}

static int watch_events(struct rf_daemon *daemon)
{
	int err;

	err = sd_event_add_io(daemon->loop, &daemon->events, rf_datapath_events_fd(daemon->dp),
			      EPOLLIN, on_events, daemon);
	if (err >= 0)
		err = sd_event_add_time_relative(daemon->loop, &daemon->tick, CLOCK_MONOTONIC,
						 TICK_US, 0, on_tick, daemon);
	if (err >= 0)
		err = sd_event_add_time_relative(daemon->loop, &daemon->soon, CLOCK_MONOTONIC,
						 SOON_US, 0, on_soon, daemon);
	if (err >= 0)
		err = watch_mounts(daemon);
	return err < 0 ? err : 0;
}

static int serve(struct rf_daemon *daemon)
{
	const struct rf_server_handler handler = { on_request, on_gone, on_refused, daemon };
	char path[PATH_MAX];
	int err;

	snprintf(path, sizeof(path), "%s/" RF_CONTROL_NAME, daemon->options.places.run_dir);
	err = rf_server_new(daemon->loop, path, &handler, &daemon->server);
	if (err)
		rf_daemon_log("cannot listen at %s: %s", path, strerror(-err));
	return err;
}

static int prepare(struct rf_daemon *daemon)
{
	int err;

	err = make_directory(daemon->options.places.state_dir, 0700);
	if (!err)
		err = make_directory(daemon->options.places.run_dir, 0755);
	if (err) {
		rf_daemon_log(
			"%s and %s must be directories of root that nobody else can write: %s",
			daemon->options.places.state_dir, daemon->options.places.run_dir,
			strerror(-err));
		return err;
	}
	err = take_lock(daemon->options.places.run_dir);
	if (err == -EBUSY)
		rf_daemon_log("another ringfenced runs already");
	else if (err)
		rf_daemon_log("cannot lock %s: %s", daemon->options.places.run_dir, strerror(-err));
	if (err)
		return err;
	daemon->syslog = rf_syslog_new(daemon->options.syslog_path);
	daemon->fold = rf_fold_new(FOLDED_MAX);
	daemon->units = rf_units_new(RF_CGROUP_ROOT);
	if (!daemon->syslog || !daemon->fold || !daemon->units)
		return -ENOMEM;
	return rf_store_boot_id(daemon->boot);
}

static int handle_signals(sd_event *loop)
{
	sigset_t set;
	int err;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN); /* there is nothing to read again: apply does that */
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	err = sd_event_add_signal(loop, NULL, SIGTERM, NULL, NULL);
	if (err >= 0)
		err = sd_event_add_signal(loop, NULL, SIGINT, NULL, NULL);
	return err < 0 ? err : 0;
}

static int start(struct rf_daemon *daemon)
{
	int err;

	err = sd_event_default(&daemon->loop);
	if (err >= 0)
		err = handle_signals(daemon->loop);
	if (err < 0)
		return err;
	/* First, so that who asks while this takes its time waits for the answer. */
	err = serve(daemon);
	if (!err)
		err = open_datapath(daemon);
	if (err)
		return err;
	err = rf_resume_load(daemon);
	if (err) {
		rf_daemon_log("cannot read %s: %s", daemon->options.places.state_dir,
			      strerror(-err));
		return err;
	}
	rf_resume_policy(daemon);
	rf_scan_resume(daemon);
	return watch_events(daemon);
}

static void announce(struct rf_daemon *daemon)
{
	uint64_t number = daemon->compiled ? daemon->compiled->value->number : 0;

	if (daemon->options.disable)
		rf_daemon_say(daemon, RF_SYSLOG_ALERT, "STATE", "weakened: --test-disable=%s",
			      daemon->options.disable);
	rf_daemon_say(daemon, RF_SYSLOG_NOTICE, "STATE", "%s, generation %" PRIu64 ", %s",
		      rf_datapath_adopted(daemon->dp) ? "took over what was attached" : "attached",
		      number, daemon->anchored ? "anchored" : "unanchored");
	sd_notifyf(0, "READY=1\nSTATUS=generation %" PRIu64 ", %s", number,
		   daemon->anchored ? "anchored" : "unanchored");
}

static void stop(struct rf_daemon *daemon)
{
	sd_notify(0, "STOPPING=1");
	rf_daemon_drain(daemon);
	rf_alert_drain(daemon);
	rf_daemon_say(daemon, RF_SYSLOG_NOTICE, "STATE", "%s",
		      daemon->dp ? "the daemon ends; what it enforced stays enforced "
				   "(ringfence disarm would stop it)" :
				   "the daemon ends, disarmed");
	rf_syslog_flush(daemon->syslog);
}

static void release(struct rf_daemon *daemon)
{
	rf_server_free(daemon->server);
	rf_scan_free(daemon);
	sd_event_source_disable_unref(daemon->events);
	sd_event_source_disable_unref(daemon->tick);
	sd_event_source_disable_unref(daemon->soon);
	sd_event_source_disable_unref(daemon->mounts);
	if (daemon->dp)
		rf_datapath_close(daemon->dp);
	rf_compiled_free(daemon->compiled);
	rf_origin_list_free(&daemon->current);
	rf_origins_free(&daemon->origins);
	rf_saved_free(&daemon->saved);
	rf_syslog_free(daemon->syslog);
	rf_fold_free(daemon->fold);
	rf_units_free(daemon->units);
	sd_event_unref(daemon->loop);
}

int main(int argc, char **argv)
{
	static struct rf_daemon daemon = {
		.options = { .places = RF_PLACES_DEFAULT },
	};
	int err;

	argp_err_exit_status = RF_EXIT_USAGE;
	argp_parse(&parser, argc, argv, 0, NULL, &daemon.options);
	if (geteuid() != 0) {
		rf_daemon_log("needs root");
		return RF_EXIT_FAILED;
	}
	umask(077);
	err = prepare(&daemon);
	if (!err)
		err = start(&daemon);
	if (!err) {
		announce(&daemon);
		err = sd_event_loop(daemon.loop);
		stop(&daemon);
	}
	release(&daemon);
	return err < 0 ? RF_EXIT_FAILED : RF_EXIT_OK;
}
