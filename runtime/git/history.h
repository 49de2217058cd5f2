/* History: commits, what they say and what they changed. */
#pragma once

#include "runtime/git/repo.h"

struct person {
	char *name;   /* owned */
	char *email;  /* owned */
	int64_t time; /* ms since 1970 */
	int offset;   /* minutes east of UTC */
};

struct commit {
	char oid[OID_HEX + 1];
	char tree[OID_HEX + 1];
	struct person author;
	struct person committer;
	char *message;                /* owned */
	char (*parents)[OID_HEX + 1]; /* owned */
	size_t parent_count;
};

/* Read what `oid` (a commit, or a tag of one) says; commit_release frees it. */
int commit_read(struct repo *repo, const char *oid, struct commit *commit,
		struct error **err);
void commit_release(struct commit *commit); /* fine when zeroed */

struct change {
	char *path;         /* owned */
	char *old_path;     /* owned; NULL unless renamed */
	char kind;          /* A, M, D, R, T */
	int64_t insertions; /* -1: binary or not counted */
	int64_t deletions;
};

struct changes {
	struct change *items; /* sorted by path */
	size_t count;
	bool truncated;         /* there are more than max */
	char base[OID_HEX + 1]; /* compared with it; "": with nothing */
	int64_t insertions;
	int64_t deletions;
};

#define CHANGES_MAX 10000

struct changes_query {
	const char *old; /* NULL, "" or zeroes: a new ref */
	const char *new;
	bool merge_base; /* compare with merge-base(old, new), not with old */
	bool lines;      /* count lines and find renames */
	size_t max;      /* 0: CHANGES_MAX */
};

/*
 * What differs between two commits. With `merge_base` it is what a push
 * brought: from merge-base(old, new) to new, also after a forced push; for a
 * new ref from the merge base with the default branch; where that is the commit
 * itself, or there is none, from its first parent; for a first commit from
 * nothing. An `old` that no longer exists counts as a new ref.
 */
int changes_read(struct repo *repo, const struct changes_query *query,
		 struct changes *changes, struct error **err);
void changes_release(struct changes *changes); /* fine when zeroed */

/* Everything that filters of a trigger look at. */
struct facts {
	struct commit commit;
	struct changes changes; /* names only */
};

/* The commit `new`, and what the push of it over `old` brought. */
int facts_read(struct repo *repo, const char *old, const char *new,
	       struct facts *facts, struct error **err);
void facts_release(struct facts *facts); /* fine when zeroed */

struct log_query {
	const char *from;         /* newest; NULL: HEAD */
	const char *to;           /* leave out what it reaches; or NULL */
	size_t limit;             /* 0: 100 */
	const char *const *paths; /* only commits that changed one; or NULL */
	size_t path_count;
};

struct commits {
	struct commit *items;
	size_t count;
};

/* Commits, newest first in topological order. An unborn HEAD has none. */
int log_read(struct repo *repo, const struct log_query *query,
	     struct commits *commits, struct error **err);
void commits_release(struct commits *commits); /* fine when zeroed */
