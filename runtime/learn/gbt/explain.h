/* Contributions: how much of a score each feature is responsible for. */
#pragma once

#include "runtime/learn/gbt/model.h"

/*
 * Path-dependent TreeSHAP (Lundberg, Erion, Lee: Consistent individualized
 * feature attribution for tree ensembles, 2018; Nature Machine Intelligence 2,
 * 2020): exact Shapley values of each tree, where a feature that is not known
 * follows the cover of both children. What a blend adds to its trees is a sum
 * over the features: each is its own contribution, since its mean over the
 * rows of the training is in the bias. They sum to the raw score.
 *
 * Tables for one model, and room to work in: one a thread. The model outlives
 * it. NULL with ERROR_INVALID for linear leaves, which are not constant.
 */
struct gbt_explainer *gbt_explainer_new(const struct gbt_model *model,
					struct error **err);
void gbt_explainer_free(struct gbt_explainer *explainer); /* NULL is fine */

/*
 * Contributions to the raw scores: for each output `features` of them and the
 * bias (what the model says of no row in particular) last.
 */
void gbt_explain(struct gbt_explainer *explainer, const double *row,
		 double *out);
