#include "runtime/learn/boost/goss.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

double boost_draw(uint64_t *chance)
{
	uint64_t x = *chance;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*chance = x;
	return (double)((x * UINT64_C(2685821657736338717)) >> 11) * 0x1p-53;
}

/* The bits of numbers that are not negative are in the numbers' order. */
static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

/*
 * The bits of a number that `count` are not below, about: digits that are not
 * looked at are a thousandth of it.
 */
static uint64_t find_least(const double *sizes, size_t rows, size_t count)
{
	size_t counts[DIGITS];
	uint64_t found = 0;

	for (int pass = 1; pass <= 2; pass++) {
		int shift = 64 - pass * DIGIT_BITS;
		uint64_t digit = DIGITS - 1;

		memset(counts, 0, sizeof(counts));
		for (size_t i = 0; i < rows; i++) {
			uint64_t bits = bits_of(sizes[i]) >> shift;

			counts[bits & (DIGITS - 1)] +=
				bits >> DIGIT_BITS == found;
		}
		while (digit > 0 && counts[digit] < count)
			count -= counts[digit--];
		found = found << DIGIT_BITS | digit;
	}
	return found << (64 - 2 * DIGIT_BITS);
}

/* How much a row's derivatives are, of all outputs. */
static void measure(const struct boost_goss *goss)
{
	for (size_t i = 0; i < goss->rows; i++)
		goss->sizes[i] = 0;
	for (uint32_t k = 0; k < goss->outputs; k++) {
		const double *gradients = goss->gradients + k * goss->stride;
		const double *hessians = goss->hessians + k * goss->stride;

		for (size_t i = 0; i < goss->rows; i++)
			goss->sizes[i] += fabs(gradients[i] * hessians[i]);
	}
}

static void scale(const struct boost_goss *goss, size_t row, double times)
{
	for (uint32_t k = 0; k < goss->outputs; k++) {
		goss->gradients[k * goss->stride + row] *= times;
		goss->hessians[k * goss->stride + row] *= times;
	}
}

void boost_goss(const struct boost_goss *goss, uint64_t *chance)
{
	size_t count = (size_t)ceil(goss->top * (double)goss->rows);
	double share = goss->other / (1 - goss->top);
	uint64_t least;

	measure(goss);
	least = find_least(goss->sizes, goss->rows, count ? count : 1);
	for (size_t i = 0; i < goss->rows; i++) {
		bool large = bits_of(goss->sizes[i]) >= least && count > 0;
		bool drawn = boost_draw(chance) < share && !large;

		count -= large;
		goss->used[i] = large | drawn;
		if (drawn)
			scale(goss, i, 1 / share);
	}
}
