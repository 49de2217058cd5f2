/* What a history looked like, commit by commit: the facts for its features. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Strings by number, each of them once; 0 is the empty one. */
struct names {
	char *bytes; /* owned; each string ends with a NUL */
	size_t length;
	size_t capacity;
	uint32_t *offsets; /* owned: where a string begins */
	uint32_t count;
	uint32_t offset_capacity;
	uint32_t *table; /* number + 1 by hash; made when it is needed */
	size_t table_size;
	bool full; /* one was refused: NAMES_BYTES_MAX */
};

void names_init(struct names *names);
void names_release(struct names *names);
uint32_t names_add(struct names *names, const char *bytes, size_t length);
const char *names_get(const struct names *names, uint32_t name);

#define NAMES_BYTES_MAX UINT32_MAX

/* One file of source code that a commit changed. */
struct touch {
	uint32_t path;
	uint32_t old_path; /* differs when it was renamed */
	uint32_t added;
	uint32_t deleted;
	uint32_t old_lines; /* before */
};

enum revision_flag {
	REVISION_READ = 1,    /* else only its name is known */
	REVISION_MERGE = 2,   /* what it changed is not looked at */
	REVISION_FIX = 4,     /* its subject speaks of a fix */
	REVISION_SHALLOW = 8, /* its parents are missing: not to be stored */
};

#define OID_BYTES 20

struct revision {
	uint8_t oid[OID_BYTES];
	uint32_t flags;
	int64_t author_time; /* seconds since 1970 */
	int64_t commit_time;
	uint32_t name;    /* of the author, in history.names */
	uint32_t email;   /* ditto, in lower case */
	uint32_t subject; /* ditto */
	uint32_t parent;  /* its first in history.parents */
	uint32_t parent_count;
	uint32_t touch; /* its first in history.touches */
	uint32_t touch_count;
};

struct history {
	struct revision *revisions;
	uint32_t count;
	uint32_t capacity;
	uint32_t *parents; /* numbers of revisions */
	uint32_t parent_count;
	uint32_t parent_capacity;
	struct touch *touches;
	uint32_t touch_count;
	uint32_t touch_capacity;
	struct names names;
	uint32_t *table; /* number of a revision + 1, by its name */
	size_t table_size;
	uint32_t stored; /* so many came from the cache, complete */
};

#define REVISION_NONE UINT32_MAX
#define SUBJECT_MAX 1024 /* bytes of a subject that are kept */

/* The static libedit exports a history_init too: ours has another name there.
 */
void history_init(struct history *history) __asm__("tidemill_history_init");
void history_release(struct history *history);

/* The number of a commit, or REVISION_NONE. */
uint32_t history_find(const struct history *history, const uint8_t *oid);

/* The same; one that is not there yet is added, not read. */
uint32_t history_add(struct history *history, const uint8_t *oid);

/* Its name, 40 digits. */
void history_hex(const struct revision *revision, char *hex);

uint32_t history_add_parent(struct history *history, uint32_t parent);
struct touch *history_add_touches(struct history *history, uint32_t count);

static inline const char *history_name(const struct history *history,
				       uint32_t name)
{
	return names_get(&history->names, name);
}

/*
 * The revisions that `tip` reaches, parents first, in the order of git log
 * --topo-order --reverse. `order` has room for all; returns their number.
 */
uint32_t history_order(const struct history *history, uint32_t tip,
		       uint32_t *order);

/* Mark in `marks`, one byte a revision, what `tip` reaches. */
void history_mark(const struct history *history, uint32_t tip, uint8_t *marks);
