/* Metrics that look at the order of the scores. */
#include <math.h>
#include <stdlib.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/metrics.h"

struct ranked {
	double score, weight;
	size_t place;
	int positive;
};

static int by_score_descending(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return a->place < b->place ? -1 : 1;
}

/* The rows, highest score first; freed with mem_free. */
static struct ranked *rank(const struct gbt_sample *sample)
{
	struct ranked *rows = mem_array(sample->count + 1, sizeof(*rows));

	for (size_t i = 0; i < sample->count; i++)
		rows[i] = (struct ranked){
			.score = isnan(sample->score[i]) ? -INFINITY
							 : sample->score[i],
			.weight = sample->weights ? sample->weights[i] : 1,
			.place = i,
			.positive = sample->truth[i] > 0};
	qsort(rows, sample->count, sizeof(*rows), by_score_descending);
	return rows;
}

/* Sums the rows of one score, from `i` on; returns where the next begins. */
static size_t take_ties(const struct ranked *rows, size_t count, size_t i,
			double sums[2])
{
	double score = rows[i].score;

	sums[0] = sums[1] = 0;
	for (; i < count && rows[i].score == score; i++)
		sums[rows[i].positive] += rows[i].weight;
	return i;
}

double gbt_auc(const struct gbt_sample *sample)
{
	struct ranked *rows = rank(sample);
	double area = 0, seen[2] = {0, 0}, tied[2];

	for (size_t i = 0; i < sample->count;) {
		i = take_ties(rows, sample->count, i, tied);
		area += tied[0] * (seen[1] + tied[1] / 2);
		seen[0] += tied[0];
		seen[1] += tied[1];
	}
	mem_free(rows);
	if (!(seen[0] > 0 && seen[1] > 0))
		return (double)NAN;
	return area / seen[0] / seen[1];
}

double gbt_average_precision(const struct gbt_sample *sample)
{
	struct ranked *rows = rank(sample);
	double area = 0, seen[2] = {0, 0}, tied[2];

	for (size_t i = 0; i < sample->count;) {
		i = take_ties(rows, sample->count, i, tied);
		seen[0] += tied[0];
		seen[1] += tied[1];
		area += tied[1] * seen[1] / (seen[0] + seen[1]);
	}
	mem_free(rows);
	return seen[1] > 0 ? area / seen[1] : (double)NAN;
}

void gbt_top(const struct gbt_sample *sample, double share, double *precision,
	     double *recall)
{
	struct ranked *rows = rank(sample);
	double wanted = ceil(share * (double)sample->count - 1e-9);
	size_t top = wanted < 1 ? 1 : (size_t)wanted, right = 0, all = 0;

	if (top > sample->count)
		top = sample->count;
	for (size_t i = 0; i < sample->count; i++) {
		all += (size_t)rows[i].positive;
		right += i < top ? (size_t)rows[i].positive : 0;
	}
	mem_free(rows);
	*precision = top ? (double)right / (double)top : (double)NAN;
	*recall = all ? (double)right / (double)all : (double)NAN;
}
