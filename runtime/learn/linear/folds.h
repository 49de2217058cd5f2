/* Which rows are foreseen from which: the parts of a cross-validation. */
#pragma once

#include "runtime/learn/linear/encode.h"

struct fold {
	uint32_t *train, *test; /* owned: rows, in their order */
	size_t trained, tested;
};

struct folds {
	struct fold *list; /* owned */
	uint32_t count;
	size_t tested; /* by all together */
};

enum {
	FOLDS_MAX = 100,
	FOLDS_FEWEST = 10,     /* rows, below which there are none */
	FOLDS_SMALL = 5000,    /* of more, one part is enough */
	FOLDS_TESTED = 100000, /* rows at most, of one part */
};

/*
 * `count` parts; 0: what suits the number of rows. Of rows that are in the
 * order of time each part is foreseen from all that come before it, and the
 * first rows from none; else each from all others, with as many of each class
 * in every part, drawn by `seed`. Too few rows: no parts.
 */
void folds_init(struct folds *folds, const struct linear_rows *rows,
		uint32_t count, bool ordered, uint64_t seed);
void folds_release(struct folds *folds);
