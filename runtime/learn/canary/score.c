/* From classified metrics to a score, a verdict and sentences. */
#include <math.h>
#include <stdio.h>

#include "runtime/learn/canary/canary.h"

const char *canary_class_name(enum canary_class class)
{
	static const char *const names[] = {"pass", "high", "low", "nodata",
					    "nodata"};

	return names[class];
}

const char *canary_verdict_name(enum canary_verdict verdict)
{
	static const char *const names[] = {"pass", "marginal", "fail",
					    "inconclusive"};

	return names[verdict];
}

/* The share of a group's weight that passed, in percent. */
static double group_score(const struct canary_group *group)
{
	double passed = 0, judged = 0;

	for (size_t i = 0; i < group->count; i++) {
		double weight = group->weights ? group->weights[i] : 1;
		enum canary_class class = group->metrics[i]->class;

		if (class == CANARY_NODATA)
			continue;
		judged += weight;
		passed += class == CANARY_PASS ? weight : 0;
	}
	return judged > 0 ? 100 * passed / judged : 100;
}

/* What each group without a weight gets of 100. */
static double rest(const struct canary_group *groups, size_t count)
{
	double given = 0;
	size_t open = 0;

	for (size_t i = 0; i < count; i++)
		if (isnan(groups[i].weight))
			open++;
		else
			given += groups[i].weight;
	return open > 0 ? fmax(0, 100 - given) / (double)open : 0;
}

static double weighted(const struct canary_group *groups, size_t count)
{
	double share = rest(groups, count), sum = 0, total = 0;

	for (size_t i = 0; i < count; i++) {
		double weight =
			isnan(groups[i].weight) ? share : groups[i].weight;

		sum += weight * group_score(&groups[i]);
		total += weight;
	}
	return total > 0 ? sum / total : 100;
}

/* What all metrics together say. */
struct census {
	size_t metrics, empty, thin, fatal;
};

static struct census count_all(const struct canary_group *groups, size_t count)
{
	struct census census = {0};

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < groups[i].count; k++) {
			const struct canary_metric *metric =
				groups[i].metrics[k];

			census.metrics++;
			census.empty += metric->class == CANARY_NODATA ||
					metric->class == CANARY_NODATA_FAIL;
			census.thin += metric->thin;
			census.fatal += metric->fatal;
		}
	}
	return census;
}

enum canary_verdict canary_score(const struct canary_group *groups,
				 size_t count, double pass, double marginal,
				 double *score)
{
	struct census census = count_all(groups, count);

	*score = weighted(groups, count);
	if (census.fatal > 0 || census.empty * 2 >= census.metrics)
		*score = 0;
	if (census.fatal > 0)
		return CANARY_VERDICT_FAIL;
	if (census.thin == census.metrics)
		return CANARY_VERDICT_INCONCLUSIVE;
	if (*score >= pass)
		return CANARY_VERDICT_PASS;
	return *score >= marginal ? CANARY_VERDICT_MARGINAL
				  : CANARY_VERDICT_FAIL;
}

static void say_change(const struct canary_metric *metric,
		       const struct canary_options *options, char *text,
		       size_t size)
{
	double share =
		metric->baseline_mean != 0
			? 100 * (metric->canary_mean / metric->baseline_mean -
				 1)
			: NAN;
	char change[48] = "";

	if (isfinite(share))
		snprintf(change, sizeof(change), " (%+.1f %%)", share);
	snprintf(text, size,
		 "mean %.4g -> %.4g%s; the shift %.4g is between %.4g and "
		 "%.4g at %g %% confidence",
		 metric->baseline_mean, metric->canary_mean, change,
		 metric->shift, metric->lower, metric->upper,
		 100 * options->confidence);
}

void canary_reason(const struct canary_metric *metric,
		   const struct canary_options *options, char *text,
		   size_t size)
{
	int used = 0;

	if (metric->baseline == 0 || metric->canary == 0) {
		snprintf(text, size, "no values in the %s%s",
			 metric->baseline == 0 ? "baseline" : "canary",
			 metric->baseline + metric->canary == 0
				 ? ", nor in the canary"
				 : "");
		return;
	}
	if (metric->thin) {
		snprintf(text, size,
			 "%zu and %zu values are too few to say anything",
			 metric->baseline, metric->canary);
		return;
	}
	if (metric->class == CANARY_HIGH || metric->class == CANARY_LOW)
		used = snprintf(text, size, "%s%s: ",
				metric->class == CANARY_HIGH ? "higher"
							     : "lower",
				metric->fatal ? " and critical" : "");
	if (used >= 0 && (size_t)used < size)
		say_change(metric, options, text + used, size - (size_t)used);
}
