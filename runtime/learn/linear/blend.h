/* A blend: trees, a linear model, base rates and a constant, by shares. */
#pragma once

#include "runtime/learn/gbt/train.h"

/*
 * Scores are added (log odds of two classes, else numbers), so that a blend
 * is one model like any other.
 */
enum blend_part {
	BLEND_TREES,
	BLEND_LINEAR,
	BLEND_RATES,
	BLEND_CONSTANT,
	BLEND_PARTS
};

struct blend_options {
	/* Of the trees, and the objective: `binary` or `regression`. */
	struct gbt_options trees;
	/* Somebody set them: nothing else than fewer trees is tried. */
	bool fixed;
	bool ordered; /* the rows are in the order of time */
};

/*
 * Penalty, settings and number of trees, and the shares are those with the
 * least loss on rows that were not learned from: by cross-validation of few
 * rows, else on a fifth of them, the last one when they are ordered. Then all
 * is learned anew from all rows. NULL with ERROR_INVALID on labels, weights
 * or options that cannot be.
 */
struct gbt_model *blend_train(const struct gbt_table *table,
			      const struct blend_options *options,
			      struct error **err);

/* "trees", "linear", "rates", "constant". */
const char *blend_part_name(enum blend_part part);
