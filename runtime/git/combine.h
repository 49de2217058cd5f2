/* Combining: a result of merging becomes files and a commit. For this room. */
#pragma once

#include "runtime/git/library.h"

/* ERROR_CONFLICT with the conflicting paths of `index`; returns -1. */
int combine_conflicts(git_index *index, const char *what, struct error **err);

/* ERROR_BUSY when a merge, rebase or the like of git is under way. */
int combine_idle(struct repo *repo, struct error **err);

/* HEAD's commit; it must have one. */
int combine_head(struct repo *repo, git_commit **head, struct error **err);

/*
 * Make the working tree (if there is one) that of `tree`, from HEAD's. Files
 * that were changed and would be lost are ERROR_BUSY, with their paths, and
 * nothing is done; with `force` they are overwritten.
 */
int combine_checkout(struct repo *repo, const git_tree *tree, bool force,
		     struct error **err);

struct combine {
	const char *what; /* for messages: "merging 'side'" */
	git_index *index; /* the result, in memory; may have conflicts */
	const git_commit *parents[2];
	size_t parent_count;
	const char *message;
	const git_signature *author; /* NULL: as git would */
	bool keep; /* no commit: the result stays in index and files */
};

/*
 * Turn `combine` into files and a commit on HEAD. On any failure, conflicts
 * included, files and HEAD are as before. `oid` is the commit, or that of HEAD
 * when there was nothing to do or `keep`.
 */
int combine_finish(struct repo *repo, const struct combine *combine,
		   git_oid *oid, struct error **err);
