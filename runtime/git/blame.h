/* Blame: which commit each line of a file came from. */
#pragma once

#include "runtime/git/history.h"

struct blame_hunk {
	size_t first; /* line of the file, from 1 */
	size_t count;
	char oid[OID_HEX + 1];
	struct person author;
	char *summary;       /* of the commit; owned */
	char *path;          /* the file's name then; owned */
	size_t first_before; /* the line then */
};

struct blame {
	struct blame_hunk *items;
	size_t count;
};

struct blame_query {
	const char *path;
	const char *rev; /* NULL: HEAD */
	size_t from;     /* lines, from 1; 0: all */
	size_t to;
};

/* ERROR_NOT_FOUND: no such file in that commit. */
int repo_blame(struct repo *repo, const struct blame_query *query,
	       struct blame *blame, struct error **err);
void blame_release(struct blame *blame); /* fine when zeroed */

struct describe_options {
	const char *rev;     /* NULL: HEAD */
	const char *pattern; /* only tags like this glob; or NULL */
	bool tags;           /* light tags, too */
	bool all;            /* any ref */
	bool exact;          /* only a tag of the commit itself */
	bool always;         /* the commit's short name if there is no tag */
	bool dirty;          /* with "-dirty" if files are changed; HEAD only */
	bool whole;          /* "v1-0-g1234567" even for the tag's commit */
};

/* "v1.0-3-g1234567", owned. ERROR_NOT_FOUND: no tag leads there. */
int repo_describe(struct repo *repo, const struct describe_options *options,
		  char **text, struct error **err);
