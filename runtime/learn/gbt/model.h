/* What a trained model is: immutable arrays in one image, which is its file. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/error.h"

enum {
	GBT_FEATURES_MAX = 1 << 20,
	GBT_OUTPUTS_MAX = 1 << 12,
	GBT_CATEGORY_MAX = 1 << 24, /* codes are below */
};

/* What the trees were grown for. Numbers are part of the file format. */
enum gbt_objective {
	GBT_REGRESSION = 0, /* squared error */
	GBT_BINARY = 1,
	GBT_L1 = 2,
	GBT_HUBER = 3,    /* alpha */
	GBT_QUANTILE = 4, /* alpha */
	GBT_POISSON = 5,
	GBT_GAMMA = 6,
	GBT_TWEEDIE = 7,        /* power */
	GBT_MULTICLASS = 8,     /* softmax over the outputs */
	GBT_ONE_VS_ALL = 9,     /* a binary model an output */
	GBT_CROSS_ENTROPY = 10, /* labels from 0 to 1 */
	GBT_RANK = 11,
	GBT_OTHER = 12, /* of another library; `transform` says what it means */
	GBT_OBJECTIVES
};

/* How raw scores become predictions. Numbers are part of the format. */
enum gbt_transform {
	GBT_IDENTITY = 0,
	GBT_SIGMOID = 1, /* of each output, times `sigmoid` */
	GBT_SOFTMAX = 2,
	GBT_EXP = 3,
	GBT_SQUARE = 4,   /* keeps the sign */
	GBT_LARGEST = 5,  /* which output: one prediction */
	GBT_POSITIVE = 6, /* 1 above 0, else 0 */
	GBT_SOFTPLUS = 7, /* log(1 + exp(raw)) */
	GBT_TRANSFORMS
};

enum gbt_node_flag {
	/* Missing values (NaN) go left; right without it. */
	GBT_NAN_LEFT = 1,
	/* What is 0 (within 1e-35) counts as missing. */
	GBT_ZERO_MISSING = 2,
	/* Codes in `set` go left; others, also those that are none, right. */
	GBT_CATEGORY = 4,
	/* Codes are rounded to float before they are cut to integers. */
	GBT_FLOAT_CODE = 8,
	GBT_NODE_FLAGS = 15,
};

/* A decision. Children: an index into `nodes`, or ~index into the leaves. */
struct gbt_node {
	union {
		double threshold; /* at most this goes left */
		uint64_t set;     /* of a GBT_CATEGORY */
	};
	int32_t left, right;
	uint32_t feature;
	uint32_t flags;
};

struct gbt_tree {
	int32_t root; /* like a child */
	uint32_t output;
	uint32_t first_node, nodes; /* its part of the model's */
	uint32_t first_leaf, leaves;
};

/* `count` strings; string i is `bytes` + `offsets[i]`, ends with NUL. */
struct gbt_strings {
	const uint32_t *offsets;
	const char *bytes;
	uint32_t count;
};

/* Linear leaves: value = constant + sum(coefficient * feature). */
struct gbt_linear {
	const uint32_t *first;   /* leaves + 1 */
	const double *constants; /* a leaf */
	const uint32_t *features;
	const double *coefficients;
};

/* A sum over the features beside the trees: see added.h. */
struct gbt_added {
	const uint32_t *first; /* features + 1, into values; NULL: none */
	const double *values;
};

enum gbt_calibration {
	GBT_UNCALIBRATED = 0,
	GBT_PLATT = 1,   /* 1 / (1 + exp(-(a * raw + b))): table a, b */
	GBT_ISOTONIC = 2 /* pairs raw, probability; straight between them */
};

/*
 * Read-only once made, so that any number of threads may use it. Pointers lead
 * into `image`. Everything inside was checked when it was opened: indices are
 * in range, each node and leaf is reached once from its tree's root, children
 * have higher indices than their parents.
 */
struct gbt_model {
	uint32_t features, outputs;
	enum gbt_objective objective;
	enum gbt_transform transform;
	double sigmoid, alpha, power; /* of objective and transform */
	bool average;       /* predictions are of the mean over iterations */
	bool float_sums;    /* scores are summed as floats */
	const double *base; /* an output: where its sum begins */

	uint32_t tree_count, node_count, leaf_count;
	const struct gbt_tree *trees;
	const struct gbt_node *nodes;
	const double *leaf_values;
	const uint32_t *leaf_ids; /* what predict calls a leaf, in its tree */
	const double *leaf_covers, *node_covers; /* rows or hessians */
	const double *gains;                     /* a node */
	const double *expected; /* a tree: mean of its leaves by cover */
	uint32_t depth;         /* of the deepest tree: nodes on a way */

	uint32_t set_count;
	const uint32_t *set_first; /* set_count + 1, into set_words */
	const uint32_t *set_words; /* 32 codes each */

	struct gbt_strings names;    /* of the features */
	struct gbt_strings levels;   /* texts of categories, see below */
	const uint32_t *level_first; /* features + 1, into levels; or NULL */
	struct gbt_strings classes;  /* of the labels; maybe none */
	struct gbt_strings about;    /* "key=value": how it was trained */

	struct gbt_linear linear; /* `first` NULL: none */
	struct gbt_added added;   /* ditto: it is no blend */
	enum gbt_calibration calibration;
	const double *calibration_table;
	uint32_t calibration_count; /* doubles in it */

	const void *image;
	size_t image_size;
	void *owned; /* the image when it is the model's, else NULL */
};

/*
 * The model in `image`, which must be aligned to 8 bytes and outlives it: a
 * memory-mapped file is fine. NULL with ERROR_INVALID on anything damaged.
 */
struct gbt_model *gbt_model_open(const void *image, size_t size,
				 struct error **err);

/* Like gbt_model_open; `image` is owned by the model, also on failure. */
struct gbt_model *gbt_model_adopt(void *image, size_t size, struct error **err);

void gbt_model_free(struct gbt_model *model); /* NULL is fine */

/* Do these bytes begin like an image? */
bool gbt_is_image(const void *bytes, size_t size);

const char *gbt_string(const struct gbt_strings *strings, uint32_t index);

/*
 * The code of a text in a categorical column with named levels (they are
 * sorted by bytes; a level's place is its code), or -1 if it is unknown.
 */
int64_t gbt_level(const struct gbt_model *model, uint32_t feature,
		  const char *text, size_t length);

/* How many levels the feature has names of; 0: it takes numbers. */
uint32_t gbt_level_count(const struct gbt_model *model, uint32_t feature);

/* How many predictions a row has: outputs, or 1 for GBT_LARGEST. */
uint32_t gbt_predictions(const struct gbt_model *model);

/* Trees divided by outputs, at least 1: what an average divides by. */
uint32_t gbt_iterations(const struct gbt_model *model);

/* "regression", "binary", … Static. */
const char *gbt_objective_name(enum gbt_objective objective);

/* False when there is none of that name. */
bool gbt_objective_find(const char *name, enum gbt_objective *objective);
