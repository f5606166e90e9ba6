// SPDX-License-Identifier: GPL-2.0
/*
 * splice.c - the file's pages to a TCP socket that is connected before it is
 * opened, without a copy in user space
 *
 * usage: splice sendfile|splice|tee|vmsplice ADDRESS
 */
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "tests/vm/attack/attack.h"

#define AMOUNT 1200

static int pipe_in[2], pipe_out[2];

static int open_file(void)
{
	return attack_do("open", open(getenv("FILE"), O_RDONLY));
}

static void from_pipe(int from, int sock)
{
	attack_do("splice", splice(from, NULL, sock, NULL, AMOUNT, 0));
}

int main(int argc, char **argv)
{
	struct iovec vec = { .iov_base = data.bytes, .iov_len = AMOUNT };
	const char *how = argv[1];
	int sock;

	if (argc != 3)
		return 2;
	sock = attack_connected(argv[2]);
	attack_do("pipe", pipe(pipe_in));
	attack_do("pipe", pipe(pipe_out));
	if (!strcmp(how, "sendfile")) {
		attack_do("sendfile", sendfile(sock, open_file(), NULL, AMOUNT));
	} else if (!strcmp(how, "vmsplice")) {
		attack_obtain();
		attack_do("vmsplice", vmsplice(pipe_in[1], &vec, 1, 0));
		from_pipe(pipe_in[0], sock);
	} else {
		attack_do("splice", splice(open_file(), NULL, pipe_in[1], NULL, AMOUNT, 0));
		if (!strcmp(how, "tee"))
			attack_do("tee", tee(pipe_in[0], pipe_out[1], AMOUNT, 0));
		from_pipe(!strcmp(how, "tee") ? pipe_out[0] : pipe_in[0], sock);
	}
	attack_answer(sock);
	return attack_status;
}
