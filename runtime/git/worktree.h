/* Worktrees: more working trees of one repository, each on its own branch. */
#pragma once

#include "runtime/git/repo.h"

struct worktree {
	char *name;            /* its folder in .git/worktrees; owned */
	char *path;            /* owned */
	char *branch;          /* owned; NULL: detached, or gone */
	char oid[OID_HEX + 1]; /* of its HEAD; "" when it is gone */
	bool locked;
	bool gone; /* its folder is no longer there */
};

struct worktrees {
	struct worktree *items; /* sorted by name */
	size_t count;
};

/* All but the main one. */
int repo_worktrees(struct repo *repo, struct worktrees *worktrees,
		   struct error **err);
void worktrees_release(struct worktrees *worktrees); /* fine when zeroed */

struct worktree_options {
	const char *dir;    /* must not exist */
	const char *name;   /* NULL: the last part of `dir` */
	const char *branch; /* NULL: `name`; made at `rev` if it is new */
	const char *rev;    /* NULL: HEAD */
};

/* ERROR_BUSY: the folder exists, or the branch is checked out. */
int repo_worktree_add(struct repo *repo, const struct worktree_options *options,
		      struct error **err);

/*
 * Remove a worktree, found by name or path, with its folder. ERROR_BUSY: it has
 * changes or is locked, unless `force`.
 */
int repo_worktree_remove(struct repo *repo, const char *name, bool force,
			 struct error **err);

/* Forget worktrees whose folders are gone; `*count` is how many. */
int repo_worktree_prune(struct repo *repo, size_t *count, struct error **err);
