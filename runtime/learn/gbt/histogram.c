#include "runtime/learn/gbt/histogram.h"

#include <math.h>
#include <string.h>

/* Rows whose bins are fetched before they are needed. */
#define AHEAD 12

/* Pseudo-random bits of a row: splitmix64's finalizer. */
static uint64_t scatter(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

/* The largest number such that sums of all rows cannot overflow. */
static double largest(size_t rows, double room, double most)
{
	double fits = floor(room / (double)(rows ? rows : 1));

	return fits > most ? most : fits < 1 ? 1 : fits;
}

/* What 1 is worth, so that the largest of the rows still fits. */
static void set_units(struct gbt_pairs *pairs,
		      const struct gbt_gradients *exact)
{
	size_t rows = exact->rows;
	double top = 0, heavy = 0;

	for (size_t i = 0; i < rows; i++) {
		if (!exact->used[i])
			continue;
		top = fabs(exact->first[i]) > top ? fabs(exact->first[i]) : top;
		heavy = exact->second[i] > heavy ? exact->second[i] : heavy;
	}
	pairs->unit = top > 0 ? top / largest(rows, 0x7fffffff, 32767) : 1;
	pairs->weight =
		heavy > 0 ? heavy / largest(rows, 0xfffffffe, 65535) : 1;
}

static double within(double value, double least, double most)
{
	return value < least ? least : value > most ? most : value;
}

void gbt_pairs_round(struct gbt_pairs *pairs, const struct gbt_gradients *exact,
		     uint64_t step)
{
	set_units(pairs, exact);
	for (size_t i = 0; i < exact->rows; i++) {
		uint64_t chance = scatter(step * 0x9e3779b97f4a7c15 + i);
		double g, h;

		pairs->words[i] = 0;
		if (!exact->used[i])
			continue;
		g = floor(exact->first[i] / pairs->unit +
			  (double)(chance >> 32) * 0x1p-32);
		h = floor(exact->second[i] / pairs->weight +
			  (double)(chance & 0xffffffff) * 0x1p-32);
		pairs->words[i] =
			(uint32_t)(uint16_t)(int16_t)within(g, -32767, 32767)
				<< 16 |
			(uint32_t)within(h, 1, 65535);
	}
}

/* GCC makes one load, one addition and one store of each column. */
static void add_row(int64_t *sums, const uint8_t *bins, uint32_t features,
		    int64_t pair)
{
	uint32_t f = 0;

	for (; f + 4 <= features; f += 4, sums += (size_t)4 * BIN_ROOM) {
		sums[bins[f]] += pair;
		sums[BIN_ROOM + bins[f + 1]] += pair;
		sums[2 * BIN_ROOM + bins[f + 2]] += pair;
		sums[3 * BIN_ROOM + bins[f + 3]] += pair;
	}
	for (; f < features; f++, sums += BIN_ROOM)
		sums[bins[f]] += pair;
}

void gbt_histogram(const struct gbt_bins *bins, const struct gbt_pairs *pairs,
		   const uint32_t *rows, size_t count, int64_t *sums)
{
	const uint8_t *bytes = bins->bytes;
	uint32_t features = bins->features;

	for (size_t i = 0; i < count; i++) {
		uint32_t word = pairs->words[rows[i]];

		if (i + AHEAD < count) {
			size_t next = rows[i + AHEAD];

			__builtin_prefetch(bytes + next * features);
			__builtin_prefetch(&pairs->words[next]);
		}
		if (word)
			add_row(sums, bytes + (size_t)rows[i] * features,
				features, gbt_pair_sum(word));
	}
}
