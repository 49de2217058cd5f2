/* A model made ready for speed: the same scores, to the bit. */
#pragma once

#include "runtime/learn/gbt/model.h"

/*
 * Thresholds are replaced by their ranks among those of their feature, so that
 * a decision compares two small integers. One row walks several trees at once;
 * many rows are done by QuickScorer (Lucchese et al., QuickScorer: a fast
 * algorithm to rank documents with additive ensembles of regression trees,
 * SIGIR 2015), whose bit vectors say which leaves can still be reached.
 *
 * Making it takes about as long as some hundred plain predictions. It is
 * read-only: any number of threads may use it. The model outlives it. Models
 * that do not fit (linear leaves, very many different decisions) are walked
 * plainly.
 */
struct gbt_fast *gbt_fast_new(const struct gbt_model *model);
void gbt_fast_free(struct gbt_fast *fast); /* NULL is fine */

/* gbt_raw; allocates nothing. */
void gbt_fast_raw(const struct gbt_fast *fast, const double *row, double *raw);

/* gbt_raw of `count` rows, one behind the other, into `raw`, likewise. */
void gbt_fast_batch(const struct gbt_fast *fast, const double *rows,
		    size_t count, double *raw);

enum gbt_fast_way { GBT_FAST_PORTABLE, GBT_FAST_AVX2, GBT_FAST_AVX512 };

/* The best way of this machine, and its name. */
enum gbt_fast_way gbt_fast_best(void);
const char *gbt_fast_way_name(enum gbt_fast_way way);

/* gbt_fast_new for a way that this machine has: for tests and measurements. */
struct gbt_fast *gbt_fast_new_for(const struct gbt_model *model,
				  enum gbt_fast_way way);
