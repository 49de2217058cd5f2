/* From scores to probabilities that are met, on rows that were held out. */
#pragma once

#include "runtime/learn/gbt/metrics.h"

/*
 * Platt, Probabilistic outputs for support vector machines, 1999, with the
 * Newton method of Lin, Lin, Weng, A note on Platt's probabilistic outputs,
 * 2007: probability = 1 / (1 + exp(-(a * score + b))), into table = {a, b}.
 */
void gbt_platt(const struct gbt_sample *sample, double table[2]);

/*
 * Isotonic regression by pooling adjacent violators (Ayer et al., 1955):
 * pairs score, probability, owned, freed with mem_free; `count` is of doubles.
 * Between two scores the probability is on a straight line. The sample has at
 * least one row; scores that are NaN are left out.
 */
double *gbt_isotonic(const struct gbt_sample *sample, uint32_t *count);
