#include "runtime/learn/gbt/bins.h"

#include <math.h>
#include <stdlib.h>

#include "runtime/base/mem.h"

/* Thresholds are quantiles of so many rows at most, evenly spread. */
#define SAMPLE ((size_t)1 << 16)

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The values that are no NaN of a sample, sorted; how many. */
static size_t sample(const double *column, size_t rows, double *out)
{
	size_t step = rows > SAMPLE ? rows / SAMPLE : 1, count = 0;

	for (size_t i = 0; i < rows && count < SAMPLE; i += step)
		if (!isnan(column[i]))
			out[count++] = column[i];
	qsort(out, count, sizeof(*out), by_value);
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

/* The first bin that ends at the value or above. */
static uint8_t bin_of(const struct gbt_column_bins *column, double value)
{
	const double *upper = column->upper;
	uint32_t low = 0, count = column->count - 1;

	if (isnan(value))
		return BIN_MISSING;
	while (count > 1) {
		uint32_t half = count / 2;

		low += upper[low + half - 1] < value ? half : 0;
		count -= half;
	}
	return (uint8_t)(low + 1);
}

static uint8_t bin_of_code(const struct gbt_column_bins *column, double code)
{
	return code >= 0 && code < column->count - 1 ? (uint8_t)(code + 1)
						     : BIN_MISSING;
}

static void fill(struct gbt_bins *bins, uint32_t feature, const double *values)
{
	const struct gbt_column_bins *column = &bins->columns[feature];
	uint8_t *at = bins->bytes + feature;

	for (size_t i = 0; i < bins->rows; i++, at += bins->features)
		*at = column->categorical ? bin_of_code(column, values[i])
					  : bin_of(column, values[i]);
}

void gbt_bins_init(struct gbt_bins *bins, const struct gbt_table *table,
		   uint32_t most)
{
	double *sorted = mem_array(SAMPLE, sizeof(double));

	bins->rows = table->rows;
	bins->features = table->features;
	bins->columns = mem_array(table->features, sizeof(*bins->columns));
	bins->bytes = mem_array(table->rows, table->features);
	for (uint32_t f = 0; f < table->features; f++) {
		struct gbt_column_bins *column = &bins->columns[f];
		uint32_t levels = table->level_first
					  ? table->level_first[f + 1] -
						    table->level_first[f]
					  : 0;
		size_t count;

		column->upper = mem_array(BIN_ROOM, sizeof(double));
		if (levels > 0) {
			column->categorical = true;
			column->count = (levels < most ? levels : most) + 1;
		} else {
			count = sample(table->columns[f], table->rows, sorted);
			if (!cut_each(column, sorted, count, most))
				cut(column, sorted, count, most);
		}
		fill(bins, f, table->columns[f]);
	}
	mem_free(sorted);
}

void gbt_bins_release(struct gbt_bins *bins)
{
	for (uint32_t f = 0; f < bins->features; f++)
		mem_free(bins->columns[f].upper);
	mem_free(bins->columns);
	mem_free(bins->bytes);
	*bins = (struct gbt_bins){0};
}
