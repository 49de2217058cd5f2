/* Whether what an opened image says can be relied on. */
#pragma once

#include "runtime/learn/gbt/model.h"

/*
 * Check trees, nodes, leaves and sets of a model whose arrays are in place,
 * and fill in `depth`. 0 or -1 with ERROR_INVALID that says which tree.
 */
int gbt_check_trees(struct gbt_model *model, struct error **err);

/* The same for strings; `size` bytes of text, which end with NUL. */
int gbt_check_strings(const struct gbt_strings *strings, size_t size,
		      const char *what, struct error **err);

/* And for the dictionary of categories. */
int gbt_check_levels(const struct gbt_model *model, struct error **err);
