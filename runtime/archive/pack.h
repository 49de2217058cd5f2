/* Packing: directories into archives (tar, zip) and back, with libarchive. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/error.h"

/* libarchive has the prefix archive_: ours is pack_. */

/* What is done so far: counted by the worker, read by whoever wants to know. */
struct pack_meter {
	_Atomic int64_t entries, bytes;
};

struct pack_options {
	const char *path; /* the archive's file; its name says the format */
	const char *dir;  /* what is packed from, or unpacked into */

	/* What counts, as in glob_list_match, by names within the archive. */
	const char *const *globs;
	size_t glob_count;

	int level;           /* of compression; -1: the format's own */
	bool fixed_time;     /* every entry gets `mtime` */
	int64_t mtime;       /* seconds since 1970 */
	unsigned strip;      /* leading parts of names to drop when unpacking */
	int64_t max_bytes;   /* unpacked, all together */
	int64_t max_entries; /* of entries */
	int64_t max_ratio;   /* of unpacked bytes to packed ones, from 1 */
	atomic_bool *cancelled;   /* tested now and then; NULL: never */
	struct pack_meter *meter; /* NULL: nobody looks */
};

struct pack_totals {
	int64_t entries, bytes; /* bytes: of the files' contents */
};

struct pack_entry {
	char *name;   /* owned */
	char *target; /* of a link, owned; NULL: no link */
	char kind;    /* 'f'ile, 'd'irectory, 'l'ink, 'h'ard link, '?' */
	int64_t size, mtime;
	unsigned mode;
};

struct pack_list {
	struct pack_entry *entries; /* owned */
	size_t count;
};

/*
 * Whether a name's end says a format that we write: .tar .tar.gz .tgz .tar.xz
 * .txz .tar.zst .zip. Else ERROR_INVALID.
 */
int pack_check(const char *path, struct error **err);

/*
 * Pack what is in `dir` into a new file, at once or not at all. Entries are
 * sorted by name and belong to nobody, so that the same files make the same
 * bytes (with `fixed_time`). Sockets and devices are ERROR_INVALID.
 */
int pack_create(const struct pack_options *options, struct pack_totals *totals,
		struct error **err);

/*
 * Unpack into `dir`, which is made if it is not there. Nothing outside of it is
 * touched: absolute names, "..", links that lead out, names that go through
 * links and special files are ERROR_INVALID; set-user-id bits and owners are
 * dropped. Passing a maximum is ERROR_LIMIT. What was unpacked before an error
 * stays.
 */
int pack_extract(const struct pack_options *options, struct pack_totals *totals,
		 struct error **err);

/* What is in it, without unpacking: release with pack_list_release. */
int pack_read(const struct pack_options *options, struct pack_list *list,
	      struct error **err);
void pack_list_release(struct pack_list *list);
