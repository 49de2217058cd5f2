#include "runtime/learn/canary/sample.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void sort(struct sample *sample)
{
	memcpy(sample->sorted, sample->values,
	       sample->count * sizeof(*sample->values));
	qsort(sample->sorted, sample->count, sizeof(*sample->sorted), compare);
}

void sample_init(struct sample *sample, const double *values, size_t count,
		 bool replace)
{
	sample->values = mem_array(count + 1, sizeof(double));
	sample->sorted = mem_array(count + 1, sizeof(double));
	sample->count = sample->dropped = 0;
	for (size_t i = 0; i < count; i++)
		if (isfinite(values[i]))
			sample->values[sample->count++] = values[i];
		else if (replace)
			sample->values[sample->count++] = 0;
		else
			sample->dropped++;
	sort(sample);
}

void sample_release(struct sample *sample)
{
	mem_free(sample->values);
	mem_free(sample->sorted);
	sample->values = sample->sorted = NULL;
	sample->count = 0;
}

double sample_mean(const struct sample *sample)
{
	double sum = 0;

	for (size_t i = 0; i < sample->count; i++)
		sum += sample->values[i];
	return sample->count > 0 ? sum / (double)sample->count : 0;
}

double sample_quantile(const struct sample *sample, double q)
{
	double place = q * (double)(sample->count - 1);
	size_t below = (size_t)place;

	if (sample->count == 0)
		return 0;
	if (below + 1 >= sample->count)
		return sample->sorted[sample->count - 1];
	return sample->sorted[below] +
	       (place - (double)below) *
		       (sample->sorted[below + 1] - sample->sorted[below]);
}

bool sample_is_constant(const struct sample *sample)
{
	return sample->count == 0 ||
	       sample->sorted[0] == sample->sorted[sample->count - 1];
}

bool sample_equals(const struct sample *sample, const struct sample *other)
{
	if (sample->count != other->count)
		return false;
	for (size_t i = 0; i < sample->count; i++)
		if (sample->sorted[i] != other->sorted[i])
			return false;
	return true;
}

/* G. Steele and others: Fast Splittable Pseudorandom Number Generators, 2014 */
static uint64_t split_mix(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void sample_jitter(struct sample *sample)
{
	uint64_t state = sample->count;

	for (size_t i = 0; i < sample->count; i++) {
		double noise = -6;

		/* the sum of twelve is close enough to a Gaussian */
		for (int k = 0; k < 12; k++)
			noise += (double)(split_mix(&state) >> 11) * 0x1p-53;
		sample->values[i] += 1e-5 * sample->values[i] * noise;
	}
	sort(sample);
}

void sample_drop_outliers(struct sample *sample, double factor)
{
	double low = sample_quantile(sample, .25);
	double high = sample_quantile(sample, .75);
	double reach = factor * (high - low);
	double first = sample_quantile(sample, .01);
	double last = sample_quantile(sample, .99);
	size_t kept = 0;

	low = low - reach < first ? low - reach : first;
	high = high + reach > last ? high + reach : last;
	for (size_t i = 0; i < sample->count; i++)
		if (sample->values[i] >= low && sample->values[i] <= high)
			sample->values[kept++] = sample->values[i];
	sample->dropped += sample->count - kept;
	sample->count = kept;
	sort(sample);
}
