/* Platt's sigmoid and the isotonic steps. */
#include "runtime/learn/gbt/calibrate.h"

#include <math.h>
#include <stdlib.h>

#include "runtime/base/mem.h"

static double weight(const struct gbt_sample *sample, size_t i)
{
	return sample->weights ? sample->weights[i] : 1;
}

/* What Platt aims at instead of 0 and 1, so that no certainty is learnt. */
struct platt {
	const struct gbt_sample *sample;
	double low, high;
	double a, b; /* of 1 / (1 + exp(a * score + b)) */
};

static double target(const struct platt *platt, size_t i)
{
	return platt->sample->truth[i] > 0 ? platt->high : platt->low;
}

static double loss(const struct platt *platt, double a, double b)
{
	double sum = 0;

	for (size_t i = 0; i < platt->sample->count; i++) {
		double at = a * platt->sample->score[i] + b;
		double t = target(platt, i);

		sum += weight(platt->sample, i) *
		       (at >= 0 ? t * at + log1p(exp(-at))
				: (t - 1) * at + log1p(exp(at)));
	}
	return sum;
}

struct slope {
	double a, b;       /* gradient */
	double aa, ab, bb; /* hessian */
};

static struct slope slope_at(const struct platt *platt)
{
	struct slope slope = {.aa = 1e-12, .bb = 1e-12};

	for (size_t i = 0; i < platt->sample->count; i++) {
		double score = platt->sample->score[i];
		double at = platt->a * score + platt->b;
		double p =
			at >= 0 ? exp(-at) / (1 + exp(-at)) : 1 / (1 + exp(at));
		double w = weight(platt->sample, i);
		double by = w * (target(platt, i) - p), curve = w * p * (1 - p);

		slope.a += score * by;
		slope.b += by;
		slope.aa += score * score * curve;
		slope.ab += score * curve;
		slope.bb += curve;
	}
	return slope;
}

/* A Newton step, shortened until it helps; false: nothing helps. */
static int step(struct platt *platt, const struct slope *slope, double *former)
{
	double det = slope->aa * slope->bb - slope->ab * slope->ab;
	double da = -(slope->bb * slope->a - slope->ab * slope->b) / det;
	double db = -(slope->aa * slope->b - slope->ab * slope->a) / det;
	double down = slope->a * da + slope->b * db;

	for (int halved = 0; halved < 34; halved++) {
		double length = ldexp(1, -halved);
		double a = platt->a + length * da, b = platt->b + length * db;
		double now = loss(platt, a, b);

		if (now < *former + 1e-4 * length * down) {
			platt->a = a;
			platt->b = b;
			*former = now;
			return 1;
		}
	}
	return 0;
}

void gbt_platt(const struct gbt_sample *sample, double table[2])
{
	struct platt platt = {.sample = sample};
	double counts[2] = {0, 0}, former;

	for (size_t i = 0; i < sample->count; i++)
		counts[sample->truth[i] > 0] += weight(sample, i);
	platt.high = (counts[1] + 1) / (counts[1] + 2);
	platt.low = 1 / (counts[0] + 2);
	platt.b = log((counts[0] + 1) / (counts[1] + 1));
	former = loss(&platt, 0, platt.b);
	for (int round = 0; round < 100; round++) {
		struct slope slope = slope_at(&platt);

		if (fabs(slope.a) < 1e-9 && fabs(slope.b) < 1e-9)
			break;
		if (!step(&platt, &slope, &former))
			break;
	}
	table[0] = -platt.a;
	table[1] = -platt.b;
}

/* Rows that were made one: their mean, and the scores they are between. */
struct pool {
	double from, to, sum, weight;
};

static int by_score(const void *left, const void *right)
{
	const struct pool *a = left, *b = right;

	return (a->from > b->from) - (a->from < b->from);
}

static double value(const struct pool *pool)
{
	return pool->sum / pool->weight;
}

static void join(struct pool *into, const struct pool *pool)
{
	into->to = pool->to;
	into->sum += pool->sum;
	into->weight += pool->weight;
}

/* Rows sorted by score; those of one score are joined. */
static size_t make_pools(const struct gbt_sample *sample, struct pool *pools)
{
	size_t count = 0, joined = 0;

	for (size_t i = 0; i < sample->count; i++) {
		double w = weight(sample, i);

		if (isnan(sample->score[i]) || !(w > 0))
			continue;
		pools[count++] =
			(struct pool){sample->score[i], sample->score[i],
				      w * sample->truth[i], w};
	}
	qsort(pools, count, sizeof(*pools), by_score);
	for (size_t i = 0; i < count; i++) {
		if (joined && pools[joined - 1].to == pools[i].from)
			join(&pools[joined - 1], &pools[i]);
		else
			pools[joined++] = pools[i];
	}
	return joined;
}

static size_t pool_violators(struct pool *pools, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		pools[kept++] = pools[i];
		while (kept > 1 &&
		       value(&pools[kept - 2]) >= value(&pools[kept - 1])) {
			join(&pools[kept - 2], &pools[kept - 1]);
			kept--;
		}
	}
	return kept;
}

double *gbt_isotonic(const struct gbt_sample *sample, uint32_t *count)
{
	struct pool *pools = mem_array(sample->count + 1, sizeof(*pools));
	size_t kept = pool_violators(pools, make_pools(sample, pools));
	double *table = mem_array(4 * kept + 2, sizeof(*table));
	uint32_t at = 0;

	for (size_t i = 0; i < kept; i++) {
		table[at++] = pools[i].from;
		table[at++] = value(&pools[i]);
		if (pools[i].to == pools[i].from)
			continue;
		table[at++] = pools[i].to;
		table[at++] = value(&pools[i]);
	}
	if (!kept)
		at = 2; /* the point 0, 0 */
	mem_free(pools);
	*count = at;
	return table;
}
