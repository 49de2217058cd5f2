/* Making a model, tree by tree: what trainers and loaders use. */
#pragma once

#include "runtime/learn/gbt/model.h"

/* What is not a tree. Everything is borrowed for gbt_builder_finish. */
struct gbt_shape {
	uint32_t features, outputs;
	enum gbt_objective objective;
	enum gbt_transform transform;
	double sigmoid, alpha, power; /* sigmoid 0 means 1 */
	bool average, float_sums;
	const double *base;       /* outputs of them; NULL: all 0 */
	const char *const *names; /* features of them; NULL: Column_0, … */
	/*
	 * The texts of categories: those of feature f are levels[i] for
	 * level_first[f] <= i < level_first[f + 1], sorted by bytes. NULL:
	 * none has texts.
	 */
	const char *const *levels;
	const uint32_t *level_first;
	const char *const *classes; /* names of labels */
	uint32_t class_count;
	const char *const *about; /* "key=value" */
	uint32_t about_count;
	struct gbt_added added; /* `first` NULL: none */
	enum gbt_calibration calibration;
	const double *calibration_table;
	uint32_t calibration_count;
};

/* Children: of the same tree, a node's index or ~ a leaf's, from 0. */
struct gbt_split {
	double threshold;
	uint32_t set; /* of gbt_builder_set, with GBT_CATEGORY */
	uint32_t feature;
	uint32_t flags; /* enum gbt_node_flag */
	int32_t left, right;
	double gain, cover;
};

struct gbt_leaf {
	double value, cover;
	uint32_t id; /* what predict calls it */
	/* Linear leaves: `value` is then for rows with missing values. */
	bool linear;
	double constant;
	uint32_t terms;
	const uint32_t *features;   /* borrowed for the call */
	const double *coefficients; /* too */
};

struct gbt_builder; /* opaque */

struct gbt_builder *gbt_builder_new(void);
void gbt_builder_free(struct gbt_builder *builder); /* NULL is fine */

/* Begin a tree, whose nodes and leaves follow in any order. */
void gbt_builder_tree(struct gbt_builder *builder, uint32_t output);

/* The first split of a tree is its root; without one its first leaf is. */
void gbt_builder_split(struct gbt_builder *builder,
		       const struct gbt_split *split);
void gbt_builder_leaf(struct gbt_builder *builder, const struct gbt_leaf *leaf);

/* A set of categories, bit c % 32 of word c / 32 for code c: its number. */
uint32_t gbt_builder_set(struct gbt_builder *builder, const uint32_t *words,
			 uint32_t count);

/* Copy tree `index` of `model` to the end: for a warm start. */
void gbt_builder_copy(struct gbt_builder *builder,
		      const struct gbt_model *model, uint32_t index);

/* Multiply what the leaves of the trees from `first` on say, by a share. */
void gbt_builder_scale(struct gbt_builder *builder, uint32_t first,
		       double share);

/*
 * The model, or NULL with ERROR_INVALID that names the tree and what is wrong
 * with it. The builder is empty afterwards; it still must be freed.
 */
struct gbt_model *gbt_builder_finish(struct gbt_builder *builder,
				     const struct gbt_shape *shape,
				     struct error **err);
