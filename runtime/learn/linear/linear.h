/* Regularised linear models over tables: ridge and logistic regression. */
#pragma once

#include "runtime/learn/linear/encode.h"

enum { LINEAR_PATH = 11 }; /* penalties that are tried */

/* Penalty `index` of the path, from the greatest, for rows that weigh so. */
double linear_path(uint32_t index, double weight);

/* The sum of the rows' weights. */
double linear_rows_weight(const struct linear_rows *rows);

/*
 * The models of the first `count` penalties of the path into `sums`, which
 * are new. Each begins with the coefficients of the one before.
 */
void linear_fit_path(const struct linear_rows *rows, uint32_t count,
		     struct linear_sum *sums);

/* The model of one penalty. */
void linear_fit(const struct linear_rows *rows, double penalty,
		struct linear_sum *sum);
