/* QuickScorer's state over 32 rows; between the ways to do it. */
#pragma once

#include "runtime/learn/gbt/fast_parts.h"

/* Sixteen rows: their ranks in a column, and leaves that can be reached. */
typedef int16_t gbt_ranks16 __attribute__((vector_size(32)));
typedef int32_t gbt_leaves16 __attribute__((vector_size(64)));

/* One row's part of them. */
typedef int16_t gbt_row_rank __attribute__((may_alias));
typedef uint32_t gbt_reachable __attribute__((may_alias));

enum { GBT_HALVES = GBT_FAST_ROWS / 16 };

struct gbt_batch {
	const struct gbt_fast *fast;
	gbt_ranks16 (*ranks)[GBT_HALVES];   /* a column */
	gbt_leaves16 (*leaves)[GBT_HALVES]; /* a tree of the part */
	double (*sums)[GBT_FAST_ROWS];      /* an output */
};

/* Where the masks of a column begin, and where no row is above them. */
struct gbt_run {
	const struct gbt_mask *at, *end;
};

static inline struct gbt_run gbt_masks_of(const struct gbt_batch *batch,
					  const struct gbt_part_of_trees *part,
					  uint32_t column)
{
	const gbt_row_rank *ranks = (const gbt_row_rank *)&batch->ranks[column];
	const struct gbt_mask *masks = batch->fast->masks;
	struct gbt_run run = {masks + part->first[column],
			      masks + part->first[column + 1]};
	int16_t most = 0;

	for (int i = 0; i < GBT_FAST_ROWS; i++)
		if (ranks[i] > most)
			most = ranks[i];
	while (run.end > run.at && run.end[-1].rank >= most)
		run.end--;
	return run;
}

/* Scores of all trees onto `sums`, by each instruction set. */
void gbt_batch_portable(const struct gbt_batch *batch);
#ifdef __x86_64__
void gbt_batch_avx2(const struct gbt_batch *batch);
void gbt_batch_avx512(const struct gbt_batch *batch);

/* The ranks of 32 rows, one behind the other. */
void gbt_batch_ranks_avx512(const struct gbt_fast *fast, const double *rows,
			    int16_t (*ranks)[GBT_FAST_ROWS]);
#endif
