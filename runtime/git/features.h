/* Just-in-time features: what is known about a commit the moment it is made. */
#pragma once

#include "runtime/base/buf.h"
#include "runtime/git/features_history.h"
#include "runtime/git/repo.h"

/* Kamei et al., 2013; the columns' names are theirs. */
struct feature_row {
	uint32_t revision;
	uint32_t ns;    /* subsystems (first directories) touched */
	uint32_t nd;    /* directories */
	uint32_t nf;    /* files */
	double entropy; /* of the changed lines over the files, in bits */
	uint64_t la;    /* lines added */
	uint64_t ld;    /* lines deleted */
	double lt;      /* lines of the files before, on average */
	bool fix;
	uint32_t ndev; /* authors that changed these files before */
	double age;    /* days since the files were changed, on average */
	uint32_t nuc;  /* different commits that changed them last */
	uint32_t exp;  /* earlier commits of the author */
	double rexp;   /* ditto, each divided by its years of age + 1 */
	uint32_t sexp; /* ditto, in one of the same subsystems */
};

struct features_query {
	const char *range; /* "A..B": what B reaches and A does not; "B": all
			      that it reaches; NULL: HEAD */
	const char *cache; /* file; NULL: in the repository, "": none */
	bool messages;     /* read those, too */
};

struct features {
	struct history history;
	struct feature_row *rows; /* owned; parents first */
	uint32_t count;
	uint32_t fresh;  /* commits that the cache did not know */
	char **messages; /* owned, one a row; NULL unless asked for */
};

/*
 * The features of all commits that are no merges and touch source code. A
 * repository without commits has none. The cache is read and written if that is
 * possible; if not, everything is computed anew.
 */
int features_read(struct repo *repo, const struct features_query *query,
		  struct features *features, struct error **err);
void features_release(struct features *features); /* fine when zeroed */

/*
 * Append all rows as comma-separated values, the names of the columns first.
 * Numbers have as many digits as the definitions round them to. Returns -1 when
 * `csv` is full.
 */
int features_csv(const struct features *features, struct buf *csv);
