/* Smoothed base rates: how often it is so, of all and of each category. */
#pragma once

#include "runtime/learn/linear/encode.h"

/*
 * Of the rows: the log odds (else the mean) of all. One class only is as if
 * half a row of the other was seen.
 */
double linear_base(const struct linear_rows *rows);

/*
 * What each level adds to the base, into `values` (ADDED_LEVELS and one a
 * level); a level's mean is drawn towards that of all by `prior` rows.
 * Unknown ones add nothing.
 */
void linear_rates_of(const struct linear_rows *rows, uint32_t feature,
		     double prior, double *values);

/*
 * The category whose rates say most, and by how many rows they are drawn, as
 * each row is foreseen by the others; into `sum`, which is new. Only the base
 * when no category is better than none.
 */
void linear_rates(const struct linear_rows *rows, struct linear_sum *sum);
