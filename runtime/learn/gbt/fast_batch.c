/* Many rows: QuickScorer over 32 of them at once. */
#include "runtime/learn/gbt/fast_batch.h"

#include "runtime/learn/gbt/added.h"
#include "runtime/learn/gbt/predict.h"
#include "runtime/learn/gbt/walk.h"

enum { OUTPUTS_AT_ONCE = 64 };

static void score_best(const struct gbt_batch *batch)
{
#ifdef __x86_64__
	if (batch->fast->way == GBT_FAST_AVX512) {
		gbt_batch_avx512(batch);
		return;
	}
	if (batch->fast->way == GBT_FAST_AVX2) {
		gbt_batch_avx2(batch);
		return;
	}
#endif
	gbt_batch_portable(batch);
}

/* Ranks of `count` rows; those that lack at the end are like the first. */
static void rank_rows(const struct gbt_fast *fast, const double *rows,
		      size_t count, int16_t (*ranks)[GBT_FAST_ROWS])
{
	size_t width = fast->model->features;

#ifdef __x86_64__
	if (fast->way == GBT_FAST_AVX512 && count == GBT_FAST_ROWS) {
		gbt_batch_ranks_avx512(fast, rows, ranks);
		return;
	}
#endif
	for (size_t i = 0; i < GBT_FAST_ROWS; i++)
		gbt_fast_ranks(fast, rows + (i < count ? i : 0) * width,
			       &ranks[0][i], GBT_FAST_ROWS);
}

static void score_rows(const struct gbt_fast *fast, const double *rows,
		       size_t count, double *raw)
{
	const struct gbt_model *model = fast->model;
	gbt_ranks16 ranks[GBT_FAST_COLUMNS][GBT_HALVES];
	gbt_leaves16 leaves[GBT_FAST_PART][GBT_HALVES];
	double sums[OUTPUTS_AT_ONCE][GBT_FAST_ROWS];
	struct gbt_batch batch = {fast, ranks, leaves, sums};

	rank_rows(fast, rows, count, (int16_t(*)[GBT_FAST_ROWS])ranks);
	for (uint32_t o = 0; o < model->outputs; o++)
		for (size_t i = 0; i < GBT_FAST_ROWS; i++)
			sums[o][i] = gbt_rounded(model, model->base[o]);
	score_best(&batch);
	for (size_t i = 0; i < count; i++)
		for (uint32_t o = 0; o < model->outputs; o++)
			raw[i * model->outputs + o] = sums[o][i];
	for (size_t i = 0; model->added.first && i < count; i++)
		raw[i] += gbt_added_sum(model, rows + i * model->features);
}

void gbt_fast_batch(const struct gbt_fast *fast, const double *rows,
		    size_t count, double *raw)
{
	const struct gbt_model *model = fast->model;
	bool masked = !fast->plain && fast->masked &&
		      model->outputs <= OUTPUTS_AT_ONCE;
	size_t at = 0, step = masked ? GBT_FAST_ROWS : 1;

	for (; at < count; at += step) {
		size_t some = count - at < step ? count - at : step;

		if (masked && some > 1)
			score_rows(fast, rows + at * model->features, some,
				   raw + at * model->outputs);
		else
			gbt_fast_raw(fast, rows + at * model->features,
				     raw + at * model->outputs);
	}
}
