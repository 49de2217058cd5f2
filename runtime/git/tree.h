/* Trees and patches: what a commit holds, and differences as text. */
#pragma once

#include "runtime/git/repo.h"

struct tree_entry {
	char *path; /* from the root of the repository; owned */
	char oid[OID_HEX + 1];
	unsigned mode; /* 0100644, 0100755, 0120000, 0040000, 0160000 */
	int64_t size;  /* of a file, when asked for; else -1 */
};

struct tree {
	struct tree_entry *items;
	size_t count;
};

#define TREE_MAX 100000

struct tree_query {
	const char *rev;
	const char *path; /* a folder; NULL: the root */
	bool recursive;   /* files of all folders below, without the folders */
	bool sizes;
	size_t max; /* 0: TREE_MAX */
};

/* ERROR_NOT_FOUND: no such folder. ERROR_LIMIT: more than `max` entries. */
int repo_tree(struct repo *repo, const struct tree_query *query,
	      struct tree *tree, struct error **err);
void tree_release(struct tree *tree); /* fine when zeroed */

#define PATCH_MAX ((size_t)16 * 1024 * 1024)

struct patch_query {
	const char *from;   /* NULL: HEAD */
	const char *to;     /* NULL: the working tree, or the index */
	bool staged;        /* the index */
	bool merge_base;    /* from the merge base of both */
	struct texts paths; /* only these files and folders; globs are fine */
	size_t context;     /* lines around each change */
	size_t max;         /* bytes; 0: PATCH_MAX */
};

/* As `git diff` prints it, for buf_release. ERROR_LIMIT: it is longer. */
int repo_patch(struct repo *repo, const struct patch_query *query,
	       struct buf *text, struct error **err);

struct read_query {
	const char *rev;
	const char *path;
	size_t max; /* bytes */
};

/* Read a file of a commit with a limit of one's own; see repo_blob. */
int repo_read(struct repo *repo, const struct read_query *query,
	      struct blob *blob, struct error **err);
