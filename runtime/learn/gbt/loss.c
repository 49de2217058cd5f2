#include "runtime/learn/gbt/loss.h"

#include <math.h>
#include <stdlib.h>

#include "runtime/base/mem.h"

bool gbt_loss_known(enum gbt_objective objective)
{
	return objective <= GBT_GAMMA;
}

enum gbt_transform gbt_loss_transform(enum gbt_objective objective)
{
	switch (objective) {
	case GBT_BINARY:
		return GBT_SIGMOID;
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

static double sigmoid(double score)
{
	return 1 / (1 + exp(-score));
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
		return log(mean / (1 - mean));
	case GBT_POISSON:
	case GBT_GAMMA:
		return log(mean > 1e-9 ? mean : 1e-9);
	default:
		return mean;
	}
}

void gbt_loss_gradient(const struct gbt_loss *loss, size_t row, double score,
		       double *gradient, double *hessian)
{
	double label = loss->label[row], weight = weight_of(loss, row);
	double away = score - label, p;

	*hessian = weight;
	switch (loss->objective) {
	case GBT_BINARY:
		p = sigmoid(score);
		*gradient = (p - label) * weight;
		*hessian = fmax(p * (1 - p), 1e-16) * weight;
		return;
	case GBT_L1:
		*gradient = away > 0 ? weight : away < 0 ? -weight : 0;
		return;
	case GBT_QUANTILE:
		*gradient =
			(away > 0 ? 1 - loss->alpha : -loss->alpha) * weight;
		return;
	case GBT_HUBER:
		*gradient =
			fmax(-loss->alpha, fmin(loss->alpha, away)) * weight;
		return;
	case GBT_POISSON:
		p = exp(fmin(score, 50));
		*gradient = (p - label) * weight;
		*hessian = p * weight;
		return;
	case GBT_GAMMA:
		p = label * exp(fmin(-score, 50));
		*gradient = (1 - p) * weight;
		*hessian = p * weight;
		return;
	default:
		*gradient = away * weight;
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
