// SPDX-License-Identifier: GPL-2.0
/*
 * world: ask the world outside the VM what reached it; see `world help`.
 *
 * Speaks over a virtio-serial port and not over the network, so that whoever
 * may send nothing can still ask. Any user may call it, several at once. It is
 * one static program since tests call it most often, and starting a program
 * is what takes longest in a VM that is emulated.
 */
#include <err.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PORTS "/dev/virtio-ports/world."
#define LOCKS "/run/harness/lock."
#define MARKS "/run/harness/marks"
#define SYSLOG "/var/log/ringfence.log"
#define FAILED 125

/* A port of our own: the lock ends with this process. */
static FILE *take_port(void)
{
	char lock[64];
	glob_t found;
	int fd;

	if (glob(PORTS "*", 0, NULL, &found))
		errx(FAILED, "no " PORTS "*: is this the VM of tests/vm/run?");
	for (;; usleep(50000)) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			snprintf(lock, sizeof(lock), LOCKS "%s", found.gl_pathv[i] + strlen(PORTS));
			fd = open(lock, O_RDWR | O_CLOEXEC);
			if (fd < 0)
				err(FAILED, "%s", lock);
			if (flock(fd, LOCK_EX | LOCK_NB)) {
				close(fd);
				continue;
			}
			fd = open(found.gl_pathv[i], O_RDWR | O_CLOEXEC);
			if (fd < 0)
				err(FAILED, "%s", found.gl_pathv[i]);
			return fdopen(fd, "r+");
		}
	}
}

/* Copy SIZE bytes of PORT to OUT. */
static void copy(FILE *port, FILE *out, long size)
{
	char part[4096];
	size_t got;

	for (; size > 0; size -= (long)got) {
		got = fread(part, 1, size < (long)sizeof(part) ? (size_t)size : sizeof(part), port);
		if (!got)
			errx(FAILED, "the world is gone");
		fwrite(part, 1, got, out);
	}
	fflush(out);
}

/* Ask for WORDS; what comes out goes to stdout and stderr. Returns the status. */
static int ask(char *const *words)
{
	FILE *port = take_port();
	char *request, *line = NULL, head[64];
	size_t length, room = 0;
	FILE *text = open_memstream(&request, &length);
	long out, error;
	int status, count = 0;

	while (words[count])
		count++;
	snprintf(head, sizeof(head), "world %d.%ld ", getpid(), (long)time(NULL));
	fprintf(text, "%s%d", head, count);
	for (int i = 0; i < count; i++)
		fprintf(text, " %zu", strlen(words[i]));
	fputc('\n', text);
	for (int i = 0; i < count; i++)
		fputs(words[i], text);
	fclose(text);
	for (size_t sent = 0; sent < length;) {
		ssize_t now = write(fileno(port), request + sent, length - sent);

		if (now < 0)
			err(FAILED, "cannot ask");
		sent += (size_t)now;
	}
	do {
		if (getline(&line, &room, port) < 0)
			errx(FAILED, "the world is gone");
	} while (strncmp(line, head, strlen(head)) ||
		 sscanf(line + strlen(head), "%d %ld %ld", &status, &out, &error) != 3);
	copy(port, stdout, out);
	copy(port, stderr, error);
	return status;
}

static bool contains(const char *path, const char *mark)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	while (file && !found && getline(&line, &room, file) >= 0)
		found = strstr(line, mark);
	if (file)
		fclose(file);
	free(line);
	return found;
}

/*
 * Everything that rsyslogd was given before has been written when this
 * returns: its queue is in order, and it writes our mark elsewhere.
 */
static void drain_syslog(void)
{
	struct sockaddr_un log = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char mark[64], message[128];
	struct stat info;

	if (stat(log.sun_path, &info) || !S_ISSOCK(info.st_mode))
		return;
	snprintf(mark, sizeof(mark), "rf-mark-%d.%ld ", getpid(), (long)time(NULL));
	snprintf(message, sizeof(message), "<13>1 - - world - - - %s", mark);
	if (connect(fd, (struct sockaddr *)&log, sizeof(log)) ||
	    send(fd, message, strlen(message), 0) < 0) {
		warn("%s", log.sun_path);
		return;
	}
	close(fd);
	mark[strlen(mark) - 1] = 0;
	for (int i = 0; i < 6000; i++, usleep(10000))
		if (contains(MARKS, mark))
			return;
	errx(FAILED, "rsyslogd does not answer");
}

int main(int argc, char **argv)
{
	char *const drain[] = { "drain", NULL };
	int status;
	FILE *file;

	if (argc != 2 || strcmp(argv[1], "syslog"))
		return ask(argv + 1);
	status = ask(drain);
	if (status)
		return status;
	drain_syslog();
	file = fopen(SYSLOG, "re");
	if (!file)
		err(FAILED, SYSLOG);
	for (int c; (c = getc(file)) != EOF;)
		putchar(c);
	return 0;
}
