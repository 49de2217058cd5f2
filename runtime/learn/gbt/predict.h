/* Predictions of one row: nothing is allocated, any thread may ask. */
#pragma once

#include "runtime/learn/gbt/model.h"

/*
 * A row is `features` doubles; NaN is a missing value, a category its code.
 * The score of each output, into `raw` (outputs of them).
 */
void gbt_raw(const struct gbt_model *model, const double *row, double *raw);

/* The same of the first `trees` trees only, and of what is added to them. */
void gbt_raw_staged(const struct gbt_model *model, const double *row,
		    uint32_t trees, double *raw);

/* From raw scores to predictions, in place: gbt_predictions of them. */
void gbt_transform_raw(const struct gbt_model *model, double *raw);

/* gbt_raw and gbt_transform_raw; `out` has room for `outputs` doubles. */
void gbt_predict(const struct gbt_model *model, const double *row, double *out);

/* The leaf of each tree, by the name that its library gives it. */
void gbt_leaves(const struct gbt_model *model, const double *row,
		uint32_t *leaves);

/* Does the row go left at this node? */
bool gbt_goes_left(const struct gbt_model *model, const struct gbt_node *node,
		   const double *row);
