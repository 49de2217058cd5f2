#include "runtime/learn/gbt/bins.h"

#include <math.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/boost/kernel.h"

/* Thresholds are quantiles of so many rows at most, evenly spread. */
#define SAMPLE ((size_t)1 << 16)

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, CHUNK_ROWS = 4096 };

/* A number's bits in an order that goes with that of the numbers. */
static uint64_t key_of(double value)
{
	uint64_t bits;

	value += 0; /* no negative zero */
	memcpy(&bits, &value, sizeof(bits));
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double value_of(uint64_t key)
{
	double value;

	key = key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key;
	memcpy(&value, &key, sizeof(value));
	return value;
}

/* By the digit at `shift`; false when all have the same. */
static bool sort_digit(const uint64_t *keys, size_t count, uint32_t shift,
		       uint64_t *out)
{
	uint32_t places[DIGITS] = {0}, place = 0;

	for (size_t i = 0; i < count; i++)
		places[keys[i] >> shift & (DIGITS - 1)]++;
	if (places[keys[0] >> shift & (DIGITS - 1)] == count)
		return false;
	for (uint32_t i = 0; i < DIGITS; i++) {
		uint32_t some = places[i];

		places[i] = place;
		place += some;
	}
	for (size_t i = 0; i < count; i++)
		out[places[keys[i] >> shift & (DIGITS - 1)]++] = keys[i];
	return true;
}

/* Sorts numbers by their digits, from the last to the first. */
static void sort(double *values, size_t count)
{
	uint64_t *keys = mem_array(count + 1, sizeof(*keys));
	uint64_t *other = mem_array(count + 1, sizeof(*other));

	for (size_t i = 0; i < count; i++)
		keys[i] = key_of(values[i]);
	for (uint32_t shift = 0; shift < 64 && count > 0; shift += DIGIT_BITS) {
		uint64_t *swap = keys;

		if (!sort_digit(keys, count, shift, other))
			continue;
		keys = other;
		other = swap;
	}
	for (size_t i = 0; i < count; i++)
		values[i] = value_of(keys[i]);
	mem_free(keys);
	mem_free(other);
}

/* The values that are no NaN of a sample, sorted; how many. */
static size_t sample(const double *column, size_t rows, double *out)
{
	size_t step = rows > SAMPLE ? rows / SAMPLE : 1, count = 0;

	for (size_t i = 0; i < rows && count < SAMPLE; i += step)
		if (!isnan(column[i]))
			out[count++] = column[i];
	sort(out, count);
	return count;
}

/* Between two values, so that rounding does not make them one. */
static double between(double low, double high)
{
	double middle = low / 2 + high / 2;

	return middle >= low && middle < high ? middle : low;
}

/*
 * Greedily: a bin is full when it has its share of the rows that are left.
 * Equal values are never parted.
 */
static void cut(struct gbt_column_bins *column, const double *sorted,
		size_t count, uint32_t most)
{
	size_t left = count, inside = 0;
	uint32_t bins = 0;

	for (size_t i = 0; i + 1 < count; i++) {
		inside++;
		if (sorted[i] == sorted[i + 1])
			continue;
		if (bins + 2 > most ||
		    (double)inside < (double)left / (most - bins) * (1 - 1e-9))
			continue;
		column->upper[bins++] = between(sorted[i], sorted[i + 1]);
		left -= inside;
		inside = 0;
	}
	column->upper[bins++] = INFINITY;
	column->count = bins + 1;
}

/* As many bins as there are values, when they are few enough. */
static bool cut_each(struct gbt_column_bins *column, const double *sorted,
		     size_t count, uint32_t most)
{
	uint32_t bins = 0;

	for (size_t i = 0; i + 1 < count; i++) {
		if (sorted[i] == sorted[i + 1])
			continue;
		if (bins + 2 > most)
			return false;
		column->upper[bins++] = between(sorted[i], sorted[i + 1]);
	}
	column->upper[bins++] = INFINITY;
	column->count = bins + 1;
	return true;
}

/* Thresholds, filled up so that every search takes as many steps. */
struct ladder {
	double upper[BIN_ROOM];
};

/*
 * The first bin that ends at the value or above. No step is a jump, which no
 * processor could foresee; four values at once hide what a step takes.
 */
static void bins_of(const struct ladder *ladder, const double values[4],
		    uint8_t out[4])
{
	size_t low[4] = {0};

	for (size_t half = BIN_ROOM / 2; half > 0; half /= 2)
		for (int k = 0; k < 4; k++)
			low[k] += half &
				  -(size_t)(ladder->upper[low[k] + half - 1] <
					    values[k]);
	for (int k = 0; k < 4; k++)
		out[k] = (uint8_t)((low[k] + 1) &
				   -(size_t)(values[k] == values[k]));
}

static void fill_numbers(const struct gbt_column_bins *column,
			 const double *values, size_t count, uint8_t *out)
{
	struct ladder ladder;
	double last[4] = {0};
	size_t i = 0;

	for (uint32_t b = 0; b < BIN_ROOM; b++)
		ladder.upper[b] =
			b + 1 < column->count ? column->upper[b] : INFINITY;
	for (; i + 4 <= count; i += 4)
		bins_of(&ladder, values + i, out + i);
	if (i < count) {
		uint8_t bins[4];

		memcpy(last, values + i, (count - i) * sizeof(double));
		bins_of(&ladder, last, bins);
		memcpy(out + i, bins, count - i);
	}
}

static uint8_t bin_of_code(const struct gbt_column_bins *column, double code)
{
	return code >= 0 && code < column->count - 1 ? (uint8_t)(code + 1)
						     : BIN_MISSING;
}

/* What is being made of a table. */
struct binning {
	struct gbt_bins *bins;
	const struct gbt_table *table;
	uint32_t most;
};

/* The thresholds of a column. */
static void cut_column(void *context, uint32_t feature, uint32_t worker)
{
	struct binning *binning = context;
	const struct gbt_table *table = binning->table;
	struct gbt_column_bins *column = &binning->bins->columns[feature];
	uint32_t levels = table->level_first
				  ? table->level_first[feature + 1] -
					    table->level_first[feature]
				  : 0;
	double *sorted;
	size_t count;

	(void)worker;
	column->upper = mem_array(BIN_ROOM, sizeof(double));
	if (levels > 0) {
		column->categorical = true;
		column->count =
			(levels < binning->most ? levels : binning->most) + 1;
		return;
	}
	sorted = mem_array(SAMPLE, sizeof(double));
	count = sample(table->columns[feature], table->rows, sorted);
	if (!cut_each(column, sorted, count, binning->most))
		cut(column, sorted, count, binning->most);
	mem_free(sorted);
}

static void fill(const struct gbt_column_bins *column, const double *values,
		 size_t count, uint8_t *out)
{
	if (column->categorical)
		for (size_t i = 0; i < count; i++)
			out[i] = bin_of_code(column, values[i]);
	else
		fill_numbers(column, values, count, out);
}

/* Some rows of a block, from its columns. */
static void interleave(const struct gbt_bins *bins,
		       const struct gbt_block *block, size_t from, size_t to)
{
	for (uint32_t f = 0; f < block->width; f++) {
		const uint8_t *column =
			bins->bytes + (block->first + f) * bins->stride;
		uint8_t *at = block->bytes + from * block->width + f;

		for (size_t i = from; i < to; i++, at += block->width)
			*at = column[i];
	}
}

/* The bins of some rows. */
static void fill_chunk(void *context, uint32_t chunk, uint32_t worker)
{
	struct binning *binning = context;
	struct gbt_bins *bins = binning->bins;
	size_t from = (size_t)chunk * CHUNK_ROWS, to = from + CHUNK_ROWS;

	(void)worker;
	if (to > bins->rows)
		to = bins->rows;
	for (uint32_t f = 0; f < bins->features; f++)
		fill(&bins->columns[f], binning->table->columns[f] + from,
		     to - from, bins->bytes + f * bins->stride + from);
	for (uint32_t b = 0; b < bins->block_count; b++)
		interleave(bins, &bins->blocks[b], from, to);
}

/* Every thread gets as many of them as any other. */
static void make_blocks(struct gbt_bins *bins, uint32_t threads)
{
	uint32_t count = (bins->features + BLOCK_FEATURES - 1) / BLOCK_FEATURES;
	uint32_t first = 0;

	count = (count + threads - 1) / threads * threads;
	if (count > bins->features)
		count = bins->features;
	bins->block_count = count;
	bins->blocks = mem_array(count, sizeof(*bins->blocks));
	for (uint32_t b = 0; b < count; b++) {
		struct gbt_block *block = &bins->blocks[b];

		block->first = first;
		block->width = (bins->features - first) / (count - b);
		block->bytes = mem_array(bins->rows, block->width);
		first += block->width;
	}
}

void gbt_bins_init(struct gbt_bins *bins, const struct gbt_table *table,
		   uint32_t most, struct gbt_pool *pool)
{
	struct binning binning = {bins, table, most};

	bins->rows = table->rows;
	bins->features = table->features;
	bins->columns = mem_array(table->features, sizeof(*bins->columns));
	bins->stride = table->rows + BOOST_SLACK;
	bins->bytes = mem_array(bins->stride, table->features);
	make_blocks(bins, gbt_pool_threads(pool));
	gbt_pool_run(pool, table->features, cut_column, &binning);
	gbt_pool_run(pool,
		     (uint32_t)((table->rows + CHUNK_ROWS - 1) / CHUNK_ROWS),
		     fill_chunk, &binning);
}

void gbt_bins_release(struct gbt_bins *bins)
{
	for (uint32_t f = 0; f < bins->features; f++)
		mem_free(bins->columns[f].upper);
	for (uint32_t b = 0; b < bins->block_count; b++)
		mem_free(bins->blocks[b].bytes);
	mem_free(bins->blocks);
	mem_free(bins->columns);
	mem_free(bins->bytes);
	*bins = (struct gbt_bins){0};
}
