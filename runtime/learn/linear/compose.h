/* From what was chosen for a blend to the one model of all rows. */
#pragma once

#include "runtime/learn/linear/blend.h"
#include "runtime/learn/linear/forest.h"
#include "runtime/learn/linear/linear.h"

struct blend_choice {
	double shares[BLEND_PARTS];
	uint32_t penalty; /* of the path */
	struct gbt_options trees[FOREST_SETTINGS];
	double tree_shares[FOREST_SETTINGS]; /* their sum is that of trees */
	uint32_t tree_count;
};

/* Learns what has a share. `given` has the objective. */
struct gbt_model *blend_compose(const struct linear_rows *rows,
				const struct gbt_options *given,
				const struct blend_choice *choice,
				struct error **err);
