/* Workspaces: the files of one commit, with a small repository around them. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/error.h"
#include "runtime/git/refs.h"

struct workspace {
	const char *source; /* a local repository or mirror */
	const char *oid;    /* commit, or a tag of one */
	const char *dir;    /* made with its parents */
	const char *ref;    /* "refs/heads/x": HEAD is on branch x; or NULL */
	const atomic_bool *cancelled; /* or NULL */
};

struct workspace_result {
	char oid[OID_HEX + 1]; /* the commit */
	uint64_t files;        /* written; 0 when it was there already */
	bool reused;           /* it was whole, and nothing was done */
};

/*
 * Make the workspace: `dir` gets a .git of its own that borrows the objects of
 * `source` (alternates), knows its tags and branches (as packed refs and as
 * remote-tracking branches) and its `origin`, and all files of the commit with
 * their modes and links. HEAD is on the branch of `ref`, else detached.
 *
 * `.git/tidemill-ready` is written last: a workspace that has it for the same
 * commit is left as it is, changes of a run included; one without is removed
 * and made again. A `dir` that is neither is ERROR_BUSY and left alone.
 * Submodules are empty directories, as after `git clone`; see `git submodule
 * update --init`.
 */
int workspace_make(const struct workspace *workspace,
		   struct workspace_result *result, struct error **err);
