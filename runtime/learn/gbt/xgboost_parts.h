/* XGBoost's words; between its reader's files. */
#pragma once

#include "runtime/learn/gbt/builder.h"
#include "runtime/learn/gbt/json_pull.h"

enum gbt_xgboost_key {
	XGB_LEFT,
	XGB_RIGHT,
	XGB_FEATURE,
	XGB_CONDITION,
	XGB_DEFAULT_LEFT,
	XGB_GAIN,
	XGB_COVER,
	XGB_KIND,
	XGB_CODES,
	XGB_CODE_NODES,
	XGB_CODE_FIRST,
	XGB_CODE_COUNT,
	XGB_KEYS
};

struct gbt_xgboost_tree {
	struct gbt_json *json;
	struct gbt_builder *builder;
	struct gbt_vector lists[XGB_KEYS]; /* doubles */
	struct gbt_vector places;          /* int32_t a node: like a child */
	struct gbt_vector stack;           /* uint32_t: nodes to look at */
	struct gbt_vector order;           /* uint32_t: nodes as found */
	struct gbt_vector words;           /* uint32_t: of a set */
	struct gbt_vector sets; /* double a node: first code in `lists` */
};

/* Read the tree that comes next and add it to the builder. 0 or -1. */
int gbt_xgboost_tree(struct gbt_xgboost_tree *tree);

void gbt_xgboost_tree_release(struct gbt_xgboost_tree *tree);

/*
 * What the objective means: into `shape`. `base`, `count` of them, become
 * margins. False if there is none of that name.
 */
bool gbt_xgboost_objective(const char *name, struct gbt_shape *shape,
			   double *base, size_t count);
