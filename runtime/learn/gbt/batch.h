/* Predictions of many rows: to the bit what the plain walk gives. */
#pragma once

#include "runtime/learn/gbt/predict.h"

/* gbt_raw of `count` rows, one behind the other, into `raw`, likewise. */
void gbt_raw_batch(const struct gbt_model *model, const double *rows,
		   size_t count, double *raw);
