/* Committing: files into the index, the index into a commit. */
#pragma once

#include "runtime/git/repo.h"

/*
 * Put the files and folders `paths` (globs of git are fine) into the index as
 * they are in the working tree, removed ones too; no paths: everything that
 * .gitignore does not name. ERROR_NOT_FOUND: a path that is nowhere.
 */
int repo_add(struct repo *repo, struct texts paths, struct error **err);

struct commit_options {
	const char *message;   /* NULL: only with `amend`, which keeps it */
	const char *author;    /* see author.h; NULL: as git would */
	const char *committer; /* ditto */
	struct texts paths;    /* added before */
	bool all;              /* known files that changed are added before */
	bool allow_empty;      /* a commit that changes nothing is fine */
	bool amend;            /* in place of the last commit */
};

/*
 * Commit the index on HEAD; `oid` becomes the commit. Hooks do not run.
 * ERROR_INVALID: there is nothing to commit, or no message. ERROR_CONFLICT: the
 * index has unmerged paths.
 */
int repo_commit(struct repo *repo, const struct commit_options *options,
		char oid[OID_HEX + 1], struct error **err);
