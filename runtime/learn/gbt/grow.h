/* One tree: leaf by leaf, the best cut first. */
#pragma once

#include "runtime/learn/gbt/builder.h"
#include "runtime/learn/gbt/loss.h"
#include "runtime/learn/gbt/pool.h"
#include "runtime/learn/gbt/split.h"

struct gbt_grower; /* room that is used again for each tree */

/* `pool` may be NULL; it is borrowed. */
struct gbt_grower *gbt_grower_new(const struct gbt_bins *bins,
				  const struct gbt_options *options,
				  struct gbt_pool *pool);
void gbt_grower_free(struct gbt_grower *grower); /* NULL is fine */

/* What a tree is grown for; everything is borrowed. */
struct gbt_target {
	const struct gbt_loss *loss;
	const double *gradients, *hessians; /* exact; see gbt_gradients */
	size_t learned;                     /* rows that have them */
	const uint8_t *used; /* which of these to learn from; NULL: all */
	const uint8_t *use;  /* features */
	uint64_t step;       /* makes chance anew */
	double *scores;      /* a row: the tree's values are added */
	uint32_t output;
};

/* Grows a tree into the builder; how many leaves it has. */
uint32_t gbt_grow(struct gbt_grower *grower, const struct gbt_target *target,
		  struct gbt_builder *builder);
