/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hand.h - a file's data goes from who opened it to somebody else, who sends it
 *
 * usage: PROGRAM WAY FILE ADDRESS
 *
 *	director		makes the channel, says when
 *	 +- taker (U)		never opens FILE; sends what it takes to ADDRESS
 *	 +- giver (T)		opens FILE, gives its data, stands still
 *
 * A way is gone in variants, each with another part of the file's lines: all of
 * the file arrives only if all variants work.
 *
 *	after		the taker takes once the giver has given and stands still
 *	blocked		it waits in its call when the giver opens the file
 *	connected	the same, and it is connected to ADDRESS already
 *	exec		the same as blocked, and it is a program that was exec'd
 *
 * Exits with 0 if all parts were sent, else with the errno that stopped the
 * first of those that were not, or 202 if several errnos did. Only the director
 * prints: what the other two wrote would be a channel of its own.
 */
#ifndef RF_ATTACK_HAND_H
#define RF_ATTACK_HAND_H

#include "tests/vm/attack/carry.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum variant { AFTER = 1, BLOCKED = 2, CONNECTED = 4, EXEC = 8 };
/* Beside them: the giver is there before the taker. */
#define GIVER_FIRST 16
/* Both are second threads, the first ones of their processes have ended. */
#define LEADERLESS 32
#define WAITING (BLOCKED | CONNECTED | EXEC)
#define ALL (AFTER | WAITING)
#define VARIANTS 4
/* Seconds for one variant; only one that does not work needs them. */
#define HAND_LIMIT 60
#define HAND_LIMIT_BETWEEN 280

/* What the giver reads and the taker takes */
static char data[CARRY_MAX] __attribute__((aligned(4096)));
static volatile size_t len;
/* Where the giver's part lies in the file */
static size_t part_at;
static const char *path, *host;
/* The taker's connection to @host, if there is one */
static int sock = -1;

/* What the director made: two descriptors, a number, a path that is not used */
static int ends[2] = { -1, -1 };
static long key;
static char name[96];
static pid_t director, giver, taker;

/*
 * Functions may be missing. @make: by the director, before there are two.
 * @attach: by the taker. @early: by the giver, before it opens the file. @give:
 * what is in @data. @take: into @data and @len. The taker and its @attach are
 * there before the giver, unless GIVER_FIRST: the later one knows the other.
 */
struct hand {
	const char *name;
	unsigned int variants;
	void (*make)(void);
	void (*attach)(void);
	void (*early)(void);
	void (*give)(void);
	void (*take)(void);
};

static int ready[2], go[2];

static inline void hand_tell(int *ends)
{
	carry_check(write(ends[1], "", 1), "tell");
}

/* False if nobody is there who could tell. */
static inline bool hand_wait(int *ends)
{
	char byte;

	return read(ends[0], &byte, 1) == 1;
}

/* The connection that the data will go out by, if it is to be there early */
static inline void hand_connect(void)
{
	if (sock < 0)
		sock = carry_connect(host);
}

/* The taker has sent all without having it in @data. */
static inline __attribute__((noreturn)) void hand_sent(void)
{
	carry_write(sock, "", 0);
	_exit(0);
}

static inline __attribute__((noreturn)) void hand_take(const struct hand *hand,
						       enum variant variant)
{
	taker = getpid();
	if (variant == CONNECTED)
		hand_connect();
	if (hand->attach)
		hand->attach();
	hand_tell(ready);
	if (variant == AFTER && !hand_wait(go))
		_exit(ENODATA);
	hand->take();
	if (!len)
		_exit(ENODATA);
	if (sock < 0)
		carry_send(host, data, len);
	else
		carry_write(sock, data, len);
	_exit(0);
}

/* The program again, as the taker, with all that a fork would have given it */
static inline __attribute__((noreturn)) void hand_exec(const struct hand *hand)
{
	char state[160];

	snprintf(state, sizeof(state), "%d %d %d %d %d %d %ld %d", ready[0], ready[1], go[0], go[1],
		 ends[0], ends[1], key, director);
	execl("/proc/self/exe", "taker", "--take", hand->name, host, state, name, NULL);
	carry_fail("exec");
}

static inline void hand_resume(const char *state)
{
	if (sscanf(state, "%d %d %d %d %d %d %ld %d", &ready[0], &ready[1], &go[0], &go[1],
		   &ends[0], &ends[1], &key, &director) != 8)
		_exit(200);
}

/* Leave only part @part of @parts in @data: whole lines. */
static inline void hand_keep(int part, int parts)
{
	size_t from = len * part / parts, to = len * (part + 1) / parts;

	while (from && data[from - 1] != '\n')
		from--;
	while (to < len && to && data[to - 1] != '\n')
		to--;
	memmove(data, data + from, to - from);
	memset(data + (to - from), 0, CARRY_MAX - (to - from));
	part_at = from;
	len = to - from;
}

static inline __attribute__((noreturn)) void hand_give(const struct hand *hand, int part, int parts)
{
	int start[2] = { go[0], go[1] };

	giver = getpid();
	if (hand->early)
		hand->early();
	hand_tell(ready);
	if (!hand_wait(start))
		_exit(ENODATA);
	len = carry_read(path, data);
	hand_keep(part, parts);
	hand->give();
	raise(SIGSTOP);
	for (;;)
		pause();
}

/* The call that @pid sleeps in, with its arguments, if we may know it; false if it runs. */
static inline bool hand_call(pid_t pid, char *call, size_t size)
{
	char file[32];
	ssize_t got;
	int fd;

	snprintf(file, sizeof(file), "/proc/%d/syscall", pid);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	got = read(fd, call, size - 1);
	if (got < 0)
		snprintf(call, size, "0 unseen");
	else
		call[got] = '\0';
	close(fd);
	return call[0] >= '0' && call[0] <= '9';
}

static inline int hand_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Wait until the taker sleeps in its call, or has ended. */
static inline void hand_wait_blocked(void)
{
	siginfo_t ended = { 0 };
	char call[256];

	while (!hand_call(taker, call, sizeof(call)) && !ended.si_pid) {
		waitid(P_PID, taker, &ended, WEXITED | WNOHANG | WNOWAIT);
		usleep(1000);
	}
}

/*
 * How the taker ended. With a giver that failed, it is ended once it has slept
 * in the same call for longer than any answer takes.
 */
static inline int hand_end_taker(bool failed)
{
	char call[256], last[256] = "";
	int status;

	for (int same = 0; failed && same < 30; same++) {
		if (waitpid(taker, &status, WNOHANG) > 0)
			return hand_status(status);
		usleep(10000);
		if (!hand_call(taker, call, sizeof(call)) || strcmp(call, last))
			same = 0;
		memcpy(last, call, sizeof(call));
	}
	if (failed)
		kill(taker, SIGKILL);
	carry_check(waitpid(taker, &status, 0), "waitpid");
	return hand_status(status);
}

static inline pid_t hand_fork(void)
{
	pid_t child = carry_check(fork(), "fork");
	int null;

	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		null = open("/dev/null", O_RDWR);
		if (!getenv("TALK")) {
			dup2(null, 1);
			dup2(null, 2);
		}
		close(null);
	}
	return child;
}

struct hand_turn {
	const struct hand *hand;
	enum variant variant;
	int part, parts;
	pid_t leader;
};

static inline __attribute__((noreturn)) void hand_turn(const struct hand_turn *turn)
{
	if (turn->parts)
		hand_give(turn->hand, turn->part, turn->parts);
	hand_take(turn->hand, turn->variant);
}

static inline void *hand_second(void *turn)
{
	carry_wait_leader(((struct hand_turn *)turn)->leader);
	hand_turn(turn);
}

/* By the process that was made for it: its first thread, or its second. */
static inline __attribute__((noreturn)) void hand_start(struct hand_turn *turn)
{
	pthread_t second;

	turn->leader = getpid();
	if (!(turn->hand->variants & LEADERLESS))
		hand_turn(turn);
	errno = pthread_create(&second, NULL, hand_second, turn);
	if (errno)
		carry_fail("thread");
	syscall(SYS_exit, 0);
	__builtin_unreachable();
}

static inline void hand_start_taker(const struct hand *hand, int *start, enum variant variant)
{
	taker = hand_fork();
	if (taker)
		return;
	close(start[1]);
	if (variant == EXEC)
		hand_exec(hand);
	hand_start(&(struct hand_turn){ .hand = hand, .variant = variant });
}

static inline void hand_start_giver(const struct hand *hand, int *start, int part, int parts)
{
	giver = hand_fork();
	if (giver)
		return;
	close(go[1]);
	memcpy(go, start, sizeof(go));
	hand_start(&(struct hand_turn){ .hand = hand, .part = part, .parts = parts });
}

/*
 * What BETWEEN says happens while both are there and the file is not open yet.
 * One variant is enough then.
 */
static inline void hand_between(void)
{
	const char *command = getenv("BETWEEN");

	if (!command)
		return;
	alarm(HAND_LIMIT_BETWEEN);
	carry_check(system(command), command);
	alarm(HAND_LIMIT);
}

/* One variant, by a director of its own. Returns the errno. */
static inline int hand_direct(const struct hand *hand, enum variant variant, int part, int parts)
{
	int giver_turn = hand->variants & GIVER_FIRST ? 0 : 1, gave, took, status, start[2];
	const char *dir = getenv("DIR");

	director = getpid();
	alarm(HAND_LIMIT);
	snprintf(name, sizeof(name), "%s/hand-%d", dir ? dir : "/dev/shm", director);
	carry_check(pipe(ready) | pipe(go) | pipe(start), "pipe");
	if (hand->make)
		hand->make();
	for (int i = 0; i < 2; i++) {
		if (i == giver_turn)
			hand_start_giver(hand, start, part, parts);
		else
			hand_start_taker(hand, start, variant);
		hand_wait(ready);
	}
	if (variant != AFTER)
		hand_wait_blocked();
	hand_between();
	hand_tell(start);
	carry_check(waitpid(giver, &status, WUNTRACED), "waitpid");
	gave = WIFSTOPPED(status) ? 0 : hand_status(status);
	if (WIFSTOPPED(status))
		kill(giver, SIGCONT);
	if (variant == AFTER)
		hand_tell(go);
	took = hand_end_taker(gave);
	if (WIFSTOPPED(status)) {
		kill(giver, SIGKILL);
		waitpid(giver, NULL, 0);
	}
	unlink(name);
	return gave ? gave : took;
}

static inline const char *hand_variant(enum variant variant)
{
	return variant == AFTER	    ? "after" :
	       variant == BLOCKED   ? "blocked" :
	       variant == CONNECTED ? "connected" :
				      "exec";
}

/* All variants; every director is a child, so that no label stays. */
static inline int hand_go(const struct hand *hand)
{
	unsigned int variants = hand->variants & (getenv("BETWEEN") ? AFTER : ALL);
	int parts = __builtin_popcount(variants), part = 0, result = 0, status;

	for (int i = 0; i < VARIANTS; i++) {
		enum variant variant = 1 << i;
		pid_t child;

		if (!(variants & variant))
			continue;
		child = carry_check(fork(), "fork");
		if (!child)
			_exit(hand_direct(hand, variant, part, parts));
		carry_check(waitpid(child, &status, 0), "waitpid");
		status = hand_status(status);
		printf("%s, %s: %s (%d)\n", hand->name, hand_variant(variant), strerror(status),
		       status);
		fflush(stdout);
		result = !part || result == status ? status : 202;
		part++;
	}
	return result;
}

static inline int hand_main(int argc, char **argv, const struct hand *hands, size_t count)
{
	bool take = argc == 6 && !strcmp(argv[1], "--take");

	if (argc != 4 && !take)
		errx(200, "usage: %s WAY FILE ADDRESS", program_invocation_short_name);
	signal(SIGPIPE, SIG_IGN);
	path = argv[2];
	host = argv[3];
	for (size_t i = 0; i < count; i++) {
		if (strcmp(hands[i].name, argv[take ? 2 : 1]))
			continue;
		if (!take)
			return hand_go(&hands[i]);
		hand_resume(argv[4]);
		snprintf(name, sizeof(name), "%s", argv[5]);
		hand_take(&hands[i], EXEC);
	}
	errx(200, "no such way: %s", argv[1]);
}

#endif /* RF_ATTACK_HAND_H */
