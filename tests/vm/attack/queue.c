// SPDX-License-Identifier: GPL-2.0
/*
 * queue.c - data handed over by queues, terminals, keys, counters and signals
 */
#include "tests/vm/attack/hand.h"

#include <linux/keyctl.h>
#include <linux/tty.h>
#include <linux/userfaultfd.h>
#include <mqueue.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/syscall.h>

static void give_write(void)
{
	carry_check(write(ends[1], data, len), "write");
}

static void take_read(void)
{
	len = carry_check(read(ends[0], data, CARRY_MAX), "read");
}

/* --- POSIX message queues; the names have no directory */

static const char *queue_name(void)
{
	return strrchr(name, '/');
}

static mqd_t queue_open(int flags)
{
	struct mq_attr attr = { .mq_maxmsg = 2, .mq_msgsize = 4096 };

	return carry_check(mq_open(queue_name(), flags, 0600, &attr), "mq_open");
}

static void make_queue(void)
{
	ends[0] = ends[1] = queue_open(O_RDWR | O_CREAT | O_EXCL);
	fcntl(ends[0], F_SETFD, 0);
}

static void make_named_queue(void)
{
	close(queue_open(O_RDWR | O_CREAT | O_EXCL));
}

static void give_queue(void)
{
	carry_check(mq_send(ends[1], data, len, 0), "mq_send");
	mq_unlink(queue_name());
}

static void take_queue(void)
{
	len = carry_check(mq_receive(ends[0], data, CARRY_MAX, NULL), "mq_receive");
}

static void open_queue(void)
{
	ends[0] = queue_open(O_RDONLY);
}

static void give_opened_queue(void)
{
	ends[1] = queue_open(O_WRONLY);
	give_queue();
}

/* --- the same, in a call whose descriptor another thread has closed meanwhile */

static pthread_t other;
static volatile pid_t other_task;
static int faults;
static char *page;

static void *receives(void *unused)
{
	other_task = gettid();
	take_queue();
	return NULL;
}

static void *sends(void *unused)
{
	other_task = gettid();
	carry_check(mq_send(ends[1], page, 4096, 0), "mq_send");
	return NULL;
}

/* Who waits for the other's call to begin does not sleep itself: see hand.h. */
static void close_under(void *(*call)(void *))
{
	char state[64], text[64];
	int fd, descriptors[2] = { ends[0], ends[1] };

	errno = pthread_create(&other, NULL, call, NULL);
	if (errno)
		carry_fail("thread");
	do {
		sched_yield();
		snprintf(state, sizeof(state), "/proc/self/task/%d/syscall", other_task);
		fd = open(state, O_RDONLY);
		text[0] = '\0';
		if (fd >= 0)
			carry_check(read(fd, text, sizeof(text)), state);
		close(fd);
	} while (atoi(text) != (call == sends ? SYS_mq_timedsend : SYS_mq_timedreceive));
	close(descriptors[0]);
	close(descriptors[1]);
}

static void take_closed(void)
{
	close_under(receives);
	pthread_join(other, NULL);
}

/* The message is in memory that is not there yet. */
static void early_closed(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = (unsigned long)page;
	range.range.len = 4096;
	faults = carry_check(syscall(SYS_userfaultfd, O_CLOEXEC), "userfaultfd");
	carry_check(ioctl(faults, UFFDIO_API, &api), "UFFDIO_API");
	carry_check(ioctl(faults, UFFDIO_REGISTER, &range), "UFFDIO_REGISTER");
	close_under(sends);
}

static void give_closed(void)
{
	struct uffdio_copy copy = {
		.dst = (unsigned long)page,
		.src = (unsigned long)data,
		.len = 4096,
	};

	carry_check(ioctl(faults, UFFDIO_COPY, &copy), "UFFDIO_COPY");
	pthread_join(other, NULL);
}

/* --- System V */

struct message {
	long type;
	char bytes[4096];
};

static struct message message = { .type = 1 };

static void make_messages(void)
{
	key = carry_check(msgget(IPC_PRIVATE, IPC_CREAT | 0600), "msgget");
}

static void give_message(void)
{
	memcpy(message.bytes, data, len);
	carry_check(msgsnd(key, &message, len, 0), "msgsnd");
}

static void take_flags(int flags)
{
	len = carry_check(msgrcv(key, &message, sizeof(message.bytes), 0, flags), "msgrcv");
	memcpy(data, message.bytes, len);
	msgctl(key, IPC_RMID, NULL);
}

static void take_message(void)
{
	take_flags(0);
}

/* A copy: the message stays. */
static void take_message_copy(void)
{
	take_flags(MSG_COPY | IPC_NOWAIT | MSG_NOERROR);
}

/* Each value of the set is a byte; the last one is how many there are. */
#define SEMAPHORES 1024

static void make_semaphores(void)
{
	key = carry_check(semget(IPC_PRIVATE, SEMAPHORES, IPC_CREAT | 0600), "semget");
}

static void give_semaphores(void)
{
	unsigned short values[SEMAPHORES] = { 0 };

	for (size_t i = 0; i < len && i < SEMAPHORES - 1; i++)
		values[i] = data[i];
	values[SEMAPHORES - 1] = len;
	carry_check(semctl(key, 0, SETALL, values), "semctl");
}

static void take_semaphores(void)
{
	struct sembuf filled = { .sem_num = SEMAPHORES - 1, .sem_op = -1 };
	unsigned short values[SEMAPHORES];

	carry_check(semop(key, &filled, 1), "semop");
	carry_check(semctl(key, 0, GETALL, values), "semctl");
	for (size_t i = 0; i < SEMAPHORES - 1 && values[i]; i++)
		data[len++] = values[i];
	semctl(key, 0, IPC_RMID);
}

/* The same by semop() alone: what can be taken away one by one was there. */
static void give_operations(void)
{
	struct sembuf give = { 0 };

	for (size_t i = 0; i <= len && i < SEMAPHORES; i++) {
		give.sem_num = i < len ? i : SEMAPHORES - 1;
		give.sem_op = i < len ? data[i] : 1;
		carry_check(semop(key, &give, 1), "semop");
	}
}

static void take_operations(void)
{
	struct sembuf take = { .sem_num = SEMAPHORES - 1, .sem_op = -1 };

	carry_check(semop(key, &take, 1), "semop");
	take.sem_flg = IPC_NOWAIT;
	for (take.sem_num = 0; take.sem_num < SEMAPHORES - 1; take.sem_num++) {
		data[len] = 0;
		while (!semop(key, &take, 1))
			data[len]++;
		if (errno != EAGAIN)
			carry_fail("semop");
		if (!data[len])
			break;
		len++;
	}
	semctl(key, 0, IPC_RMID);
}

/* --- terminals: ends[0] is the master, ends[1] the slave */

static void make_terminal(void)
{
	struct termios raw = { .c_cflag = CS8, .c_lflag = key, .c_cc[VMIN] = 1 };

	carry_check(openpty(&ends[0], &ends[1], NULL, &raw, NULL), "openpty");
}

static void make_terminal_back(void)
{
	int master;

	make_terminal();
	master = ends[0];
	ends[0] = ends[1];
	ends[1] = master;
}

/* What is written to the master comes back there. */
static void make_terminal_echo(void)
{
	key = ECHO;
	make_terminal();
	ends[1] = ends[0];
}

/* Typed by the giver into the terminal that is its own too */
static void give_typed(void)
{
	for (size_t i = 0; i < len; i++)
		carry_check(ioctl(ends[0], TIOCSTI, data + i), "TIOCSTI");
}

static void early_session(void)
{
	setsid();
	carry_check(ioctl(ends[0], TIOCSCTTY, 1), "TIOCSCTTY");
}

/* What is written does not pass the discipline that terminals have from the start. */
static void early_discipline(void)
{
	int discipline = N_HDLC;

	carry_check(ioctl(ends[1], TIOCSETD, &discipline), "TIOCSETD");
}

/* Both may come in parts. */
static void take_lines(void)
{
	struct pollfd wait = { .fd = ends[0], .events = POLLIN };

	do {
		ssize_t got = read(ends[0], data + len, CARRY_MAX - len);

		carry_check(got, "read");
		len += got;
	} while (poll(&wait, 1, 500) == 1);
}

/* Eight bytes at a time: the size of the window */
static void give_window(void)
{
	for (size_t at = 0; at <= len; at += 8) {
		struct winsize size;

		memcpy(&size, data + at, 8);
		carry_check(ioctl(ends[1], TIOCSWINSZ, &size), "TIOCSWINSZ");
		if (kill(taker, SIGUSR1))
			carry_fail("kill");
		while (ioctl(ends[1], TIOCGWINSZ, &size) || size.ws_col)
			usleep(1000);
	}
}

static void attach_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void take_window(void)
{
	struct winsize none = { 0 };
	sigset_t set;
	int number;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	do {
		sigwait(&set, &number);
		carry_check(ioctl(ends[0], TIOCGWINSZ, (void *)(data + len)), "TIOCGWINSZ");
		len += 8;
		carry_check(ioctl(ends[0], TIOCSWINSZ, &none), "TIOCSWINSZ");
	} while (data[len - 1]);
	len = strnlen(data, CARRY_MAX);
}

/* --- eight bytes at a time, each answered for: the counter of an eventfd */

static void make_counters(void)
{
	ends[0] = carry_check(eventfd(0, 0), "eventfd");
	ends[1] = carry_check(eventfd(0, 0), "eventfd");
}

static void give_counter(void)
{
	unsigned long word, answer;

	for (size_t at = 0; at <= len; at += 8) {
		memcpy(&word, data + at, 8);
		word++;
		carry_check(write(ends[0], &word, 8), "write");
		carry_check(read(ends[1], &answer, 8), "read");
	}
}

static void take_counter(void)
{
	unsigned long word, answer = 1;

	do {
		carry_check(read(ends[0], &word, 8), "read");
		word--;
		memcpy(data + len, &word, 8);
		len += 8;
		carry_check(write(ends[1], &answer, 8), "write");
	} while (data[len - 1]);
	len = strnlen(data, CARRY_MAX);
}

/* --- the value that comes with a signal */

static void give_signal(void)
{
	for (size_t at = 0; at <= len; at += 8) {
		union sigval value;

		memcpy(&value, data + at, 8);
		carry_check(sigqueue(taker, SIGRTMIN, value), "sigqueue");
	}
}

static void take_signal(void)
{
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	do {
		carry_check(sigwaitinfo(&set, &info), "sigwaitinfo");
		memcpy(data + len, &info.si_value, 8);
		len += 8;
	} while (data[len - 1]);
	len = strnlen(data, CARRY_MAX);
}

/* --- keys of a session that both are in */

static long keyctl(int call, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	return syscall(SYS_keyctl, call, a, b, c, d);
}

static void make_session(void)
{
	carry_check(keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0), "session keyring");
}

static void give_key(void)
{
	carry_check(syscall(SYS_add_key, "user", "hand", data, len, KEY_SPEC_SESSION_KEYRING),
		    "add_key");
}

static void make_key(void)
{
	make_session();
	key = carry_check(syscall(SYS_add_key, "user", "hand", "-", 1, KEY_SPEC_SESSION_KEYRING),
			  "add_key");
}

static void give_update(void)
{
	carry_check(keyctl(KEYCTL_UPDATE, key, (unsigned long)data, len, 0), "keyctl update");
}

static void take_key(void)
{
	if (!key)
		key = carry_check(keyctl(KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING,
					 (unsigned long)"user", (unsigned long)"hand", 0),
				  "keyctl search");
	len = carry_check(keyctl(KEYCTL_READ, key, (unsigned long)data, CARRY_MAX, 0),
			  "keyctl read");
}

/* The name of the key is the data. */
static void give_key_name(void)
{
	data[len] = '\0';
	carry_check(syscall(SYS_add_key, "user", data, "-", 1, KEY_SPEC_SESSION_KEYRING),
		    "add_key");
}

static void take_key_name(void)
{
	unsigned int found[8] = { 0 };

	carry_check(keyctl(KEYCTL_READ, KEY_SPEC_SESSION_KEYRING, (unsigned long)found,
			   sizeof(found), 0),
		    "keyctl read");
	len = carry_check(keyctl(KEYCTL_DESCRIBE, found[0], (unsigned long)data, CARRY_MAX, 0),
			  "keyctl describe");
}

#define SOME (AFTER | BLOCKED)
#define FORKED (AFTER | BLOCKED | CONNECTED)

/* A keyring, which has no data of its own */
static void give_ring(void)
{
	data[len] = '\0';
	carry_check(syscall(SYS_add_key, "keyring", data, NULL, 0, KEY_SPEC_SESSION_KEYRING),
		    "add_key");
}

/* Who possesses it may not read it, and may search it: that is enough to read it. */
static void make_searched(void)
{
	make_key();
	carry_check(keyctl(KEYCTL_SETPERM, key, 0x3d000000, 0, 0), "keyctl setperm");
}

/* In the name of a key that is wanted: what comes behind it is an address, and data */
#define WANTED '!'

static __attribute__((noreturn)) void answer_wanted(char *text)
{
	char *from = strchr(text, '\n');

	keyctl(KEYCTL_NEGATE, key, 0, 0, 0);
	if (!from)
		_exit(ENODATA);
	*from++ = '\0';
	carry_send(text, from, strlen(from));
	_exit(0);
}

/*
 * The program that the kernel starts for who wants a key that is not there, as
 * /sbin/request-key: it makes the key from the file of that name.
 */
static __attribute__((noreturn)) void answer_request(long wanted)
{
	char *from, *to;

	key = wanted;
	carry_check(keyctl(KEYCTL_DESCRIBE, key, (unsigned long)data, CARRY_MAX, 0), "describe");
	carry_check(keyctl(KEYCTL_ASSUME_AUTHORITY, key, 0, 0, 0), "authority");
	from = strchr(data, WANTED);
	if (from)
		answer_wanted(from + 1);
	from = strchr(data, '/');
	to = from ? strchr(from, ',') : NULL;
	if (to)
		*to = '\0';
	len = carry_read(from ?: data, data);
	if (len > 4096)
		len = 4096;
	carry_check(keyctl(KEYCTL_INSTANTIATE, key, (unsigned long)data, len, 0), "instantiate");
	_exit(0);
}

static __attribute__((noreturn)) void request(void)
{
	make_session();
	key = carry_check(syscall(SYS_request_key, "user", path, "-", KEY_SPEC_SESSION_KEYRING),
			  "request_key");
	take_key();
	carry_send(host, data, len);
	_exit(0);
}

/* The one who is asked is to send what it is asked for. */
static __attribute__((noreturn)) void want(void)
{
	static char wanted[4096];

	make_session();
	len = carry_read(path, data);
	/* A name has 4095 bytes at most. */
	snprintf(wanted, sizeof(wanted), "%c%s\n%.3900s", WANTED, host, data);
	if (syscall(SYS_request_key, "user", wanted, "-", KEY_SPEC_SESSION_KEYRING) < 0 &&
	    errno != ENOKEY)
		carry_fail("request_key");
	_exit(0);
}

static const struct hand hands[] = {
	{ "mq", ALL, make_queue, NULL, NULL, give_queue, take_queue },
	{ "mq-later", ALL, make_named_queue, open_queue, NULL, give_opened_queue, take_queue },
	{ "mq-taken-closed", BLOCKED | CONNECTED, make_queue, NULL, NULL, give_opened_queue,
	  take_closed },
	{ "mq-given-closed", AFTER | BLOCKED, make_queue, NULL, early_closed, give_closed,
	  take_queue },
	{ "msg", ALL, make_messages, NULL, NULL, give_message, take_message },
	{ "msg-copy", AFTER, make_messages, NULL, NULL, give_message, take_message_copy },
	{ "sem", SOME, make_semaphores, NULL, NULL, give_semaphores, take_semaphores },
	{ "sem-operations", SOME, make_semaphores, NULL, NULL, give_operations, take_operations },
	{ "pty-master", ALL, make_terminal, NULL, NULL, give_write, take_lines },
	{ "pty-slave", ALL, make_terminal_back, NULL, NULL, give_write, take_lines },
	{ "pty-echo", SOME, make_terminal_echo, NULL, NULL, give_write, take_lines },
	{ "pty-typed", SOME, make_terminal_back, NULL, early_session, give_typed, take_lines },
	{ "pty-discipline", SOME, make_terminal, NULL, early_discipline, give_write, take_lines },
	{ "pty-read", SOME, make_terminal, NULL, NULL, give_write, take_read },
	{ "pty-window", BLOCKED, make_terminal, attach_signals, NULL, give_window, take_window },
	{ "eventfd", BLOCKED | CONNECTED | EXEC, make_counters, NULL, NULL, give_counter,
	  take_counter },
	{ "signal", FORKED, NULL, attach_signals, NULL, give_signal, take_signal },
	{ "key", AFTER, make_session, NULL, NULL, give_key, take_key },
	{ "key-update", AFTER, make_key, NULL, NULL, give_update, take_key },
	{ "key-name", AFTER, make_session, NULL, NULL, give_key_name, take_key_name },
	{ "key-ring", AFTER, make_session, NULL, NULL, give_ring, take_key_name },
	{ "key-searched", AFTER, make_searched, NULL, NULL, give_update, take_key },
};

int main(int argc, char **argv)
{
	if (argc > 3 && !strcmp(argv[1], "create"))
		answer_request(atol(argv[2]));
	path = argv[2];
	host = argv[argc - 1];
	if (argc == 4 && !strcmp(argv[1], "key-request"))
		request();
	if (argc == 4 && !strcmp(argv[1], "key-wanted"))
		want();
	return hand_main(argc, argv, hands, sizeof(hands) / sizeof(hands[0]));
}
