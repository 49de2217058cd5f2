/* Branches: making, moving, listing them, and standing on one. */
#pragma once

#include "runtime/git/repo.h"

struct branch {
	char *name;            /* "main", "origin/main"; owned */
	char oid[OID_HEX + 1]; /* its commit; "" when it leads nowhere */
	char *upstream;        /* "origin/main"; owned; NULL: none */
	bool current;          /* HEAD is on it */
	bool remote;           /* a remote-tracking branch */
};

struct branches {
	struct branch *items; /* sorted by name, local ones first */
	size_t count;
};

/* Local branches, and with `remote` those of remotes, too. */
int repo_branches(struct repo *repo, bool remote, struct branches *branches,
		  struct error **err);
void branches_release(struct branches *branches); /* fine when zeroed */

/* The name of the branch HEAD is on, owned; NULL: detached. */
int repo_branch(struct repo *repo, char **name, struct error **err);

struct branch_options {
	const char *name;
	const char *rev; /* where it begins; NULL: HEAD */
	bool force;      /* move one that exists */
};

/* ERROR_BUSY: it exists, or HEAD is on it. `oid` is its commit. */
int repo_branch_create(struct repo *repo, const struct branch_options *options,
		       char oid[OID_HEX + 1], struct error **err);

/*
 * ERROR_BUSY: HEAD (of this or another worktree) is on it. ERROR_CONFLICT: it
 * has commits that neither its upstream nor HEAD has, unless `force`.
 */
int repo_branch_delete(struct repo *repo, const char *name, bool force,
		       struct error **err);
int repo_branch_rename(struct repo *repo, const char *name, const char *new,
		       bool force, struct error **err);

/* `upstream` is "origin/main", or NULL for none. */
int repo_branch_track(struct repo *repo, const char *name, const char *upstream,
		      struct error **err);

struct switch_options {
	const char *name; /* a branch, or with `detach` any commit */
	bool create;      /* the branch is made, at `rev` */
	const char *rev;  /* NULL: HEAD */
	bool detach;
	bool force; /* changes of the working tree are thrown away */
};

/*
 * Put HEAD on a branch and its files into the working tree. A name that only
 * one remote has becomes a branch that tracks it. ERROR_BUSY: changes would be
 * lost, or another worktree is on the branch.
 */
int repo_switch(struct repo *repo, const struct switch_options *options,
		struct error **err);
