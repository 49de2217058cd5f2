#include "runtime/learn/canary/canary.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/learn/canary/ranks.h"
#include "runtime/learn/canary/sample.h"
#include "runtime/learn/canary/shift.h"

enum { FEW = 5 }; /* values a side below which nothing is said */

/* Kayenta's solver stops there, whatever the metric's unit. */
#define KAYENTA_RESOLUTION 1e-4

void canary_defaults(struct canary_options *options, enum canary_judge judge)
{
	bool ours = judge == CANARY_SHIFT;

	memset(options, 0, sizeof(*options));
	options->judge = judge;
	options->tolerance = ours ? .15 : .25;
	options->confidence = ours ? .95 : .98;
	options->allowed[0] = options->allowed[1] = 1;
	options->fatal[0] = options->fatal[1] = 1;
	options->detect = .05;
	options->metrics = 1;
}

static bool looks_up(const struct canary_options *options)
{
	return options->direction != CANARY_DECREASE;
}

static bool looks_down(const struct canary_options *options)
{
	return options->direction != CANARY_INCREASE;
}

/* Against means of zero no ratio says anything. */
static double effect_of(const struct canary_options *options,
			const struct canary_metric *metric, double cles)
{
	if (options->effect == CANARY_CLES)
		return cles;
	if (metric->baseline_mean == metric->canary_mean)
		return 1;
	if (metric->baseline_mean == 0 || metric->canary_mean == 0)
		return NAN;
	return metric->canary_mean / metric->baseline_mean;
}

/* Does the effect pass a bound? One that nobody can tell does. */
static bool exceeds(double effect, const double bounds[2], bool up)
{
	if (isnan(effect))
		return true;
	return up ? effect >= bounds[1] : effect <= bounds[0];
}

static void classify(struct canary_metric *metric,
		     const struct canary_options *options, bool high, bool low)
{
	bool up = high && looks_up(options);

	if (!up && !(low && looks_down(options)))
		return;
	if (!exceeds(metric->effect, options->allowed, up))
		return;
	metric->class = up ? CANARY_HIGH : CANARY_LOW;
	metric->fatal = options->critical &&
			exceeds(metric->effect, options->fatal, up);
}

static void judge_means(const struct canary_options *options,
			struct canary_metric *metric)
{
	metric->effect = effect_of(options, metric, .5);
	metric->shift = metric->canary_mean - metric->baseline_mean;
	metric->lower = metric->upper = metric->shift;
	classify(metric, options, metric->shift > 0, metric->shift < 0);
}

static void judge_ranks(struct sample *x, struct sample *y,
			const struct canary_options *options,
			struct canary_metric *metric)
{
	struct ranks ranks;
	double bound;

	if (sample_is_constant(x) && sample_is_constant(y)) {
		sample_jitter(x);
		sample_jitter(y);
	}
	ranks_compare(x, y, options->confidence, KAYENTA_RESOLUTION, &ranks);
	metric->shift = ranks.shift;
	metric->lower = ranks.lower;
	metric->upper = ranks.upper;
	metric->p = ranks.p;
	metric->effect = effect_of(options, metric, ranks.share);
	bound = options->tolerance * fabs(ranks.shift);
	classify(metric, options, ranks.lower > bound, ranks.upper < -bound);
}

/* The level of one metric of those that are judged together (Bonferroni). */
static double level(const struct canary_options *options)
{
	double alpha = 1 - options->confidence;

	if (options->direction == CANARY_EITHER)
		alpha /= 2;
	return alpha / (double)(options->metrics > 0 ? options->metrics : 1);
}

static double tail(double shift, double error, double freedom)
{
	if (error <= 0)
		return shift > 0 ? 0 : shift < 0 ? 1 : .5;
	return student_tail(shift / error, freedom);
}

static void judge_shift(const struct sample *x, const struct sample *y,
			const struct canary_options *options,
			struct canary_metric *metric)
{
	double alpha = level(options), reach;
	double middle = fabs(sample_quantile(x, .5));
	double up, down, bound = options->tolerance * middle;
	struct shift shift;
	struct ranks ranks;

	shift_measure(x, y, &shift);
	ranks_compare(x, y, options->confidence, 0, &ranks);
	reach = student_quantile(alpha, shift.freedom) * shift.error;
	metric->shift = shift.estimate;
	metric->lower = shift.estimate - reach;
	metric->upper = shift.estimate + reach;
	metric->effective = shift.effective;
	metric->effect = effect_of(options, metric, ranks.share);
	up = tail(shift.estimate, shift.error, shift.freedom);
	down = tail(-shift.estimate, shift.error, shift.freedom);
	metric->p = options->direction == CANARY_INCREASE ? up
		    : options->direction == CANARY_DECREASE
			    ? down
			    : 2 * fmin(up, down);
	metric->needed =
		shift_values_needed(x, y, &shift, options->detect * middle,
				    1 - options->confidence);
	metric->sequential =
		shift_sequential(x, y, fmax(bound, fabs(shift.error) * 1e-6));
	classify(metric, options, up < alpha && shift.estimate > bound,
		 down < alpha && shift.estimate < -bound);
}

static void judge_samples(struct sample *x, struct sample *y,
			  const struct canary_options *options,
			  struct canary_metric *metric)
{
	metric->baseline = x->count;
	metric->canary = y->count;
	metric->baseline_mean = sample_mean(x);
	metric->canary_mean = sample_mean(y);
	if (x->count == 0 || y->count == 0) {
		if (!options->replace)
			metric->class = options->required ? CANARY_NODATA_FAIL
							  : CANARY_NODATA;
		metric->fatal = !options->replace && options->critical;
		metric->thin = true;
		return;
	}
	metric->thin = x->count < FEW || y->count < FEW;
	metric->effect = effect_of(options, metric, .5);
	if (sample_equals(x, y))
		return;
	if (sample_is_constant(x) && sample_is_constant(y) &&
	    x->sorted[0] == y->sorted[0])
		return;
	if (options->judge == CANARY_MEANS)
		judge_means(options, metric);
	else if (options->judge == CANARY_RANKS)
		judge_ranks(x, y, options, metric);
	else if (!metric->thin)
		judge_shift(x, y, options, metric);
}

void canary_metric(const struct canary_series *series,
		   const struct canary_options *options,
		   struct canary_metric *metric)
{
	struct sample x, y;

	memset(metric, 0, sizeof(*metric));
	metric->p = metric->sequential = 1;
	metric->effect = NAN;
	metric->needed = -1;
	sample_init(&x, series->baseline, series->baseline_count,
		    options->replace);
	sample_init(&y, series->canary, series->canary_count, options->replace);
	if (options->outliers) {
		sample_drop_outliers(&x, 3);
		sample_drop_outliers(&y, 3);
	}
	judge_samples(&x, &y, options, metric);
	sample_release(&x);
	sample_release(&y);
}
