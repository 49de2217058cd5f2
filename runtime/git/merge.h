/* Merging: branches into HEAD, single commits onto it, and their bases. */
#pragma once

#include "runtime/git/repo.h"

enum merge_ff {
	MERGE_FF,      /* no commit when HEAD only has to move */
	MERGE_NO_FF,   /* always a commit */
	MERGE_FF_ONLY, /* ERROR_CONFLICT when HEAD would have to be merged */
};

enum merge_kind {
	MERGE_NOTHING, /* HEAD has it already */
	MERGE_FORWARD,
	MERGE_COMMIT,
	MERGE_SQUASH, /* one commit with one parent */
	MERGE_KEPT,   /* in index and files, not committed */
};

struct merge_options {
	const char *rev;
	const char *message; /* NULL: as git says it */
	const char *author;  /* see author.h; NULL: as git would */
	enum merge_ff ff;
	bool squash;
	bool keep;
	const char *favor; /* NULL, "ours" or "theirs" where both changed */
};

struct merge_result {
	enum merge_kind kind;
	char oid[OID_HEX + 1]; /* HEAD afterwards */
};

/*
 * Merge a commit into HEAD. Conflicts are ERROR_CONFLICT with the paths, and
 * nothing has changed then. ERROR_BUSY: changes in the working tree would be
 * lost. A bare repository can be merged in, too.
 */
int repo_merge(struct repo *repo, const struct merge_options *options,
	       struct merge_result *result, struct error **err);

/* The best common ancestor of `revs`; ERROR_NOT_FOUND: there is none. */
int repo_merge_base(struct repo *repo, struct texts revs, char oid[OID_HEX + 1],
		    struct error **err);

/* How many commits `rev` has that `base` has not, and the other way round. */
int repo_distance(struct repo *repo, const char *rev, const char *base,
		  size_t counts[2], struct error **err);

struct pick_options {
	const char *rev;
	const char *message; /* NULL: the commit's, for a revert git's own */
	size_t mainline;     /* of a merge: the parent that it is seen from */
	bool keep;           /* in index and files only */
};

/* Make the change of a commit again on HEAD, or undo it; as repo_merge fails.
 */
int repo_cherry_pick(struct repo *repo, const struct pick_options *options,
		     char oid[OID_HEX + 1], struct error **err);
int repo_revert(struct repo *repo, const struct pick_options *options,
		char oid[OID_HEX + 1], struct error **err);
