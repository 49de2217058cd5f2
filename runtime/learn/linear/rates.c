#include "runtime/learn/linear/rates.h"

#include <math.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/added.h"
#include "runtime/learn/linear/solve.h"

/* Label sums and weights of each level, those of missing values first. */
struct tally {
	uint32_t count;
	double *positive, *all; /* owned */
	double positives, rows; /* of all */
};

static void sum_rows(const struct linear_rows *rows, double *labels,
		     double *weights)
{
	*labels = *weights = 0;
	for (size_t i = 0; i < rows->count; i++) {
		double weight = linear_weight(rows->table, rows->rows[i]);

		*labels += weight * rows->table->label[rows->rows[i]];
		*weights += weight;
	}
}

static double base_of(const struct linear_rows *rows, double labels,
		      double weights)
{
	if (!rows->binary)
		return weights > 0 ? labels / weights : 0;
	if (labels > 0 && labels < weights)
		return log(labels / (weights - labels));
	return linear_log_odds(labels, weights);
}

double linear_base(const struct linear_rows *rows)
{
	double labels, weights;

	sum_rows(rows, &labels, &weights);
	return base_of(rows, labels, weights);
}

/* The place of a row's level; none is the first, unknown the second. */
static uint32_t place_of(const struct linear_rows *rows, uint32_t feature,
			 uint32_t row, uint32_t count)
{
	double code = rows->table->columns[feature][row];

	if (isnan(code))
		return GBT_ADDED_NONE;
	if (!(code >= 0 && code < count - GBT_ADDED_LEVELS))
		return GBT_ADDED_UNKNOWN;
	return GBT_ADDED_LEVELS + (uint32_t)code;
}

static void tally_init(struct tally *tally, const struct linear_rows *rows,
		       uint32_t feature)
{
	tally->count = GBT_ADDED_LEVELS + linear_levels(rows->table, feature);
	tally->positive = mem_array(tally->count, sizeof(double));
	tally->all = mem_array(tally->count, sizeof(double));
	for (size_t i = 0; i < rows->count; i++) {
		uint32_t row = rows->rows[i];
		uint32_t place = place_of(rows, feature, row, tally->count);
		double weight = linear_weight(rows->table, row);

		tally->positive[place] += weight * rows->table->label[row];
		tally->all[place] += weight;
	}
	sum_rows(rows, &tally->positives, &tally->rows);
}

static void tally_release(struct tally *tally)
{
	mem_free(tally->positive);
	mem_free(tally->all);
}

/* The score of a mean: log odds, which are not infinite. */
static double score_of(const struct linear_rows *rows, double mean)
{
	if (!rows->binary)
		return mean;
	mean = fmin(fmax(mean, 1e-6), 1 - 1e-6);
	return log(mean / (1 - mean));
}

/* The share of all, which is neither 0 nor 1. */
static double share_of_all(const struct linear_rows *rows,
			   const struct tally *tally)
{
	double base = base_of(rows, tally->positives, tally->rows);

	return rows->binary ? 1 / (1 + exp(-base)) : base;
}

/* What a level's mean is drawn to, and by how many rows. */
struct draw {
	double share, prior;
};

/* A level's mean without `left` rows of it with the label `label`. */
static double mean_of(const struct tally *tally, uint32_t place, double left,
		      double label, struct draw draw)
{
	return (tally->positive[place] - left * label +
		draw.prior * draw.share) /
	       (tally->all[place] - left + draw.prior);
}

static void fill(const struct linear_rows *rows, const struct tally *tally,
		 double prior, double *values)
{
	struct draw draw = {share_of_all(rows, tally), prior};
	double base = score_of(rows, draw.share);

	for (uint32_t i = 0; i < tally->count; i++)
		values[i] =
			score_of(rows, mean_of(tally, i, 0, 0, draw)) - base;
}

void linear_rates_of(const struct linear_rows *rows, uint32_t feature,
		     double prior, double *values)
{
	struct tally tally;

	tally_init(&tally, rows, feature);
	fill(rows, &tally, prior, values);
	tally_release(&tally);
}

static double loss_of(const struct linear_rows *rows, double score,
		      double label)
{
	if (rows->binary)
		return linear_log_loss(score, label);
	return (score - label) * (score - label);
}

/* How well the levels foresee each row of which they know nothing. */
static double loss_without(const struct linear_rows *rows,
			   const struct tally *tally, uint32_t feature,
			   double prior)
{
	struct draw draw = {share_of_all(rows, tally), prior};
	double sum = 0;

	for (size_t i = 0; i < rows->count; i++) {
		uint32_t row = rows->rows[i];
		uint32_t place = place_of(rows, feature, row, tally->count);
		double label = rows->table->label[row];
		double weight = linear_weight(rows->table, row);
		double mean = mean_of(tally, place, weight, label, draw);

		sum += weight * loss_of(rows, score_of(rows, mean), label);
	}
	return sum;
}

static double loss_of_base(const struct linear_rows *rows, double base)
{
	double sum = 0;

	for (size_t i = 0; i < rows->count; i++) {
		uint32_t row = rows->rows[i];

		sum += linear_weight(rows->table, row) *
		       loss_of(rows, base, rows->table->label[row]);
	}
	return sum;
}

struct best {
	uint32_t feature;
	double loss, prior;
};

static void try_feature(const struct linear_rows *rows, uint32_t feature,
			struct best *best)
{
	static const double priors[] = {1, 3, 10, 30, 100, 300};
	struct tally tally;

	tally_init(&tally, rows, feature);
	for (size_t i = 0; i < sizeof(priors) / sizeof(*priors); i++) {
		double loss = loss_without(rows, &tally, feature, priors[i]);

		if (loss < best->loss)
			*best = (struct best){feature, loss, priors[i]};
	}
	tally_release(&tally);
}

void linear_rates(const struct linear_rows *rows, struct linear_sum *sum)
{
	struct best best = {.feature = UINT32_MAX};

	sum->base = linear_base(rows);
	best.loss = loss_of_base(rows, sum->base);
	for (uint32_t f = 0; f < rows->table->features; f++)
		if (linear_levels(rows->table, f))
			try_feature(rows, f, &best);
	if (best.feature != UINT32_MAX)
		linear_rates_of(rows, best.feature, best.prior,
				sum->values + sum->first[best.feature]);
}
