/* Samples of a metric: cleaning, order, spread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Values of one metric on one side, without NaN. */
struct sample {
	double *values; /* owned: in the order of time */
	double *sorted; /* owned: rising */
	size_t count;
	size_t dropped; /* NaN and infinities that were left out */
};

/* With `replace`, what is missing counts as 0 instead of being left out. */
void sample_init(struct sample *sample, const double *values, size_t count,
		 bool replace);
void sample_release(struct sample *sample);

double sample_mean(const struct sample *sample);

/* The value at share `q` of 0..1, between two values by line; 0 if empty. */
double sample_quantile(const struct sample *sample, double q);

bool sample_is_constant(const struct sample *sample);

/* Does it hold the same values as `other`, in whatever order? */
bool sample_equals(const struct sample *sample, const struct sample *other);

/* Add noise of 1e-5 of each value: the same for the same values. */
void sample_jitter(struct sample *sample);

/*
 * Drop what lies beyond `factor` interquartile ranges from the quartiles, but
 * never what is inside the 1st and 99th percentile.
 */
void sample_drop_outliers(struct sample *sample, double factor);
