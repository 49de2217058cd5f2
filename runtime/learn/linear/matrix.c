/* From rows of a table to a standardised matrix. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/added.h"
#include "runtime/learn/linear/encode.h"
#include "runtime/learn/linear/rates.h"

enum { PARTS = 5, TAIL = 50 };

static const double PRIOR = 10; /* rows that draw a level's rate to all */

/* A column that may be of use, and how much it goes with the label. */
struct candidate {
	struct linear_column column;
	double worth;
};

struct making {
	struct linear_matrix *matrix;
	struct candidate *found; /* owned list */
	size_t count, room;
	double *values; /* owned: a column of the rows that are taken */
};

static void take_rows(struct linear_matrix *matrix,
		      const struct linear_rows *rows)
{
	size_t most = LINEAR_VALUES_MAX / (1 + (size_t)rows->table->features);
	size_t step;

	if (most < 1000)
		most = 1000;
	step = (rows->count + most - 1) / most;
	matrix->rows = *rows;
	matrix->rows.count = 0;
	if (step < 1)
		step = 1;
	matrix->taken =
		mem_array(rows->count / step + 1, sizeof(*matrix->taken));
	matrix->target = mem_array(rows->count / step + 1, sizeof(double));
	matrix->weights = mem_array(rows->count / step + 1, sizeof(double));
	matrix->rows.rows = matrix->taken;
	for (size_t i = 0; i < rows->count; i += step) {
		size_t at = matrix->rows.count++;

		matrix->taken[at] = rows->rows[i];
		matrix->target[at] = rows->table->label[rows->rows[i]];
		matrix->weights[at] = linear_weight(rows->table, rows->rows[i]);
	}
}

/* The rates of a level as the rows of the other parts have them. */
static void rates_by_parts(const struct linear_matrix *matrix,
			   struct linear_column *column, double *out)
{
	const struct linear_rows *rows = &matrix->rows;
	const double *codes = rows->table->columns[column->feature];
	uint32_t levels = linear_levels(rows->table, column->feature);
	uint32_t width = GBT_ADDED_LEVELS + levels;
	double *rates = mem_array(width, sizeof(*rates));
	uint32_t *others = mem_array(rows->count + 1, sizeof(*others));
	struct linear_rows part = *rows;

	part.rows = others;
	for (size_t p = 0; p < PARTS; p++) {
		part.count = 0;
		for (size_t i = 0; i < rows->count; i++)
			if (i % PARTS != p)
				others[part.count++] = rows->rows[i];
		linear_rates_of(&part, column->feature, PRIOR, rates);
		for (size_t i = p; i < rows->count; i += PARTS)
			out[i] = gbt_added_value(rates, width, true,
						 codes[rows->rows[i]]);
	}
	mem_free(rates);
	mem_free(others);
}

static double clamp(const struct linear_column *column, double value)
{
	return fmax(column->low, fmin(column->high, value));
}

/* A column's numbers, not yet standardised; NaN where it is missing. */
static void read_column(const struct linear_matrix *matrix,
			struct linear_column *column, double *out)
{
	const struct linear_rows *rows = &matrix->rows;
	const double *values = rows->table->columns[column->feature];

	if (column->kind == LINEAR_RATE) {
		rates_by_parts(matrix, column, out);
		return;
	}
	for (size_t i = 0; i < rows->count; i++) {
		double value = values[rows->rows[i]];

		if (column->kind == LINEAR_MISSING)
			out[i] = isnan(value);
		else if (column->kind == LINEAR_LEVEL)
			out[i] = value == column->level;
		else
			out[i] = isnan(value) ? value : clamp(column, value);
	}
}

/* Mean and scale by the rows' weights; false: it is constant. */
static bool standardise(const struct linear_matrix *matrix,
			struct linear_column *column, const double *values)
{
	double sum = 0, squares = 0, weights = 0, spread;

	for (size_t i = 0; i < matrix->rows.count; i++) {
		if (isnan(values[i]))
			continue;
		sum += matrix->weights[i] * values[i];
		weights += matrix->weights[i];
	}
	if (!(weights > 0))
		return false;
	column->mean = sum / weights;
	for (size_t i = 0; i < matrix->rows.count; i++) {
		double off = values[i] - column->mean;

		if (!isnan(off))
			squares += matrix->weights[i] * off * off;
	}
	spread = sqrt(squares / weights);
	column->scale = 1 / spread;
	return isfinite(column->mean) && isfinite(spread) &&
	       isfinite(column->scale) && spread > 1e-12 * fabs(column->mean);
}

/* How much it goes with the label: a covariance of what is standardised. */
static double worth_of(const struct linear_matrix *matrix,
		       const struct linear_column *column, const double *values)
{
	double labels = 0, weights = 0, sum = 0;

	for (size_t i = 0; i < matrix->rows.count; i++) {
		labels += matrix->weights[i] * matrix->target[i];
		weights += matrix->weights[i];
	}
	labels /= weights;
	for (size_t i = 0; i < matrix->rows.count; i++)
		if (!isnan(values[i]))
			sum += matrix->weights[i] *
			       (matrix->target[i] - labels) *
			       (values[i] - column->mean) * column->scale;
	return fabs(sum);
}

static void offer(struct making *making, struct linear_column column)
{
	read_column(making->matrix, &column, making->values);
	if (!standardise(making->matrix, &column, making->values))
		return;
	if (making->count == making->room) {
		making->room = making->room ? 2 * making->room : 64;
		making->found = mem_grow(making->found,
					 making->room * sizeof(*making->found));
	}
	making->found[making->count++] = (struct candidate){
		column, worth_of(making->matrix, &column, making->values)};
}

static int by_number(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * Where a number is held: what but few rows are beyond, since a line goes on
 * for ever and the next rows may be anywhere. Says whether any is missing.
 */
static bool find_range(const struct linear_matrix *matrix,
		       struct linear_column *column, double *sorted)
{
	const struct linear_rows *rows = &matrix->rows;
	const double *values = rows->table->columns[column->feature];
	size_t count = 0, tail;
	bool missing = false;

	for (size_t i = 0; i < rows->count; i++) {
		double value = values[rows->rows[i]];

		missing |= isnan(value);
		/* Sums of squares of what is larger would be infinite. */
		if (fabs(value) < 1e100)
			sorted[count++] = value;
	}
	column->low = column->high = 0;
	if (!count)
		return missing;
	qsort(sorted, count, sizeof(*sorted), by_number);
	tail = count / TAIL;
	column->low = sorted[tail];
	column->high = sorted[count - 1 - tail];
	return missing;
}

static void offer_feature(struct making *making, uint32_t feature)
{
	const struct gbt_table *table = making->matrix->rows.table;
	uint32_t levels = linear_levels(table, feature);
	struct linear_column column = {.feature = feature,
				       .category = levels > 0};
	bool missing = find_range(making->matrix, &column, making->values);

	if (levels > LINEAR_ONE_HOT_MAX) {
		column.kind = LINEAR_RATE;
		offer(making, column);
		return;
	}
	column.kind = LINEAR_NUMBER;
	if (!levels)
		offer(making, column);
	column.kind = LINEAR_MISSING;
	if (missing)
		offer(making, column);
	column.kind = LINEAR_LEVEL;
	for (; column.level < levels; column.level++)
		offer(making, column);
}

static int by_worth(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->worth != y->worth)
		return x->worth > y->worth ? -1 : 1;
	if (x->column.feature != y->column.feature)
		return x->column.feature < y->column.feature ? -1 : 1;
	if (x->column.kind != y->column.kind)
		return x->column.kind < y->column.kind ? -1 : 1;
	return x->column.level < y->column.level ? -1 : 1;
}

static void choose(struct making *making)
{
	struct linear_matrix *matrix = making->matrix;

	if (making->count > LINEAR_COLUMNS_MAX) {
		qsort(making->found, making->count, sizeof(*making->found),
		      by_worth);
		making->count = LINEAR_COLUMNS_MAX;
	}
	matrix->count = (uint32_t)making->count;
	matrix->columns =
		mem_array(making->count + 1, sizeof(*matrix->columns));
	for (size_t i = 0; i < making->count; i++)
		matrix->columns[i] = making->found[i].column;
}

static void fill(struct making *making, uint32_t index)
{
	struct linear_matrix *matrix = making->matrix;
	struct linear_column *column = &matrix->columns[index];
	double *out = matrix->values + index;

	read_column(matrix, column, making->values);
	for (size_t i = 0; i < matrix->rows.count; i++, out += matrix->count)
		*out = isnan(making->values[i])
			       ? 0
			       : (making->values[i] - column->mean) *
					 column->scale;
	if (column->kind != LINEAR_RATE)
		return;
	column->rates = mem_array(
		GBT_ADDED_LEVELS + (size_t)linear_levels(matrix->rows.table,
							 column->feature),
		sizeof(double));
	linear_rates_of(&matrix->rows, column->feature, PRIOR, column->rates);
}

void linear_matrix_init(struct linear_matrix *matrix,
			const struct linear_rows *rows)
{
	struct making making = {.matrix = matrix};

	*matrix = (struct linear_matrix){0};
	take_rows(matrix, rows);
	making.values = mem_array(matrix->rows.count + 1, sizeof(double));
	for (uint32_t i = 0; i < rows->table->features; i++)
		offer_feature(&making, i);
	choose(&making);
	matrix->values = mem_array(matrix->rows.count * matrix->count + 1,
				   sizeof(double));
	for (uint32_t i = 0; i < matrix->count; i++)
		fill(&making, i);
	mem_free(making.values);
	mem_free(making.found);
}

void linear_matrix_release(struct linear_matrix *matrix)
{
	for (uint32_t i = 0; i < matrix->count; i++)
		mem_free(matrix->columns[i].rates);
	mem_free(matrix->columns);
	mem_free(matrix->values);
	mem_free(matrix->target);
	mem_free(matrix->weights);
	mem_free(matrix->taken);
	*matrix = (struct linear_matrix){0};
}

/* What a column's 1 instead of 0 is worth, and what 0 is. */
static void add_column(const struct linear_column *column, double coefficient,
		       struct linear_sum *sum)
{
	double *part = sum->values + sum->first[column->feature];
	uint32_t width =
		sum->first[column->feature + 1] - sum->first[column->feature];
	double slope = coefficient * column->scale;
	double zero = -slope * column->mean;

	switch (column->kind) {
	case LINEAR_NUMBER:
		part[GBT_ADDED_SLOPE] = slope;
		part[GBT_ADDED_LOW] = column->low;
		part[GBT_ADDED_HIGH] = column->high;
		part[GBT_ADDED_OFFSET] += zero;
		break;
	case LINEAR_RATE:
		for (uint32_t i = 0; i < width; i++)
			part[i] += slope * column->rates[i] + zero;
		break;
	default:
		sum->base += zero;
		if (column->kind == LINEAR_LEVEL)
			part[GBT_ADDED_LEVELS + column->level] += slope;
		else
			part[column->category ? GBT_ADDED_NONE
					      : GBT_ADDED_MISSING] += slope;
	}
}

void linear_matrix_sum(const struct linear_matrix *matrix,
		       const double *coefficients, struct linear_sum *sum)
{
	sum->base += coefficients[matrix->count];
	for (uint32_t i = 0; i < matrix->count; i++)
		add_column(&matrix->columns[i], coefficients[i], sum);
}
