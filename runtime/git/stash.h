/* The stash: changes put aside, and brought back. */
#pragma once

#include "runtime/git/repo.h"

struct stash {
	char oid[OID_HEX + 1];
	char *message; /* "On main: text"; owned */
};

struct stashes {
	struct stash *items; /* newest first: number 0 */
	size_t count;
};

struct stash_options {
	const char *message; /* or NULL */
	bool untracked;      /* files that git does not know, too */
	bool keep_index;     /* what is in the index stays in the files */
};

/* Put changes aside. ERROR_NOT_FOUND: there are none. */
int repo_stash(struct repo *repo, const struct stash_options *options,
	       char oid[OID_HEX + 1], struct error **err);

int repo_stashes(struct repo *repo, struct stashes *stashes,
		 struct error **err);
void stashes_release(struct stashes *stashes); /* fine when zeroed */

/*
 * Bring number `at` back, and with `drop` forget it then. ERROR_CONFLICT: the
 * files have changed in between; nothing is done.
 */
int repo_stash_apply(struct repo *repo, size_t at, bool drop,
		     struct error **err);
int repo_stash_drop(struct repo *repo, size_t at, struct error **err);
