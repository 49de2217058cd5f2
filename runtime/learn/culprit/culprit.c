#include "runtime/learn/culprit/culprit.h"

#include <math.h>
#include <stdlib.h>

#include "runtime/base/mem.h"

static const double MAD_TO_SPREAD = 1.4826; /* of normal values */
static const double CLIP = 30.0; /* spreads one value counts at most */
static const double ALLOWANCE_LEAST = 1.0, BOUND_LEAST = 8.0;
static const double BOUND_FACTOR = 2.0; /* of the highest sum in calm time */
static const double FLOOR_SHARE = 0.01; /* of the median: the least spread */
static const double LAG_SHARE = 0.1;    /* of what is left after the first */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The median of those that are there; sorts `list`. NaN when none is. */
static double median(double *list, size_t count)
{
	if (count == 0)
		return NAN;
	qsort(list, count, sizeof(*list), by_value);
	return count % 2 ? list[count / 2]
			 : (list[count / 2 - 1] + list[count / 2]) / 2;
}

struct calm {
	double median, spread;
	double allowance, bound;
};

static size_t copy_known(const double *values, size_t from, size_t to,
			 double *out)
{
	size_t count = 0;

	for (size_t i = from; i < to; i++)
		if (isfinite(values[i]))
			out[count++] = values[i];
	return count;
}

static double median_of(const double *values, size_t from, size_t to,
			double *room)
{
	return median(room, copy_known(values, from, to, room));
}

static double distance(const struct calm *calm, double value)
{
	double away = (value - calm->median) / calm->spread;

	return isfinite(away) ? fmax(-CLIP, fmin(CLIP, away)) : 0;
}

/* One step of the sums of each side. */
static void step(double sums[2], double away, double allowance)
{
	sums[0] = fmax(0, sums[0] + away - allowance);
	sums[1] = fmax(0, sums[1] - away - allowance);
}

/* What is usual in the first `count` values. False: nothing is known. */
static bool learn(const double *values, size_t count, double *room,
		  struct calm *calm)
{
	double sums[2] = {0, 0}, highest = 0;
	size_t known = copy_known(values, 0, count, room);

	if (known < CULPRIT_CALM / 2)
		return false;
	calm->median = median(room, known);
	known = copy_known(values, 0, count, room);
	for (size_t i = 0; i < known; i++)
		room[i] = fabs(room[i] - calm->median);
	calm->spread = MAD_TO_SPREAD * median(room, known);
	calm->spread = fmax(calm->spread, FLOOR_SHARE * fabs(calm->median));
	if (calm->spread <= 0)
		calm->spread = 1e-9;
	/* Half of what the calm values reach in 19 of 20 cases. */
	for (size_t i = 0; i < known; i++)
		room[i] /= calm->spread;
	calm->allowance =
		fmax(ALLOWANCE_LEAST, room[(size_t)((double)known * 0.95)] / 2);
	for (size_t i = 0; i < count; i++) {
		step(sums, distance(calm, values[i]), calm->allowance);
		highest = fmax(highest, fmax(sums[0], sums[1]));
	}
	calm->bound = fmax(BOUND_LEAST, BOUND_FACTOR * highest);
	return true;
}

/* Where the change begins that the sums see; `length`: there is none. */
static size_t find_onset(const double *values, size_t from, size_t length,
			 const struct calm *calm)
{
	double sums[2] = {0, 0};
	size_t since[2] = {from, from};

	for (size_t i = from; i < length; i++) {
		step(sums, distance(calm, values[i]), calm->allowance);
		for (int side = 0; side < 2; side++) {
			if (sums[side] > calm->bound)
				return since[side];
			if (sums[side] <= 0)
				since[side] = i + 1;
		}
	}
	return length;
}

static void look(struct culprit_metric *metric, size_t length, size_t calm_to,
		 double *room)
{
	struct calm calm;
	double sum = 0;

	metric->moved = false;
	metric->score = metric->size = 0;
	metric->onset = length;
	metric->before = metric->after = NAN;
	if (!learn(metric->values, calm_to, room, &calm))
		return;
	metric->before = calm.median;
	metric->onset = find_onset(metric->values, calm_to, length, &calm);
	metric->moved = metric->onset < length;
	if (!metric->moved)
		return;
	metric->after = median_of(metric->values, metric->onset, length, room);
	for (size_t i = metric->onset; i < length; i++)
		sum += fabs(distance(&calm, metric->values[i]));
	metric->size = sum / (double)(length - metric->onset);
}

void culprit_find(struct culprit_metric *metrics, size_t count, size_t length,
		  const struct culprit_options *options)
{
	double *room = mem_alloc((length + 1) * sizeof(*room)), lag;
	size_t first = length;

	for (size_t i = 0; i < count; i++) {
		look(&metrics[i], length,
		     options->calm < length ? options->calm : length, room);
		if (metrics[i].moved && metrics[i].onset < first)
			first = metrics[i].onset;
	}
	lag = fmax(2, LAG_SHARE * (double)(length - first));
	for (size_t i = 0; i < count; i++) {
		struct culprit_metric *metric = &metrics[i];

		if (metric->moved)
			metric->score =
				exp(-(double)(metric->onset - first) / lag) *
				(1 - exp(-metric->size / 4));
	}
	mem_free(room);
}
