/* Columns of a table as numbers around 0, and back to sums over features. */
#pragma once

#include "runtime/learn/gbt/train.h"

/* Rows of a table that are looked at; borrowed. */
struct linear_rows {
	const struct gbt_table *table;
	const uint32_t *rows;
	size_t count;
	bool binary; /* labels are 0 and 1; scores are log odds */
};

/*
 * A sum over the features, as a model keeps it (runtime/learn/gbt/added.h);
 * each feature has its full width.
 */
struct linear_sum {
	double base;
	uint32_t features;
	uint32_t *first; /* owned: features + 1 */
	double *values;  /* owned */
};

void linear_sum_init(struct linear_sum *sum, const struct gbt_table *table);
void linear_sum_release(struct linear_sum *sum);
double linear_sum_score(const struct linear_sum *sum,
			const struct gbt_table *table, size_t row);

/* sum += share * other, both of `table`. */
void linear_sum_add(struct linear_sum *sum, const struct linear_sum *other,
		    double share, const struct gbt_table *table);

/* How many levels the feature has; 0: it is a number. */
uint32_t linear_levels(const struct gbt_table *table, uint32_t feature);

/* A row of the table: its weight, 1 without any. */
double linear_weight(const struct gbt_table *table, size_t row);

enum {
	LINEAR_COLUMNS_MAX = 512,
	LINEAR_VALUES_MAX = 16 << 20, /* rows times columns */
	LINEAR_ONE_HOT_MAX = 8,       /* levels; of more, their rates */
};

struct linear_column {
	uint32_t feature;
	bool category;
	enum {
		LINEAR_NUMBER,
		LINEAR_MISSING, /* 1 where it is */
		LINEAR_LEVEL,   /* 1 where it is that level */
		LINEAR_RATE,    /* of the level */
	} kind;
	uint32_t level;
	double mean, scale; /* value = (number - mean) * scale */
	double low, high;   /* of LINEAR_NUMBER: it is held between */
	double *rates;      /* owned; of LINEAR_RATE: none, unknown, levels */
};

/*
 * The rows as a matrix. Missing numbers are the mean, and have a column that
 * says so; what is beyond all but two in a hundred rows, or infinite, is held
 * at that bound (Tukey calls it winsorizing). A category of few levels has a
 * column a level; of many, one of their smoothed rates (Micci-Barreca, A
 * preprocessing scheme for high-cardinality categorical attributes, 2001),
 * which in the rows themselves are of the other fifths. Columns are
 * standardised by the rows' weights; constant ones are left out, and of more
 * than LINEAR_COLUMNS_MAX those that go less with the label. Of very many rows
 * every n-th is taken.
 */
struct linear_matrix {
	struct linear_rows rows; /* those that were taken */
	uint32_t *taken;         /* owned: their numbers */
	struct linear_column *columns;
	uint32_t count;
	double *values; /* owned: a row behind the other */
	double *target, *weights;
};

void linear_matrix_init(struct linear_matrix *matrix,
			const struct linear_rows *rows);
void linear_matrix_release(struct linear_matrix *matrix);

/* What the coefficients, the constant last, come to. `sum` is new. */
void linear_matrix_sum(const struct linear_matrix *matrix,
		       const double *coefficients, struct linear_sum *sum);
