/* From a builder's lists to an image. */
#pragma once

#include "runtime/learn/gbt/builder.h"
#include "runtime/learn/gbt/vector.h"

struct gbt_builder {
	struct gbt_vector trees; /* struct gbt_tree */
	struct gbt_vector nodes; /* struct gbt_node, children of their tree */
	struct gbt_vector gains, node_covers;
	struct gbt_vector leaf_values, leaf_ids, leaf_covers;
	struct gbt_vector set_first, set_words;
	bool linear; /* has any leaf terms? */
	struct gbt_vector linear_first, linear_constants;
	struct gbt_vector linear_features, linear_coefficients;
};

/*
 * Put every tree's nodes in preorder and make children indices of the model's.
 * 0 or -1 with ERROR_INVALID: children that do not exist, cycles.
 */
int gbt_layout_order(struct gbt_builder *builder, struct error **err);

/* The image, owned; NULL with ERROR_LIMIT when it would be too large. */
void *gbt_layout(const struct gbt_builder *builder,
		 const struct gbt_shape *shape, size_t *size,
		 struct error **err);
