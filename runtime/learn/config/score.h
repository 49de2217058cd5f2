/* From what is seen of a change to how likely it is a mistake. */
#pragma once

#include "runtime/learn/config/scan.h"

struct config_score;

/*
 * Trees over the features of features.h, in the order of their names there;
 * log odds. `image` is copied. NULL with ERROR_INVALID for another model.
 */
struct config_score *config_score_open(const void *image, size_t size,
				       struct error **err);
void config_score_free(struct config_score *score); /* NULL is fine */

/* Log odds that the row is a mistake: a sum over trees. */
double config_score_row(const struct config_score *score,
			const struct config_row *row);

/*
 * How much each feature adds to the log odds (CONFIG_FEATURES of them): exact
 * Shapley values of the trees. 0 or -1.
 */
int config_score_explain(struct config_score *score,
			 const struct config_row *row, double *shares,
			 struct error **err);
