/* Training that goes on with a model: its trees first, then new ones. */
#pragma once

#include "runtime/learn/gbt/train.h"

/*
 * ERROR_INVALID when trees of the table cannot follow those of `from`: other
 * features, categories or classes, another objective, a blend or an average.
 */
int gbt_warm_check(const struct gbt_model *from, const struct gbt_table *table,
		   const struct gbt_options *options, struct error **err);
/* The raw scores of each row of the table, output after output. */
void gbt_warm_scores(const struct gbt_model *from,
		     const struct gbt_table *table, double *scores);
