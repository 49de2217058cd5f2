#include "runtime/learn/anomaly/sketch.h"

#include <math.h>
#include <string.h>

/* Twice as many places as are left after merging. */
#define COMPRESSION 500.0

void sketch_init(struct sketch *sketch)
{
	sketch->places = 0;
	sketch->count = 0;
}

/* How far the share may reach of a merged place that begins at `q`. */
static double reach(double q)
{
	double k = COMPRESSION / (2 * M_PI) * asin(2 * q - 1) + 1;
	double angle = k * 2 * M_PI / COMPRESSION;

	return angle >= M_PI / 2 ? 1 : (sin(angle) + 1) / 2;
}

static void compress(struct sketch *sketch)
{
	size_t last = 0;
	double before = 0, limit = reach(0);

	for (size_t i = 1; i < sketch->places; i++) {
		double weight = sketch->weights[last] + sketch->weights[i];

		if ((before + weight) / sketch->count <= limit) {
			sketch->means[last] +=
				(sketch->means[i] - sketch->means[last]) *
				sketch->weights[i] / weight;
			sketch->weights[last] = weight;
			continue;
		}
		before += sketch->weights[last];
		limit = reach(before / sketch->count);
		last++;
		sketch->means[last] = sketch->means[i];
		sketch->weights[last] = sketch->weights[i];
	}
	sketch->places = last + 1;
}

/* The first place whose mean is greater than `value`. */
static size_t behind(const struct sketch *sketch, double value)
{
	size_t low = 0, high = sketch->places;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (sketch->means[middle] <= value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void sketch_add(struct sketch *sketch, double value)
{
	size_t at, rest;

	if (sketch->places == SKETCH_PLACES)
		compress(sketch);
	at = behind(sketch, value);
	rest = sketch->places - at;
	memmove(sketch->means + at + 1, sketch->means + at,
		rest * sizeof(double));
	memmove(sketch->weights + at + 1, sketch->weights + at,
		rest * sizeof(double));
	sketch->means[at] = value;
	sketch->weights[at] = 1;
	sketch->places++;
	sketch->count++;
}

double sketch_quantile(const struct sketch *sketch, double q)
{
	double rank = floor(q * sketch->count);

	if (q > .5) {
		double above = sketch->count;

		for (size_t i = sketch->places - 1; i > 0; i--) {
			above -= sketch->weights[i];
			if (above <= rank)
				return sketch->means[i];
		}
		return sketch->means[0];
	}
	for (size_t i = 0; i + 1 < sketch->places; i++) {
		rank -= sketch->weights[i];
		if (rank < 0)
			return sketch->means[i];
	}
	return sketch->means[sketch->places - 1];
}
