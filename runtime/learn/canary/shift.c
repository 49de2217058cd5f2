#include "runtime/learn/canary/shift.h"

#include <math.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/canary/ranks.h"

enum {
	LAGS = 256,   /* longer memories are cut there */
	LOOKS = 16,   /* of the sequential test */
	LEAST = 6,    /* values a side before its first look */
	FREEDOM = 24, /* degrees of it below which a look says nothing */
};

/* The mean's variance, and how many independent values stand behind it. */
struct spread {
	double variance, effective;
};

/* Far values pull at most as if they stood 3 interquartile ranges away. */
static void center(const struct sample *sample, double *out)
{
	double first = sample_quantile(sample, .25);
	double third = sample_quantile(sample, .75);
	double reach = 3 * (third - first), mean = 0;

	for (size_t i = 0; i < sample->count; i++) {
		out[i] = sample->values[i];
		if (reach > 0)
			out[i] = fmax(first - reach,
				      fmin(third + reach, out[i]));
		mean += out[i] / (double)sample->count;
	}
	for (size_t i = 0; i < sample->count; i++)
		out[i] -= mean;
}

static double product(const double *values, size_t count, size_t lag)
{
	double sum = 0;

	for (size_t i = lag; i < count; i++)
		sum += values[i] * values[i - lag];
	return sum;
}

static double correlation_time(const double *values, size_t count, double total)
{
	size_t most = count / 2 < LAGS ? count / 2 : LAGS;
	double time = 1;

	for (size_t lag = 1; lag + 1 < most; lag += 2) {
		double pair = (product(values, count, lag) +
			       product(values, count, lag + 1)) /
			      total;

		if (pair <= 0)
			break;
		time += 2 * pair;
	}
	return fmax(1, fmin(time, (double)count / 3));
}

static struct spread measure(const struct sample *sample)
{
	double n = (double)sample->count, total, time;
	double *values = mem_array(sample->count, sizeof(double));
	struct spread spread = {0, n};

	center(sample, values);
	total = product(values, sample->count, 0);
	if (total > 0) {
		time = correlation_time(values, sample->count, total);
		spread.effective = n / time;
		/* the mean was taken out: the rest varies too little */
		spread.variance = total / (n - 1) * time / n * (n / (n - time));
	}
	mem_free(values);
	return spread;
}

void shift_measure(const struct sample *baseline, const struct sample *canary,
		   struct shift *shift)
{
	struct spread x = measure(baseline), y = measure(canary);
	double sum = x.variance + y.variance;
	double parts = x.variance * x.variance / fmax(x.effective - 1, 1) +
		       y.variance * y.variance / fmax(y.effective - 1, 1);
	struct ranks ranks;

	ranks_compare(baseline, canary, .95, 0, &ranks);
	shift->estimate = ranks.shift;
	shift->error = sqrt(sum);
	shift->effective = x.effective + y.effective;
	shift->freedom = parts > 0 ? fmax(sum * sum / parts, 1)
				   : fmax(shift->effective - 2, 1);
}

/*
 * The incomplete beta function by its continued fraction (W. J. Lentz, 1976;
 * Abramowitz and Stegun 26.5.8).
 */
static double beta_fraction(double a, double b, double x)
{
	double c = 1, d = 1 - (a + b) * x / (a + 1), f;

	d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
	f = d;
	for (int m = 1; m < 500; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x /
			     ((a + 2 * m) * (a + 2 * m + 1));
		double change;

		d = 1 + even * d;
		c = 1 + even / c;
		d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
		f *= c * d;
		d = 1 + odd * d;
		c = 1 + odd / c;
		d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
		change = c * d;
		f *= change;
		if (fabs(change - 1) < 1e-14)
			break;
	}
	return f;
}

static double beta_share(double a, double b, double x)
{
	double front;

	if (x <= 0 || x >= 1)
		return x >= 1;
	front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) +
		    b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double student_tail(double t, double freedom)
{
	double tail;

	if (isinf(t))
		return t < 0;
	tail = .5 * beta_share(freedom / 2, .5, freedom / (freedom + t * t));
	return t > 0 ? tail : 1 - tail;
}

double student_quantile(double p, double freedom)
{
	double low = 0, high = 1;

	while (student_tail(high, freedom) > p && high < 1e12)
		high *= 2;
	for (int i = 0; i < 100; i++) {
		double middle = (low + high) / 2;

		if (student_tail(middle, freedom) > p)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

static double evidence(const struct shift *shift, double scale)
{
	double v = shift->error * shift->error, s = scale * scale;

	if (v <= 0)
		return shift->estimate == 0 ? 1 : INFINITY;
	/* an error that few values estimate is itself uncertain */
	if (shift->freedom < FREEDOM)
		return 1;
	v *= shift->freedom / (shift->freedom - 2);
	return sqrt(v / (v + s)) *
	       exp(fmin(700, shift->estimate * shift->estimate * s /
				     (2 * v * (v + s))));
}

double shift_sequential(const struct sample *baseline,
			const struct sample *canary, double scale)
{
	double best = 1;

	for (size_t look = 1; look <= LOOKS; look++) {
		size_t nx = baseline->count * look / LOOKS;
		size_t ny = canary->count * look / LOOKS;
		struct sample x, y;
		struct shift shift;

		if (nx < LEAST || ny < LEAST)
			continue;
		sample_init(&x, baseline->values, nx, false);
		sample_init(&y, canary->values, ny, false);
		shift_measure(&x, &y, &shift);
		best = fmax(best, evidence(&shift, scale));
		sample_release(&x);
		sample_release(&y);
	}
	return 1 / best;
}

double shift_values_needed(const struct sample *baseline,
			   const struct sample *canary,
			   const struct shift *shift, double effect,
			   double alpha)
{
	double n = (double)(baseline->count < canary->count ? baseline->count
							    : canary->count);
	double wanted = fabs(effect) /
			(normal_quantile(1 - alpha / 2) + normal_quantile(.8));

	if (!(wanted > 0))
		return -1;
	return fmax(0,
		    ceil(n * (shift->error / wanted) * (shift->error / wanted) -
			 n));
}
