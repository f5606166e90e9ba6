// SPDX-License-Identifier: GPL-2.0
/*
 * files that a process can write already
 */
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched.h>

#include "held.h"
#include "keep.h"
#include "patience.h"

/*
 * The locks of both tables forbid to sleep, or to keep others waiting: files
 * are referenced so many at a time, and looked at without the lock.
 */
#define RF_HELD_BATCH 32

struct rf_held {
	unsigned int count;
	struct file *file[RF_HELD_BATCH];
};

static bool rf_held_full(const struct rf_held *held)
{
	return held->count == RF_HELD_BATCH;
}

static void rf_held_add(struct rf_held *held, struct file *file)
{
	if (!(file->f_mode & FMODE_WRITE) || !S_ISREG(file_inode(file)->i_mode))
		return;
	held->file[held->count++] = get_file(file);
}

/* Keeps the label with each and lets all of them go. */
static int rf_held_flush(struct rf_held *held, u64 label)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < held->count; i++) {
		if (!err)
			err = rf_keep(held->file[i], label);
		fput(held->file[i]);
	}
	held->count = 0;
	return err;
}

/* For iterate_fd(): the number behind the one that filled the batch, or 0. */
static int rf_held_descriptor(const void *data, struct file *file, unsigned int fd)
{
	struct rf_held *held = (struct rf_held *)data;

	rf_held_add(held, file);
	return rf_held_full(held) ? fd + 1 : 0;
}

static int rf_held_descriptors(struct rf_held *held, u64 label)
{
	int next = 0, err;

	do {
		next = iterate_fd(current->files, next, rf_held_descriptor, held);
		err = rf_held_flush(held, label);
	} while (next && !err);
	return err;
}

/* From *@next on; *@next is 0 when there are no more. */
static int rf_held_map(struct rf_held *held, struct mm_struct *mm, unsigned long *next)
{
	struct rf_patience patience;
	struct vm_area_struct *vma;

	rf_patience_begin(&patience);
	while (!mmap_read_trylock(mm)) {
		if (!rf_patience_left(&patience))
			return -EBUSY;
	}
	for (vma = find_vma(mm, *next); vma && !rf_held_full(held); vma = find_vma(mm, *next)) {
		*next = vma->vm_end;
		/* Only of a file that may be written: see do_mmap(). */
		if (vma->vm_file && (vma->vm_flags & VM_SHARED))
			rf_held_add(held, vma->vm_file);
	}
	if (!vma)
		*next = 0;
	mmap_read_unlock(mm);
	return 0;
}

static int rf_held_mappings(struct rf_held *held, u64 label)
{
	unsigned long next = 0;
	int err;

	if (!current->mm)
		return 0;
	do {
		err = rf_held_map(held, current->mm, &next);
		if (!err)
			err = rf_held_flush(held, label);
	} while (next && !err);
	return err;
}

int rf_held_keep(u64 label)
{
	struct rf_held held = {};
	int err;

	if (!label)
		return 0;
	err = rf_held_descriptors(&held, label);
	return err ? err : rf_held_mappings(&held, label);
}
