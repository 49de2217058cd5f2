/* Metrics that are sums over the rows. */
#include "runtime/learn/gbt/metrics.h"

#include <float.h>
#include <math.h>
#include <string.h>

static double weight(const struct gbt_sample *sample, size_t i)
{
	return sample->weights ? sample->weights[i] : 1;
}

/* The weighted mean of `loss`. */
static double mean(const struct gbt_sample *sample,
		   double (*loss)(double truth, double score))
{
	double sum = 0, all = 0;

	for (size_t i = 0; i < sample->count; i++) {
		sum += weight(sample, i) *
		       loss(sample->truth[i], sample->score[i]);
		all += weight(sample, i);
	}
	return sum / all;
}

static double clip(double probability)
{
	return fmin(fmax(probability, DBL_EPSILON), 1 - DBL_EPSILON);
}

static double log_loss(double truth, double score)
{
	double probability = clip(score);

	return truth > 0 ? -log(probability) : -log(1 - probability);
}

static double squared(double truth, double score)
{
	return (truth - score) * (truth - score);
}

static double absolute(double truth, double score)
{
	return fabs(truth - score);
}

static double poisson(double truth, double score)
{
	double part = truth > 0 ? truth * log(truth / score) : 0;

	return 2 * (part - truth + score);
}

static double gamma_loss(double truth, double score)
{
	return 2 * (log(score / truth) + truth / score - 1);
}

double gbt_log_loss(const struct gbt_sample *sample)
{
	return mean(sample, log_loss);
}

double gbt_brier(const struct gbt_sample *sample)
{
	return mean(sample, squared);
}

double gbt_rmse(const struct gbt_sample *sample)
{
	return sqrt(mean(sample, squared));
}

double gbt_mae(const struct gbt_sample *sample)
{
	return mean(sample, absolute);
}

double gbt_poisson_deviance(const struct gbt_sample *sample)
{
	return mean(sample, poisson);
}

double gbt_gamma_deviance(const struct gbt_sample *sample)
{
	return mean(sample, gamma_loss);
}

double gbt_r2(const struct gbt_sample *sample)
{
	double middle = 0, all = 0, rest = 0, total = 0;

	for (size_t i = 0; i < sample->count; i++) {
		middle += weight(sample, i) * sample->truth[i];
		all += weight(sample, i);
	}
	middle /= all;
	for (size_t i = 0; i < sample->count; i++) {
		rest += weight(sample, i) *
			squared(sample->truth[i], sample->score[i]);
		total += weight(sample, i) * squared(sample->truth[i], middle);
	}
	return total > 0 ? 1 - rest / total : (double)NAN;
}

double gbt_pinball(const struct gbt_sample *sample, double alpha)
{
	double sum = 0, all = 0;

	for (size_t i = 0; i < sample->count; i++) {
		double above = sample->truth[i] - sample->score[i];

		sum += weight(sample, i) *
		       (above >= 0 ? alpha * above : (alpha - 1) * above);
		all += weight(sample, i);
	}
	return sum / all;
}

double gbt_coverage(const double *truth, const double *lower,
		    const double *upper, size_t count)
{
	size_t within = 0;

	for (size_t i = 0; i < count; i++)
		within += truth[i] >= lower[i] && truth[i] <= upper[i];
	return (double)within / (double)count;
}

/* True and false positives, and false negatives. */
struct confusion {
	double right, wrong, missed, all, correct;
};

static struct confusion confuse(const struct gbt_sample *sample,
				double threshold)
{
	struct confusion sums = {0};

	for (size_t i = 0; i < sample->count; i++) {
		double w = weight(sample, i);
		int positive = sample->score[i] > threshold;
		int truth = sample->truth[i] > 0;

		sums.all += w;
		sums.right += positive && truth ? w : 0;
		sums.wrong += positive && !truth ? w : 0;
		sums.missed += !positive && truth ? w : 0;
		sums.correct += positive == truth ? w : 0;
	}
	return sums;
}

double gbt_f1(const struct gbt_sample *sample, double threshold)
{
	struct confusion sums = confuse(sample, threshold);
	double below = 2 * sums.right + sums.wrong + sums.missed;

	return below > 0 ? 2 * sums.right / below : 0;
}

double gbt_accuracy(const struct gbt_sample *sample, double threshold)
{
	struct confusion sums = confuse(sample, threshold);

	return sums.correct / sums.all;
}

/* The last part whose lower edge is below the score. */
static uint32_t bin_of(double score, uint32_t count)
{
	uint32_t bin = 0;

	if (!(score > 0))
		return 0;
	if (score >= 1)
		return count - 1;
	bin = (uint32_t)(score * count);
	/* An edge belongs to the part below it. */
	while (bin > 0 && !(score > (double)bin / count))
		bin--;
	while (bin + 1 < count && score > (double)(bin + 1) / count)
		bin++;
	return bin;
}

void gbt_reliability(const struct gbt_sample *sample, struct gbt_bin *bins,
		     uint32_t count)
{
	memset(bins, 0, count * sizeof(*bins));
	for (size_t i = 0; i < sample->count; i++) {
		struct gbt_bin *bin = &bins[bin_of(sample->score[i], count)];
		double w = weight(sample, i);

		bin->weight += w;
		bin->predicted += w * sample->score[i];
		bin->observed += w * sample->truth[i];
	}
	for (uint32_t i = 0; i < count; i++) {
		bins[i].predicted /= bins[i].weight;
		bins[i].observed /= bins[i].weight;
	}
}

double gbt_ece(const struct gbt_sample *sample, uint32_t bins)
{
	struct gbt_bin parts[1000];
	double sum = 0, all = 0;

	if (bins < 1 || bins > 1000)
		return (double)NAN;
	gbt_reliability(sample, parts, bins);
	for (uint32_t i = 0; i < bins; i++) {
		if (!(parts[i].weight > 0))
			continue;
		sum += parts[i].weight *
		       fabs(parts[i].observed - parts[i].predicted);
		all += parts[i].weight;
	}
	return sum / all;
}

double gbt_classes_log_loss(const struct gbt_sample *sample, uint32_t classes)
{
	double sum = 0, all = 0;

	for (size_t i = 0; i < sample->count; i++) {
		const double *row = sample->score + i * classes;
		double total = 0, truth = sample->truth[i];

		if (!(truth >= 0 && truth < classes))
			return (double)NAN;
		for (uint32_t k = 0; k < classes; k++)
			total += clip(row[k]);
		sum -= weight(sample, i) *
		       log(clip(row[(size_t)truth]) / total);
		all += weight(sample, i);
	}
	return sum / all;
}

double gbt_classes_accuracy(const struct gbt_sample *sample, uint32_t classes)
{
	double right = 0, all = 0;

	for (size_t i = 0; i < sample->count; i++) {
		const double *row = sample->score + i * classes;
		uint32_t best = 0;

		for (uint32_t k = 1; k < classes; k++)
			if (row[k] > row[best])
				best = k;
		right += best == sample->truth[i] ? weight(sample, i) : 0;
		all += weight(sample, i);
	}
	return right / all;
}
