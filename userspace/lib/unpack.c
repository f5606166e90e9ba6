// SPDX-License-Identifier: GPL-2.0
/*
 * unpack.c - a file's content, whole, whatever it was compressed with
 */
#include "userspace/lib/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

/* What a decoder may take; xz -9 needs 65 MiB, zstd --ultra -22 needs 128 MiB. */
#define DECODER_MEMORY_LOG 27

/* struct bytes - a growing content; always room for one byte more */
struct bytes {
	unsigned char *data;
	size_t len;
	size_t room;
};

/* struct packing - how a file may be compressed, told by its first bytes */
struct packing {
	const char *name;
	unsigned char magic[6];
	size_t magic_len;
	const char *(*unpack)(const struct bytes *packed, struct bytes *plain);
};

/* Causes that stand for an errno of their own */
static const char too_big[] = "larger than a file of region data can be";
static const char no_memory[] = "out of memory";
static const char cut_short[] = "cut short";
static const char damaged[] = "damaged";
static const char trailing[] = "followed by something else";

static int cause_errno(const char *cause)
{
	return cause == too_big ? -EFBIG : cause == no_memory ? -ENOMEM : -EINVAL;
}

/* Room for more, up to RF_UNPACK_MAX and one byte that tells of an excess. */
static const char *make_room(struct bytes *plain)
{
	size_t room = plain->room ? plain->room * 2 : 1u << 16;
	unsigned char *data;

	if (plain->len < plain->room)
		return NULL;
	if (plain->len > RF_UNPACK_MAX)
		return too_big;
	if (room > RF_UNPACK_MAX)
		room = RF_UNPACK_MAX + 1u;
	data = realloc(plain->data, room + 1);
	if (!data)
		return no_memory;
	plain->data = data;
	plain->room = room;
	return NULL;
}

static const char *inflate_member(z_stream *stream, struct bytes *plain)
{
	int result = Z_OK;

	while (result != Z_STREAM_END) {
		const char *cause = make_room(plain);

		if (cause)
			return cause;
		stream->next_out = plain->data + plain->len;
		stream->avail_out = (uInt)(plain->room - plain->len);
		result = inflate(stream, Z_NO_FLUSH);
		plain->len = plain->room - stream->avail_out;
		if (result == Z_MEM_ERROR)
			return no_memory;
		if (result == Z_BUF_ERROR ||
		    (result == Z_OK && !stream->avail_in && stream->avail_out))
			return cut_short;
		if (result != Z_OK && result != Z_STREAM_END)
			return damaged;
	}
	return NULL;
}

static bool is_gzip(const z_stream *stream)
{
	return stream->avail_in >= 2 && stream->next_in[0] == 0x1f && stream->next_in[1] == 0x8b;
}

static const char *unpack_gzip(const struct bytes *packed, struct bytes *plain)
{
	z_stream stream = { .next_in = packed->data, .avail_in = (uInt)packed->len };
	const char *cause = NULL;

	if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
		return no_memory;
	while (!cause && stream.avail_in) {
		cause = is_gzip(&stream) ? inflate_member(&stream, plain) : trailing;
		if (!cause && inflateReset(&stream) != Z_OK)
			cause = damaged;
	}
	inflateEnd(&stream);
	return cause;
}

static const char *xz_cause(lzma_ret result)
{
	switch (result) {
	case LZMA_MEM_ERROR: return no_memory;
	case LZMA_MEMLIMIT_ERROR: return "needs more memory than a file of region data should";
	case LZMA_BUF_ERROR: return cut_short;
	default: return damaged; /* what follows the end, too */
	}
}

static const char *unpack_xz(const struct bytes *packed, struct bytes *plain)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_ret result =
		lzma_stream_decoder(&stream, 1ull << DECODER_MEMORY_LOG, LZMA_CONCATENATED);
	const char *cause = result == LZMA_OK ? NULL : xz_cause(result);

	stream.next_in = packed->data;
	stream.avail_in = packed->len;
	while (!cause && result != LZMA_STREAM_END) {
		cause = make_room(plain);
		if (cause)
			break;
		stream.next_out = plain->data + plain->len;
		stream.avail_out = plain->room - plain->len;
		result = lzma_code(&stream, LZMA_FINISH);
		plain->len = plain->room - stream.avail_out;
		if (result != LZMA_OK && result != LZMA_STREAM_END)
			cause = xz_cause(result);
	}
	lzma_end(&stream);
	return cause;
}

static const char *zstd_cause(size_t result)
{
	switch (ZSTD_getErrorCode(result)) {
	case ZSTD_error_memory_allocation: return no_memory;
	case ZSTD_error_prefix_unknown: return trailing;
	case ZSTD_error_frameParameter_windowTooLarge:
		return "needs more memory than a file of region data should";
	default: return damaged;
	}
}

static const char *unpack_zstd(const struct bytes *packed, struct bytes *plain)
{
	ZSTD_inBuffer in = { .src = packed->data, .size = packed->len };
	ZSTD_DStream *stream = ZSTD_createDStream();
	const char *cause = stream ? NULL : no_memory;
	/* bytes that the frame still needs, as a hint: 0 between frames */
	size_t missing = 1;

	if (!cause &&
	    ZSTD_isError(ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, DECODER_MEMORY_LOG)))
		cause = damaged;
	while (!cause && (missing || in.pos < in.size)) {
		ZSTD_outBuffer out;

		cause = make_room(plain);
		if (cause)
			break;
		out = (ZSTD_outBuffer){ .dst = plain->data,
					.size = plain->room,
					.pos = plain->len };
		missing = ZSTD_decompressStream(stream, &out, &in);
		plain->len = out.pos;
		if (ZSTD_isError(missing))
			cause = zstd_cause(missing);
		else if (missing && in.pos == in.size && out.pos < out.size)
			cause = cut_short;
	}
	ZSTD_freeDStream(stream);
	return cause;
}

static const struct packing packings[] = {
	{ "gzip", "\x1f\x8b", 2, unpack_gzip },
	{ "xz",
	  "\xfd"
	  "7zXZ",
	  6, unpack_xz },
	{ "zstd", "\x28\xb5\x2f\xfd", 4, unpack_zstd },
};

static const struct packing *find_packing(const struct bytes *packed)
{
	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++)
		if (packed->len >= packings[i].magic_len &&
		    !memcmp(packed->data, packings[i].magic, packings[i].magic_len))
			return &packings[i];
	return NULL;
}

static int read_whole(int fd, struct bytes *packed)
{
	for (;;) {
		const char *cause = make_room(packed);
		ssize_t got;

		if (cause)
			return cause_errno(cause);
		got = read(fd, packed->data + packed->len, packed->room - packed->len);
		if (!got)
			return 0;
		if (got > 0)
			packed->len += (size_t)got;
		else if (errno != EINTR)
			return -errno;
	}
}

/* O_NONBLOCK: a FIFO in the file's place must not hold up a start. */
static int read_file(const char *path, struct bytes *packed, struct rf_fault *fault)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	int error = 0;

	if (fd < 0)
		return rf_fault_set(fault, -errno, "%s: %s", path, strerror(errno));
	if (fstat(fd, &status))
		error = -errno;
	else if (!S_ISREG(status.st_mode))
		rf_fault_set(fault, error = -EINVAL, "%s: not a regular file", path);
	else if (status.st_size > (off_t)RF_UNPACK_MAX)
		error = -EFBIG;
	else
		error = read_whole(fd, packed);
	close(fd);
	if (error && error != -EINVAL)
		rf_fault_set(fault, error, "%s: %s", path,
			     error == -EFBIG ? too_big : strerror(-error));
	return error;
}

static int unpack(const char *path, struct bytes *packed, struct bytes *plain,
		  struct rf_fault *fault)
{
	const struct packing *packing = find_packing(packed);
	const char *cause;

	if (!packing) {
		*plain = *packed;
		*packed = (struct bytes){ 0 };
		return 0;
	}
	cause = packing->unpack(packed, plain);
	if (!cause)
		cause = make_room(plain); /* for the NUL, also if it is empty */
	if (!cause)
		return 0;
	return rf_fault_set(fault, cause_errno(cause), "%s: %s: %s", path, packing->name, cause);
}

int rf_unpack_file(const char *path, void **data, size_t *len, unsigned char hash[32],
		   struct rf_fault *fault)
{
	struct bytes packed = { 0 }, plain = { 0 };
	int error = read_file(path, &packed, fault);

	if (!error && hash)
		SHA256(packed.data, packed.len, hash);
	if (!error)
		error = unpack(path, &packed, &plain, fault);
	free(packed.data);
	if (error) {
		free(plain.data);
		return error;
	}
	plain.data[plain.len] = '\0';
	*data = plain.data;
	*len = plain.len;
	return 0;
}
