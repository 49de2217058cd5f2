/* Training: from a table of numbers to a model of boosted trees. */
#pragma once

#include "runtime/learn/gbt/model.h"

/*
 * What is learned from; everything is borrowed for the call. Columns are
 * lists of `rows` numbers: NaN is a missing value, a category its code. Rows
 * are in the order of time when a tail of them is held out.
 */
struct gbt_table {
	size_t rows;
	uint32_t features;
	const double *const *columns;
	const double *label;
	const double *weight; /* above 0; NULL: all 1 */
	const double *group;  /* of rank: rows of a query have one */
	const char *const
		*classes;          /* of multiclass: names of labels, or NULL */
	uint32_t class_count;      /* 0: as many as labels, which are 0, … */
	const char *const *names;  /* of the features; NULL: Column_0, … */
	const char *const *levels; /* see struct gbt_shape */
	const uint32_t *level_first; /* a feature with levels is categorical */
};

struct gbt_options {
	enum gbt_objective objective;
	double alpha;   /* of quantile (0.5) and huber (0.9) */
	uint32_t trees; /* of multiclass: for each class */
	uint32_t leaves, bins;
	double rate;
	double min_data, min_hessian; /* on each side of a split */
	double l1, l2, min_gain;
	/* Its trees come first (warm.h); NULL: none. Borrowed for the call. */
	const struct gbt_model *from;
	/*
	 * A feature: 1, predictions must not fall with it; -1, not rise; 0.
	 * NULL: all 0. Categorical features have 0. Borrowed for the call.
	 */
	const signed char *monotone;
	bool balance; /* of binary: both classes weigh the same together */
	double row_share, feature_share; /* drawn anew for each tree */
	/* See struct boost_goss; 0: trees learn from all rows alike. */
	double goss_top, goss_other;
	uint64_t seed;
	uint32_t threads; /* 0 is 1; the model is the same with any number */
	/*
	 * Stop when the loss of the last `held_out` rows, which are not
	 * learned from, was not lower for so many trees. 0: never.
	 */
	uint32_t early_stop;
	size_t held_out;
	/*
	 * Called after each tree (of every class) with the loss of what is held
	 * out, or NaN; false ends the training. NULL is fine.
	 */
	bool (*progress)(void *context, uint32_t trees, double loss);
	void *context;
};

enum { GBT_BINS_MAX = 255, GBT_LEAVES_MAX = 4096, GBT_TREES_MAX = 100000 };

/* What suits a table of so many rows. */
void gbt_options_init(struct gbt_options *options, size_t rows);

/* ERROR_INVALID when there are no rows or features, or too many. */
int gbt_table_check(const struct gbt_table *table, struct error **err);

/* ERROR_INVALID when they cannot be, or not for this table. */
int gbt_options_check(const struct gbt_table *table,
		      const struct gbt_options *options, struct error **err);

/*
 * The same table, options and seed make the same model on every machine.
 * NULL with ERROR_INVALID on labels or options that cannot be, and with
 * ERROR_CANCELLED when `progress` said so.
 */
struct gbt_model *gbt_train(const struct gbt_table *table,
			    const struct gbt_options *options,
			    struct error **err);
