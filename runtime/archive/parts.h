/* What the parts of the room share. Private to runtime/archive/. */
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include "runtime/archive/pack.h"

enum { PACK_BLOCK = 64 * 1024 };

/* The error of `archive`, as "cannot VERB 'PATH': why". Returns -1. */
int pack_fail(struct error **err, struct archive *archive, const char *verb,
	      const char *path);

/* Count an entry and bytes, in `totals` and for whoever looks. */
void pack_count(const struct pack_options *options, struct pack_totals *totals,
		int64_t entries, int64_t bytes);

/* Set ERROR_CANCELLED when somebody asked to stop: -1 then. */
int pack_stopped(const struct pack_options *options, struct error **err);

/* Does the entry `name` count? */
bool pack_wanted(const struct pack_options *options, const char *name);

/* Prepare `archive` to write the format that `path` means. */
int pack_set_format(struct archive *archive, const char *path, int level,
		    struct error **err);

/* Open the file for reading: freed with archive_read_free. NULL on failure. */
struct archive *pack_open(const char *path, struct error **err);

/*
 * The next entry: 1, 0 at the end, or -1. `entry` is borrowed until the next
 * call.
 */
int pack_next(struct archive *archive, const struct pack_options *options,
	      struct archive_entry **entry, struct error **err);

/*
 * Names in archives are UTF-8: while this is in force on the thread, the C
 * library says so to libarchive.
 */
void *pack_locale_enter(void);
void pack_locale_leave(void *former);

/*
 * `name` without its first parts, without "." and doubled slashes; "" when
 * nothing is left; NULL when it leads out. Owned.
 */
char *pack_clean_name(const char *name, unsigned strip);

/*
 * Would a link at `name` to `target` stay inside, whatever other links there
 * are? ".." may only be at the target's begin.
 */
bool pack_stays_inside(const char *name, const char *target);
