#include "runtime/learn/gbt/loss.h"

#include <math.h>
#include <stdlib.h>

#include "runtime/base/mem.h"
#include "runtime/learn/boost/kernel.h"

bool gbt_loss_known(enum gbt_objective objective)
{
	return objective <= GBT_GAMMA || objective == GBT_MULTICLASS ||
	       objective == GBT_RANK;
}

enum gbt_transform gbt_loss_transform(enum gbt_objective objective)
{
	switch (objective) {
	case GBT_BINARY:
		return GBT_SIGMOID;
	case GBT_MULTICLASS:
		return GBT_SOFTMAX;
	case GBT_POISSON:
	case GBT_GAMMA:
		return GBT_EXP;
	default:
		return GBT_IDENTITY;
	}
}

static const char *wanted(enum gbt_objective objective, double label)
{
	if (!isfinite(label))
		return "a number";
	if (objective == GBT_BINARY && label != 0 && label != 1)
		return "0 or 1";
	if (objective == GBT_POISSON && label < 0)
		return "0 or more";
	if (objective == GBT_RANK && label < 0)
		return "0 or more";
	if (objective == GBT_MULTICLASS &&
	    !(label >= 0 && label < GBT_OUTPUTS_MAX && label == floor(label)))
		return "the number of a class, from 0";
	if (objective == GBT_GAMMA && label <= 0)
		return "more than 0";
	return NULL;
}

int gbt_loss_check(const struct gbt_loss *loss, size_t rows, struct error **err)
{
	for (size_t i = 0; i < rows; i++) {
		const char *expected = wanted(loss->objective, loss->label[i]);

		if (expected)
			return error_set(err, ERROR_INVALID,
					 "the label of row %zu is %g, expected"
					 " %s",
					 i + 1, loss->label[i], expected);
		if (loss->weight &&
		    !(loss->weight[i] > 0 && isfinite(loss->weight[i])))
			return error_set(err, ERROR_INVALID,
					 "the weight of row %zu is %g, expected"
					 " more than 0",
					 i + 1, loss->weight[i]);
	}
	return 0;
}

static double weight_of(const struct gbt_loss *loss, size_t row)
{
	double weight = loss->weight ? loss->weight[row] : 1;

	return loss->ones > 0 && loss->label[row] > 0 ? weight * loss->ones
						      : weight;
}

void gbt_loss_balance(struct gbt_loss *loss, size_t rows)
{
	double sums[2] = {0, 0};

	loss->ones = 0;
	for (size_t i = 0; i < rows; i++)
		sums[loss->label[i] > 0] += weight_of(loss, i);
	if (sums[0] > 0 && sums[1] > 0)
		loss->ones = sums[0] / sums[1];
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Weights are left aside: where scores begin is not where they end. */
static double quantile(const double *label, size_t rows, double share)
{
	double *sorted = mem_array(rows, sizeof(double)), found;

	for (size_t i = 0; i < rows; i++)
		sorted[i] = label[i];
	qsort(sorted, rows, sizeof(double), by_value);
	found = sorted[(size_t)(share * (double)(rows - 1))];
	mem_free(sorted);
	return found;
}

/* Machines' logarithms differ in their last bits, which a model must not. */
static double logarithm(double x)
{
	return nearbyint(log(x) * 0x1p36) * 0x1p-36;
}

double gbt_loss_start(const struct gbt_loss *loss, size_t rows)
{
	double sum = 0, weights = 0, share, mean;

	if (gbt_loss_quantile(loss, &share))
		return quantile(loss->label, rows, share);
	for (size_t i = 0; i < rows; i++) {
		sum += loss->label[i] * weight_of(loss, i);
		weights += weight_of(loss, i);
	}
	mean = sum / weights;
	switch (loss->objective) {
	case GBT_BINARY: /* half a row of each class more */
		mean = (sum + 0.5 * weights / (double)rows) /
		       (weights + weights / (double)rows);
		return logarithm(mean / (1 - mean));
	case GBT_POISSON:
	case GBT_GAMMA:
		return logarithm(mean > 1e-9 ? mean : 1e-9);
	default:
		return mean;
	}
}

/* The derivatives of a loss without exponents. */
static double slope(const struct gbt_loss *loss, double away)
{
	switch (loss->objective) {
	case GBT_L1:
		return away > 0 ? 1 : away < 0 ? -1 : 0;
	case GBT_QUANTILE:
		return away > 0 ? 1 - loss->alpha : -loss->alpha;
	case GBT_HUBER:
		return fmax(-loss->alpha, fmin(loss->alpha, away));
	default:
		return away;
	}
}

static void derive_plain(const struct gbt_loss *loss, size_t from, size_t to,
			 const struct gbt_slopes *slopes)
{
	for (size_t i = from; i < to; i++) {
		double weight = loss->weight ? loss->weight[i] : 1;
		double away = slopes->scores[i] - loss->label[i];

		slopes->gradients[i] = slope(loss, away) * weight;
		slopes->hessians[i] = weight;
	}
}

/* Of means on a scale of logarithms: e^score, or label / e^score. */
static void derive_log(const struct gbt_loss *loss, size_t from, size_t to,
		       const struct gbt_slopes *slopes)
{
	bool gamma = loss->objective == GBT_GAMMA;
	double sign = gamma ? -1 : 1;

	for (size_t i = from; i < to; i++)
		slopes->hessians[i] = fmin(sign * slopes->scores[i], 50);
	boost_kernels()->exponents(slopes->hessians + from,
				   slopes->hessians + from, to - from);
	for (size_t i = from; i < to; i++) {
		double weight = loss->weight ? loss->weight[i] : 1;
		double label = loss->label[i], p = slopes->hessians[i];

		p = gamma ? p * label : p;
		slopes->gradients[i] = (gamma ? 1 - p : p - label) * weight;
		slopes->hessians[i] = p * weight;
	}
}

void gbt_loss_derive(const struct gbt_loss *loss, size_t from, size_t to,
		     const struct gbt_slopes *slopes)
{
	struct boost_logistic logistic = {
		.label = loss->label,
		.weight = loss->weight,
		.scores = slopes->scores,
		.ones = loss->ones > 0 ? loss->ones : 1,
		.gradients = slopes->gradients,
		.hessians = slopes->hessians,
	};

	switch (loss->objective) {
	case GBT_BINARY:
		boost_kernels()->logistic(&logistic, from, to);
		return;
	case GBT_POISSON:
	case GBT_GAMMA:
		derive_log(loss, from, to, slopes);
		return;
	default:
		derive_plain(loss, from, to, slopes);
	}
}

static double loss_of(const struct gbt_loss *loss, size_t row, double score)
{
	double label = loss->label[row], away = label - score;

	switch (loss->objective) {
	case GBT_BINARY:
		score = label > 0 ? -score : score;
		return score > 30 ? score : log1p(exp(score));
	case GBT_L1:
		return fabs(away);
	case GBT_QUANTILE:
		return away > 0 ? loss->alpha * away : (loss->alpha - 1) * away;
	case GBT_HUBER:
		return fabs(away) <= loss->alpha
			       ? away * away / 2
			       : loss->alpha * (fabs(away) - loss->alpha / 2);
	case GBT_POISSON:
		return exp(score) - label * score;
	case GBT_GAMMA:
		return score + label * exp(-score);
	default:
		return away * away / 2;
	}
}

double gbt_loss_mean(const struct gbt_loss *loss, const double *scores,
		     size_t from, size_t to)
{
	double sum = 0, weights = 0;

	for (size_t i = from; i < to; i++) {
		sum += loss_of(loss, i, scores[i]) * weight_of(loss, i);
		weights += weight_of(loss, i);
	}
	return weights > 0 ? sum / weights : 0;
}

bool gbt_loss_quantile(const struct gbt_loss *loss, double *share)
{
	*share = loss->objective == GBT_QUANTILE ? loss->alpha : 0.5;
	return loss->objective == GBT_QUANTILE || loss->objective == GBT_L1;
}
