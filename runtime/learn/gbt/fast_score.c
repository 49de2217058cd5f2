/* QuickScorer in vectors that every machine has, and with AVX2. */
#ifdef __x86_64__
#include <immintrin.h>
#endif
#include <string.h>

#include "runtime/learn/gbt/fast_batch.h"

#define INLINE static inline __attribute__((always_inline))

typedef int16_t ranks8 __attribute__((vector_size(16), may_alias));
typedef int32_t leaves4 __attribute__((vector_size(16), may_alias));

/* Vectors of 16 bytes: every machine has them. */
INLINE void drop_rows(leaves4 *leaves, const ranks8 *ranks,
		      const struct gbt_mask *mask)
{
	int32_t cut = (int32_t)~mask->keep;
	leaves4 drop = {cut, cut, cut, cut};

	for (size_t i = 0; i < GBT_FAST_ROWS / 8; i++) {
		ranks8 right = ranks[i] > mask->rank;
		leaves4 low = (leaves4)__builtin_shufflevector(
			right, right, 0, 0, 1, 1, 2, 2, 3, 3);
		leaves4 high = (leaves4)__builtin_shufflevector(
			right, right, 4, 4, 5, 5, 6, 6, 7, 7);

		leaves[2 * i] &= ~(low & drop);
		leaves[2 * i + 1] &= ~(high & drop);
	}
}

INLINE void apply_masks(const struct gbt_batch *batch,
			const struct gbt_part_of_trees *part)
{
	for (uint32_t c = 0; c < batch->fast->column_count; c++) {
		struct gbt_run run = gbt_masks_of(batch, part, c);
		const ranks8 *ranks = (const ranks8 *)batch->ranks[c];

		for (; run.at < run.end; run.at++)
			drop_rows((leaves4 *)batch->leaves[run.at->tree], ranks,
				  run.at);
	}
}

#ifdef __x86_64__
#define AVX2 __attribute__((target("avx2,bmi")))

AVX2 static inline void drop_sixteen(__m256i *leaves, __m256i right,
				     __m256i drop)
{
	__m256i low = _mm256_cvtepi16_epi32(_mm256_castsi256_si128(right));
	__m256i high =
		_mm256_cvtepi16_epi32(_mm256_extracti128_si256(right, 1));

	leaves[0] = _mm256_andnot_si256(_mm256_and_si256(low, drop), leaves[0]);
	leaves[1] =
		_mm256_andnot_si256(_mm256_and_si256(high, drop), leaves[1]);
}

AVX2 static void apply_masks_avx2(const struct gbt_batch *batch,
				  const struct gbt_part_of_trees *part)
{
	for (uint32_t c = 0; c < batch->fast->column_count; c++) {
		struct gbt_run run = gbt_masks_of(batch, part, c);
		const __m256i *ranks = (const __m256i *)batch->ranks[c];
		__m256i first = _mm256_loadu_si256(&ranks[0]);
		__m256i second = _mm256_loadu_si256(&ranks[1]);

		for (; run.at < run.end; run.at++) {
			__m256i *leaves =
				(__m256i *)batch->leaves[run.at->tree];
			__m256i drop = _mm256_set1_epi32((int)~run.at->keep);
			__m256i rank = _mm256_set1_epi16(run.at->rank);

			drop_sixteen(&leaves[0],
				     _mm256_cmpgt_epi16(first, rank), drop);
			drop_sixteen(&leaves[2],
				     _mm256_cmpgt_epi16(second, rank), drop);
		}
	}
}
#endif

/* The first leaf that is left is the one; sums are in the trees' order. */
INLINE void add_leaves(const struct gbt_batch *batch,
		       const struct gbt_part_of_trees *part)
{
	const struct gbt_model *model = batch->fast->model;

	for (uint32_t t = 0; t < part->trees; t++) {
		uint32_t tree = part->first_tree + t;
		const double *values = batch->fast->leaf_values +
				       (size_t)tree * GBT_FAST_LEAVES;
		double *sums = batch->sums[model->trees[tree].output];
		const gbt_reachable *leaves = (gbt_reachable *)batch->leaves[t];

		for (int i = 0; i < GBT_FAST_ROWS; i++)
			sums[i] += values[__builtin_ctz(leaves[i])];
		if (model->float_sums)
			for (int i = 0; i < GBT_FAST_ROWS; i++)
				sums[i] = (float)sums[i];
	}
}

INLINE void clear_leaves(const struct gbt_batch *batch,
			 const struct gbt_part_of_trees *part)
{
	memset(batch->leaves, 0xff, part->trees * sizeof(*batch->leaves));
}

void gbt_batch_portable(const struct gbt_batch *batch)
{
	for (uint32_t i = 0; i < batch->fast->part_count; i++) {
		clear_leaves(batch, &batch->fast->parts[i]);
		apply_masks(batch, &batch->fast->parts[i]);
		add_leaves(batch, &batch->fast->parts[i]);
	}
}

#ifdef __x86_64__
AVX2 void gbt_batch_avx2(const struct gbt_batch *batch)
{
	for (uint32_t i = 0; i < batch->fast->part_count; i++) {
		clear_leaves(batch, &batch->fast->parts[i]);
		apply_masks_avx2(batch, &batch->fast->parts[i]);
		add_leaves(batch, &batch->fast->parts[i]);
	}
}
#endif
