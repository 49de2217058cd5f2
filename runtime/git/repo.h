/* Repositories: an open handle and what is read from its objects. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/buf.h"
#include "runtime/base/error.h"
#include "runtime/git/refs.h"

/* A list of strings that somebody else owns. */
struct texts {
	const char *const *items;
	size_t count;
};

/* For one thread at a time; every operation on the pool opens its own. */
struct repo;

/*
 * Open the repository that `path` is in: a working tree (or a directory below
 * it), a .git directory or a bare repository. Long functions stop with
 * ERROR_CANCELLED when `*cancelled` becomes true; NULL: they do not. The first
 * call initialises libgit2. ERROR_NOT_FOUND: no repository there.
 */
struct repo *repo_open(const char *path, const atomic_bool *cancelled,
		       struct error **err);
void repo_close(struct repo *repo); /* NULL is fine */

/* Was it cloned with a depth? Then what needs all of history fails. */
bool repo_is_shallow(const struct repo *repo);

/* Where git looks for hooks that run after a push; owned (core.hooksPath). */
char *repo_hooks(const struct repo *repo);

/* Both borrowed from `repo`. `repo_workdir` is NULL in a bare repository. */
const char *repo_dir(const struct repo *repo);
const char *repo_workdir(const struct repo *repo);

/*
 * Find the commit that `text` means (a ref, an object's name or its beginning,
 * "HEAD~2", an annotated tag) and write its name to `oid`. ERROR_NOT_FOUND
 * names the nearest ref.
 */
int repo_resolve(struct repo *repo, const char *text, char oid[OID_HEX + 1],
		 struct error **err);

/* Is `ancestor` reachable from `oid` (or the same)? -1 on failure. */
int repo_is_ancestor(struct repo *repo, const char *ancestor, const char *oid,
		     struct error **err);

#define BLOB_MAX ((size_t)1024 * 1024)

struct blob {
	struct buf bytes;
	char oid[OID_HEX + 1];
};

/*
 * Read the file `name` ("dir/file") as it is in commit `oid` into `blob`, freed
 * with blob_release. ERROR_NOT_FOUND: no such commit or file; ERROR_LIMIT: more
 * than BLOB_MAX.
 */
int repo_blob(struct repo *repo, const char *oid, const char *name,
	      struct blob *blob, struct error **err);
void blob_release(struct blob *blob); /* fine when zeroed */

struct tag_options {
	const char *name;
	const char *target;  /* what it names; NULL: HEAD */
	const char *message; /* NULL: a light tag */
	bool force;          /* move one that exists */
};

/* Make a tag; `oid` becomes what its ref holds. ERROR_BUSY: it exists. */
int repo_tag(struct repo *repo, const struct tag_options *options,
	     char oid[OID_HEX + 1], struct error **err);

int repo_tag_delete(struct repo *repo, const char *name, struct error **err);

struct status_entry {
	char *path;    /* owned */
	char index;    /* as `git status --short`: ' ', M, A, D, R, T */
	char worktree; /* ditto, and '?' or 'U' */
};

struct status {
	struct status_entry *items;
	size_t count;
	bool truncated; /* there are more than max */
};

/* What `git status` says, untracked files included, at most `max` entries. */
int repo_status(struct repo *repo, size_t max, struct status *status,
		struct error **err);
void status_release(struct status *status); /* fine when zeroed */

struct tag {
	char *name;               /* "v1.0"; owned */
	char oid[OID_HEX + 1];    /* what the ref holds */
	char commit[OID_HEX + 1]; /* "": it names something else */
	char *message;            /* owned; NULL: a light tag */
};

struct tags {
	struct tag *items; /* sorted by name */
	size_t count;
};

/* All tags with what they lead to. */
int repo_tags(struct repo *repo, struct tags *tags, struct error **err);
void tags_release(struct tags *tags); /* fine when zeroed */
