/* Quantiles of all values so far, in bounded memory. */
#pragma once

#include <stddef.h>

/*
 * T. Dunning, O. Ertl: Computing Extremely Accurate Quantiles Using t-Digests,
 * 2019: neighbours are merged, the less the nearer they are to the ends. Exact
 * up to SKETCH_PLACES values; beyond, the quantiles near 0 and 1 stay nearly
 * so.
 */
enum { SKETCH_PLACES = 600 };

struct sketch {
	double means[SKETCH_PLACES], weights[SKETCH_PLACES];
	size_t places;
	double count;
};

void sketch_init(struct sketch *sketch);
void sketch_add(struct sketch *sketch, double value); /* finite */

/* The value that a share `q` of all are below; there is at least one. */
double sketch_quantile(const struct sketch *sketch, double q);
