/* How well groups of rows are in order. */
#include <math.h>
#include <stdlib.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/metrics.h"

struct entry {
	double group, score, truth;
};

static int by_score(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return 0;
}

/* The worth of a place, from 0. */
static double discount(size_t place, uint32_t places)
{
	return places > 0 && place >= places ? 0 : 1 / log2((double)place + 2);
}

/* The gain of sorted rows; those of one score have the mean of their gains. */
static double gain(const struct entry *rows, size_t count, uint32_t places)
{
	double sum = 0;

	for (size_t i = 0, next; i < count; i = next) {
		double truth = 0, worth = 0;

		for (next = i;
		     next < count && rows[next].score == rows[i].score;
		     next++) {
			truth += rows[next].truth;
			worth += discount(next, places);
		}
		sum += truth / (double)(next - i) * worth;
	}
	return sum;
}

static double best_gain(struct entry *rows, size_t count, uint32_t places)
{
	for (size_t i = 0; i < count; i++)
		rows[i].score = rows[i].truth;
	qsort(rows, count, sizeof(*rows), by_score);
	return gain(rows, count, places);
}

static size_t group_end(const struct entry *rows, size_t count, size_t from)
{
	size_t end = from;

	while (end < count && rows[end].group == rows[from].group)
		end++;
	return end;
}

double gbt_ndcg(const struct gbt_sample *sample, uint32_t places)
{
	struct entry *rows = mem_array(sample->count + 1, sizeof(*rows));
	double sum = 0, groups = 0;

	for (size_t i = 0; i < sample->count; i++)
		rows[i] = (struct entry){
			sample->groups ? sample->groups[i] : 0,
			isnan(sample->score[i]) ? -INFINITY : sample->score[i],
			sample->truth[i]};
	qsort(rows, sample->count, sizeof(*rows), by_score);
	for (size_t i = 0, end; i < sample->count; i = end) {
		double found, best;

		end = group_end(rows, sample->count, i);
		if (end - i < 2)
			continue;
		found = gain(rows + i, end - i, places);
		best = best_gain(rows + i, end - i, places);
		sum += best > 0 ? found / best : 0;
		groups++;
	}
	mem_free(rows);
	return groups > 0 ? sum / groups : (double)NAN;
}
