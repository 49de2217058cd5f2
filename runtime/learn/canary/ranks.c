#include "runtime/learn/canary/ranks.h"

#include <math.h>

/* What a merge of both sorted samples, y moved down by `shift`, counts. */
struct merge {
	double u;    /* pairs with y - shift > x, ties half */
	double ties; /* sum of t^3 - t over groups of equal values */
};

/*
 * Each turn takes one value and all that are equal to it from both samples, so
 * that a merge costs one pass.
 */
static struct merge merge_at(const struct sample *x, const struct sample *y,
			     double shift)
{
	struct merge merge = {0, 0};
	size_t i = 0, k = 0;

	while (i < x->count || k < y->count) {
		double value, size;
		size_t in_x = i, in_y = k;

		if (k == y->count ||
		    (i < x->count && x->sorted[i] <= y->sorted[k] - shift))
			value = x->sorted[i];
		else
			value = y->sorted[k] - shift;
		while (i < x->count && x->sorted[i] <= value)
			i++;
		while (k < y->count && y->sorted[k] - shift <= value)
			k++;
		merge.u += (double)(k - in_y) *
			   ((double)in_x + (double)(i - in_x) / 2);
		size = (double)(i - in_x + k - in_y);
		merge.ties += size * size * size - size;
	}
	return merge;
}

/* The normal score of the shift; `correct`: with continuity correction. */
static double score_at(const struct sample *x, const struct sample *y,
		       double shift, bool correct)
{
	struct merge merge = merge_at(x, y, shift);
	double nx = (double)x->count, ny = (double)y->count, n = nx + ny;
	double above = merge.u - nx * ny / 2;
	double sigma =
		sqrt(nx * ny / 12 * (n + 1 - merge.ties / (n * (n - 1))));

	if (correct)
		above -= copysign(above == 0 ? 0 : .5, above);
	return sigma > 0 ? above / sigma : 0;
}

/*
 * Where the score, which falls with the shift, passes `wanted`: found to
 * within `resolution`. At a jump (many equal values) that is an interval; its
 * end on the side of the difference counts, so that zeros in most of both
 * samples do not hide it.
 */
static double find_shift(const struct sample *x, const struct sample *y,
			 double wanted, bool correct, double resolution)
{
	double low = y->sorted[0] - x->sorted[x->count - 1];
	double high = y->sorted[y->count - 1] - x->sorted[0];

	if (score_at(x, y, low, correct) <= wanted)
		return low;
	if (score_at(x, y, high, correct) >= wanted)
		return high;
	while (high - low > resolution) {
		double middle = low + (high - low) / 2;

		if (middle <= low || middle >= high)
			break;
		if (score_at(x, y, middle, correct) > wanted)
			low = middle;
		else
			high = middle;
	}
	return score_at(x, y, 0, false) > 0 ? high : low;
}

/* Between the two middle differences when their number is even. */
static double middle_shift(const struct sample *x, const struct sample *y,
			   double resolution)
{
	double first = find_shift(x, y, 0, false, resolution);
	double last = find_shift(x, y, -1e-12, false, resolution);

	return resolution > 0 ? first : first + (last - first) / 2;
}

void ranks_compare(const struct sample *x, const struct sample *y,
		   double confidence, double resolution, struct ranks *ranks)
{
	double z = normal_quantile(1 - (1 - confidence) / 2);

	ranks->u = merge_at(x, y, 0).u;
	ranks->share = ranks->u / ((double)x->count * (double)y->count);
	ranks->p = erfc(fabs(score_at(x, y, 0, true)) / sqrt(2));
	ranks->shift = middle_shift(x, y, resolution);
	ranks->lower = find_shift(x, y, z, true, resolution);
	ranks->upper = find_shift(x, y, -z, true, resolution);
}

/* Newton's method on erfc from a point on the safe side. */
double normal_quantile(double p)
{
	double z = 0;

	if (!(p > 0 && p < 1))
		return p >= 1 ? INFINITY : -INFINITY;
	for (int i = 0; i < 100; i++) {
		double below = .5 * erfc(-z / sqrt(2));
		double density = exp(-z * z / 2) / sqrt(2 * M_PI);
		double step = (below - p) / fmax(density, 1e-300);

		step = fmax(-1, fmin(1, step));
		z -= step;
		if (fabs(step) < 1e-13)
			break;
	}
	return z;
}
