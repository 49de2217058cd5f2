/* The remotes that a repository knows, and new repositories. */
#pragma once

#include "runtime/git/repo.h"

struct remote_entry {
	char *name; /* owned */
	char *url;  /* owned; without a password in it */
};

struct remotes {
	struct remote_entry *items;
	size_t count;
};

int repo_remotes(struct repo *repo, struct remotes *remotes,
		 struct error **err);
void remotes_release(struct remotes *remotes); /* fine when zeroed */

/* ERROR_BUSY: there is one of that name. */
int repo_remote_add(struct repo *repo, const char *name, const char *url,
		    struct error **err);
int repo_remote_remove(struct repo *repo, const char *name, struct error **err);

/*
 * Make an empty repository; HEAD is on `branch` (NULL: as git is configured).
 * ERROR_BUSY: there is one.
 */
int repo_init(const char *dir, bool bare, const char *branch,
	      struct error **err);
