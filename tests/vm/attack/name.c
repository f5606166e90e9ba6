// SPDX-License-Identifier: GPL-2.0
/*
 * name.c - the data of a file put beside another: into names, targets of
 * symbolic links, extended attributes
 *
 * $DIR is where that is. "held": the taker has the directory open before there is
 * anything in it.
 */
#include "tests/vm/attack/hand.h"
#include "tests/vm/attack/ring.h"

#include <dirent.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/xattr.h>

static char temporary[128];

static void make_empty(void)
{
	close(carry_check(open(name, O_RDWR | O_CREAT | O_EXCL, 0600), name));
}

/* --- attributes */

/* The same by a ring, of which a thread of the kernel's makes the calls */
static void ring_asks(void)
{
	ring_make(IORING_SETUP_SQPOLL);
}

/* All attributes of a file have to fit into the smallest block. */
#define ATTRIBUTES 600

static void give_attribute(void)
{
	if (len > ATTRIBUTES)
		len = ATTRIBUTES;
	carry_check(setxattr(name, "user.data", data, len, 0), "setxattr");
}

static void take_attribute(void)
{
	len = carry_check(getxattr(name, "user.data", data, CARRY_MAX), "getxattr");
}

static void give_attribute_ring(void)
{
	ring_asks();
	len = len > ATTRIBUTES ? ATTRIBUTES : len;
	io_uring_prep_setxattr(ring_next(), "user.data", data, name, 0, len);
	ring_run();
}

static void take_attribute_ring(void)
{
	ring_asks();
	io_uring_prep_getxattr(ring_next(), "user.data", data, name, CARRY_MAX);
	len = ring_run();
}

/* Of $DIR itself, where it cannot be had of files that one makes: called $ATTRIBUTE */
static void give_above(void)
{
	carry_check(setxattr(getenv("DIR"), getenv("ATTRIBUTE"), data, len, 0), "setxattr");
}

static void take_above(void)
{
	len = carry_check(getxattr(getenv("DIR"), getenv("ATTRIBUTE"), data, CARRY_MAX),
			  "getxattr");
}

/* In its name: a line each */
static void give_attribute_name(void)
{
	char attribute[64], *save, *line;

	data[ATTRIBUTES] = '\0';
	for (line = strtok_r(data, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		snprintf(attribute, sizeof(attribute), "user.%s", line);
		carry_check(setxattr(name, attribute, "", 0, 0), "setxattr");
	}
}

static void take_attribute_name(void)
{
	len = carry_check(listxattr(name, data, CARRY_MAX), "listxattr");
}

/* In an access control list: four bytes of it are the number of a user. */
#define ACCESS "system.posix_acl_access"
#define ACL_USERS 64

static struct {
	struct posix_acl_xattr_header header;
	struct posix_acl_xattr_entry entry[ACL_USERS + 4];
} acl = { .header.a_version = POSIX_ACL_XATTR_VERSION };

static void set_entry(struct posix_acl_xattr_entry *entry, unsigned int tag)
{
	entry->e_tag = tag;
	entry->e_perm = ACL_READ | ACL_WRITE;
	entry->e_id = ACL_UNDEFINED_ID;
}

static void give_acl(void)
{
	struct posix_acl_xattr_entry *end = acl.entry + ACL_USERS + 1;

	set_entry(acl.entry, ACL_USER_OBJ);
	for (size_t i = 0; i < ACL_USERS; i++) {
		set_entry(acl.entry + 1 + i, ACL_USER);
		memcpy(&acl.entry[1 + i].e_id, data + i * sizeof(__le32), sizeof(__le32));
	}
	set_entry(end, ACL_GROUP_OBJ);
	set_entry(end + 1, ACL_MASK);
	set_entry(end + 2, ACL_OTHER);
	carry_check(setxattr(name, ACCESS, &acl, sizeof(acl), 0), "setxattr");
}

static void take_acl(void)
{
	carry_check(getxattr(name, ACCESS, &acl, sizeof(acl)), "getxattr");
	for (size_t i = 0; i < ACL_USERS; i++, len += sizeof(__le32))
		memcpy(data + len, &acl.entry[1 + i].e_id, sizeof(__le32));
}

/* --- symbolic links */

/* A target has to fit into the smallest block. */
#define TARGET 900

static void give_target(void)
{
	for (size_t at = 0; at < len; at += TARGET) {
		char target[TARGET + 1] = { 0 };

		memcpy(target, data + at, len - at < TARGET ? len - at : TARGET);
		snprintf(temporary, sizeof(temporary), "%s-%zu", name, at);
		carry_check(symlink(target, temporary), "symlink");
	}
}

static void take_target(void)
{
	for (ssize_t got = TARGET; got == TARGET; len += got) {
		snprintf(temporary, sizeof(temporary), "%s-%zu", name, len);
		got = carry_check(readlink(temporary, data + len, CARRY_MAX - len), "readlink");
		unlink(temporary);
	}
}

/* --- names */

static void make_directory(void)
{
	carry_check(mkdir(name, 0700), name);
}

/* Each line of it is a name in the directory. */
static void give_each(void (*make)(const char *line))
{
	char *save, *line;

	snprintf(temporary, sizeof(temporary), "%s.new", name);
	carry_check(chdir(name), name);
	for (line = strtok_r(data, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		make(line);
}

static void make_file(const char *line)
{
	close(carry_check(open(line, O_WRONLY | O_CREAT, 0600), "open"));
}

static void make_below(const char *line)
{
	carry_check(mkdir(line, 0700), "mkdir");
}

static void make_node(const char *line)
{
	carry_check(mknod(line, S_IFIFO | 0600, 0), "mknod");
}

/* What is renamed or linked there was made elsewhere. */
static void make_renamed(const char *line)
{
	make_file(temporary);
	carry_check(rename(temporary, line), "rename");
}

static void make_linked(const char *line)
{
	make_file(temporary);
	carry_check(link(temporary, line), "link");
}

static void give_names(void)
{
	give_each(make_file);
}

static void make_by_ring(const char *line)
{
	io_uring_prep_mkdirat(ring_next(), AT_FDCWD, line, 0700);
	ring_run();
}

static void give_names_ring(void)
{
	ring_asks();
	give_each(make_by_ring);
}

static void rename_by_ring(const char *line)
{
	make_file(temporary);
	io_uring_prep_renameat(ring_next(), AT_FDCWD, temporary, AT_FDCWD, line, 0);
	ring_run();
}

static void give_renames_ring(void)
{
	ring_asks();
	give_each(rename_by_ring);
}

static void give_directories(void)
{
	give_each(make_below);
}

static void give_nodes(void)
{
	give_each(make_node);
}

static void give_renames(void)
{
	give_each(make_renamed);
}

static void give_links(void)
{
	give_each(make_linked);
}

/* Links to where nothing is yet: who opens them to create makes the names. */
static size_t links;

static void make_dangling(const char *line)
{
	char target[512], number[16];

	snprintf(target, sizeof(target), "%s.made/%s", name, line);
	snprintf(number, sizeof(number), "%zu", links++);
	carry_check(symlink(target, number), "symlink");
}

static void give_dangling(void)
{
	give_each(make_dangling);
}

static DIR *listed;

static void attach_listing(void)
{
	listed = opendir(name);
	if (!listed)
		carry_fail(name);
}

static void take_listing(void)
{
	struct dirent *entry;

	while ((entry = readdir(listed)))
		if (entry->d_name[0] != '.')
			len += sprintf(data + len, "%s\n", entry->d_name);
}

static void take_names(void)
{
	attach_listing();
	take_listing();
}

static void take_followed(void)
{
	char number[16];

	carry_check(chdir(name), name);
	strcat(name, ".made");
	make_directory();
	for (;; links++) {
		snprintf(number, sizeof(number), "%zu", links);
		if (faccessat(AT_FDCWD, number, F_OK, AT_SYMLINK_NOFOLLOW))
			break;
		make_file(number);
	}
	take_names();
}

static void attach_watch(void)
{
	ends[0] = carry_check(inotify_init1(0), "inotify_init1");
	carry_check(inotify_add_watch(ends[0], name, IN_CREATE), "inotify_add_watch");
}

static void attach_fanotify(void)
{
	ends[0] = carry_check(fanotify_init(FAN_REPORT_DFID_NAME, O_RDONLY), "fanotify_init");
	carry_check(fanotify_mark(ends[0], FAN_MARK_ADD, FAN_CREATE, AT_FDCWD, name),
		    "fanotify_mark");
}

/* The events hold the names, here with what is between them. */
static void take_watched(void)
{
	struct pollfd wait = { .fd = ends[0], .events = POLLIN };

	do
		len += carry_check(read(ends[0], data + len, CARRY_MAX - len), "read");
	while (poll(&wait, 1, 1000) == 1);
}

static const struct hand hands[] = {
	{ "attribute", AFTER, make_empty, NULL, NULL, give_attribute, take_attribute },
	{ "attribute-name", AFTER, make_empty, NULL, NULL, give_attribute_name,
	  take_attribute_name },
	{ "attribute-ring", AFTER, make_empty, NULL, NULL, give_attribute_ring,
	  take_attribute_ring },
	{ "attribute-above", AFTER, NULL, NULL, NULL, give_above, take_above },
	{ "acl", AFTER, make_empty, NULL, NULL, give_acl, take_acl },
	{ "symlink", AFTER, NULL, NULL, NULL, give_target, take_target },
	{ "names", AFTER, make_directory, NULL, NULL, give_names, take_names },
	{ "names-ring", AFTER, make_directory, NULL, NULL, give_names_ring, take_names },
	{ "renames-ring", AFTER, make_directory, NULL, NULL, give_renames_ring, take_names },
	{ "names-held", AFTER, make_directory, attach_listing, NULL, give_names, take_listing },
	{ "nodes", AFTER, make_directory, NULL, NULL, give_nodes, take_names },
	{ "links", AFTER, make_directory, NULL, NULL, give_links, take_names },
	{ "followed", AFTER, make_directory, NULL, NULL, give_dangling, take_followed },
	{ "directories", AFTER, make_directory, NULL, NULL, give_directories, take_names },
	{ "renames", AFTER, make_directory, NULL, NULL, give_renames, take_names },
	{ "watched", AFTER | BLOCKED, make_directory, attach_watch, NULL, give_names,
	  take_watched },
	{ "fanotify", AFTER | BLOCKED, make_directory, attach_fanotify, NULL, give_names,
	  take_watched },
};

int main(int argc, char **argv)
{
	return hand_main(argc, argv, hands, sizeof(hands) / sizeof(hands[0]));
}
