/* Submodules: other repositories inside of a working tree. */
#pragma once

#include "runtime/git/remote.h"

struct submodule {
	char *name;               /* owned */
	char *path;               /* owned */
	char *url;                /* owned; without a password; may be NULL */
	char wanted[OID_HEX + 1]; /* what HEAD's commit says; "" if nothing */
	char actual[OID_HEX + 1]; /* what is checked out; "": nothing */
};

struct submodules {
	struct submodule *items; /* sorted by path */
	size_t count;
};

int repo_submodules(struct repo *repo, struct submodules *submodules,
		    struct error **err);
void submodules_release(struct submodules *submodules); /* fine when zeroed */

struct submodule_options {
	struct texts paths; /* only these; none: all */
	bool recursive;     /* those in submodules, too */

	/* URLs of this machine are fine although the repository is not. */
	bool allow_local;
};

/*
 * Clone, fetch and check out what is wanted. `remote` says how to log in.
 * ERROR_INVALID: a repository from elsewhere names one of this machine, which
 * could hand out what its author cannot read.
 */
int repo_submodules_update(struct repo *repo, const struct remote *remote,
			   const struct submodule_options *options,
			   struct error **err);
