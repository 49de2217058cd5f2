#include <math.h>
#include <stdlib.h>

#include "runtime/base/mem.h"
#include "runtime/learn/triage/lexicon.h"
#include "runtime/learn/triage/triage.h"

enum {
	CANDIDATES = 200,
	GAP = 6, /* lines between two ranges, at least */
	RANGES = 2,
	NEW_GAP = 1,
};

/* Both by cross-validation over repositories. */
static const double SHARPEN = 2.0, EXPECTED = 0.6;
static const double NEW_SHARPEN = 0.3, NEW_EXPECTED = 0.5;

struct candidate {
	uint32_t line;
	double weight;
};

static int by_weight(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->line < y->line ? -1 : 1;
}

static int by_line(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->line < y->line ? -1 : x->line > y->line;
}

/* How many of the first candidates make the largest expected F1, when `all` is
 * the weight of what there is to be found. */
static size_t best_count(const struct candidate *list, size_t count, double all)
{
	double sum = 0, best = -1;
	size_t take = 0;

	all = fmax(all, list[0].weight);
	for (size_t i = 0; i < count; i++) {
		double f1;

		sum += list[i].weight;
		f1 = 2 * sum / ((double)i + 1 + all);
		if (f1 > best) {
			best = f1;
			take = i + 1;
		}
	}
	return take;
}

/* Joins lines in their order that are no more than `gap` apart. */
static void join(struct triage *triage, const struct candidate *list,
		 size_t count, uint32_t gap)
{
	for (size_t i = 0; i < count; i++) {
		struct triage_range *last =
			triage->count ? &triage->ranges[triage->count - 1]
				      : NULL;

		if (last && list[i].line - last->to <= gap) {
			last->to = list[i].line;
			last->score += (float)list[i].weight;
		} else if (triage->count < TRIAGE_RANGES_MAX) {
			triage->ranges[triage->count++] = (struct triage_range){
				list[i].line, list[i].line,
				(float)list[i].weight};
		}
	}
}

/* Keeps the best ranges, in their order. */
static void keep_best(struct triage *triage, unsigned most)
{
	while (triage->count > most) {
		unsigned worst = 0;

		for (unsigned i = 1; i < triage->count; i++)
			if (triage->ranges[i].score <
			    triage->ranges[worst].score)
				worst = i;
		for (unsigned i = worst + 1; i < triage->count; i++)
			triage->ranges[i - 1] = triage->ranges[i];
		triage->count--;
	}
}

void triage_choose(struct triage *triage, const struct triage_lines *lines)
{
	struct candidate *list;
	size_t take, most = CANDIDATES;
	double all = 0;

	triage->count = 0;
	if (lines->count == 0)
		return;
	list = mem_alloc(lines->count * sizeof(*list));
	for (uint32_t i = 0; i < lines->count; i++) {
		list[i].line = i;
		list[i].weight = pow(lines->list[i].score, SHARPEN);
		all += list[i].weight;
	}
	qsort(list, lines->count, sizeof(*list), by_weight);
	if (lines->count < most)
		most = lines->count;
	take = list[0].weight > 0 ? best_count(list, most, all * EXPECTED) : 0;
	qsort(list, take, sizeof(*list), by_line);
	join(triage, list, take, GAP);
	keep_best(triage, RANGES);
	mem_free(list);
}

/* The highest score of the new lines no more than NEW_GAP away. */
static float beside(const struct triage_lines *lines, uint32_t at)
{
	uint32_t from = at < NEW_GAP ? 0 : at - NEW_GAP;
	float highest = 0;

	for (uint32_t i = from; i <= at + NEW_GAP && i < lines->count; i++)
		if (!lines->list[i].known)
			highest = fmaxf(highest, lines->list[i].score);
	return highest;
}

void triage_choose_new(struct triage *triage, const struct triage_lines *lines)
{
	struct candidate *list =
		mem_alloc(((size_t)lines->count + 1) * sizeof(*list));
	size_t count = 0;
	double all = 0;

	triage->count = 0;
	for (uint32_t i = 0; i < lines->count; i++) {
		double weight = pow(beside(lines, i), NEW_SHARPEN);

		if (lines->list[i].known || weight <= 0)
			continue;
		list[count++] = (struct candidate){i, weight};
		all += weight;
	}
	if (count > 0) {
		qsort(list, count, sizeof(*list), by_weight);
		count = best_count(list, count, all * NEW_EXPECTED);
		qsort(list, count, sizeof(*list), by_line);
	}
	join(triage, list, count, NEW_GAP);
	mem_free(list);
}
