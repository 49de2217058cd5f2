/* Which features predictions need, on rows with known labels. */
#pragma once

#include "runtime/learn/gbt/fast.h"
#include "runtime/learn/gbt/metrics.h"

/*
 * The loss of predictions: log loss of classes, else the mean squared error.
 * `rows` are `count` rows of the model's features, `truth` their labels.
 */
double gbt_loss(const struct gbt_fast *fast, const double *rows,
		const double *truth, size_t count);

/*
 * How much larger the loss becomes when a feature's values are shuffled among
 * the rows (Breiman, Random forests, 2001), for each of the features. `rows`
 * are those of the sample's labels, whose scores are not looked at; they are
 * changed meanwhile. The same `seed` gives the same numbers.
 */
void gbt_permutation(const struct gbt_fast *fast, double *rows,
		     const struct gbt_sample *sample, uint64_t seed,
		     double *increases);
