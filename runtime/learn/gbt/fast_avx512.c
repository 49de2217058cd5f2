/* QuickScorer with AVX-512: comparisons give masks of rows, which ANDs take. */
#include "runtime/learn/gbt/fast_batch.h"

#ifdef __x86_64__
#include <immintrin.h>
#include <string.h>

#include "runtime/learn/gbt/walk.h"

#define AVX512                                                                 \
	__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512cd,"   \
			      "bmi,popcnt")))

AVX512 static void apply_masks(const struct gbt_batch *batch,
			       const struct gbt_part_of_trees *part)
{
	for (uint32_t c = 0; c < batch->fast->column_count; c++) {
		struct gbt_run run = gbt_masks_of(batch, part, c);
		__m512i ranks = _mm512_loadu_si512(&batch->ranks[c]);

		for (; run.at < run.end; run.at++) {
			gbt_leaves16 *at = batch->leaves[run.at->tree];
			__m512i keep = _mm512_set1_epi32((int)run.at->keep);
			__mmask32 right = _mm512_cmpgt_epi16_mask(
				ranks, _mm512_set1_epi16(run.at->rank));

			at[0] = (gbt_leaves16)_mm512_mask_and_epi32(
				(__m512i)at[0], (__mmask16)right,
				(__m512i)at[0], keep);
			at[1] = (gbt_leaves16)_mm512_mask_and_epi32(
				(__m512i)at[1], (__mmask16)(right >> 16),
				(__m512i)at[1], keep);
		}
	}
}

/* The values of a tree's leaves, all in registers. */
struct values {
	__m512d parts[4];
};

/* values[index] for eight indices below 32. */
AVX512 static inline __m512d pick(const struct values *values, __m512i index)
{
	__mmask8 high = _mm512_test_epi64_mask(index, _mm512_set1_epi64(16));
	__m512d first = _mm512_permutex2var_pd(values->parts[0], index,
					       values->parts[1]);

	return _mm512_mask_mov_pd(first, high,
				  _mm512_permutex2var_pd(values->parts[2],
							 index,
							 values->parts[3]));
}

AVX512 static inline void add_to(double *sums, __m512d values, bool rounded)
{
	__m512d sum = _mm512_add_pd(_mm512_loadu_pd(sums), values);

	if (rounded)
		sum = _mm512_cvtps_pd(_mm512_cvtpd_ps(sum));
	_mm512_storeu_pd(sums, sum);
}

AVX512 static inline void add_half(const struct values *values,
				   gbt_leaves16 leaves, double *sums,
				   bool rounded)
{
	__m512i bits = (__m512i)leaves;
	__m512i lowest = _mm512_and_si512(
		bits, _mm512_sub_epi32(_mm512_setzero_si512(), bits));
	__m512i index = _mm512_sub_epi32(_mm512_set1_epi32(31),
					 _mm512_lzcnt_epi32(lowest));

	add_to(sums,
	       pick(values,
		    _mm512_cvtepu32_epi64(_mm512_castsi512_si256(index))),
	       rounded);
	add_to(sums + 8,
	       pick(values,
		    _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(index, 1))),
	       rounded);
}

AVX512 static void add_leaves(const struct gbt_batch *batch,
			      const struct gbt_part_of_trees *part)
{
	const struct gbt_model *model = batch->fast->model;

	for (uint32_t t = 0; t < part->trees; t++) {
		uint32_t tree = part->first_tree + t;
		const double *from = batch->fast->leaf_values +
				     (size_t)tree * GBT_FAST_LEAVES;
		double *sums = batch->sums[model->trees[tree].output];
		struct values values;

		for (int i = 0; i < 4; i++)
			values.parts[i] =
				_mm512_loadu_pd(from + (ptrdiff_t)i * 8);
		for (int half = 0; half < GBT_HALVES; half++)
			add_half(&values, batch->leaves[t][half],
				 sums + (ptrdiff_t)half * 16,
				 model->float_sums);
	}
}

AVX512 void gbt_batch_avx512(const struct gbt_batch *batch)
{
	const struct gbt_fast *fast = batch->fast;

	for (uint32_t i = 0; i < fast->part_count; i++) {
		const struct gbt_part_of_trees *part = &fast->parts[i];

		memset(batch->leaves, 0xff,
		       part->trees * sizeof(*batch->leaves));
		apply_masks(batch, part);
		add_leaves(batch, part);
	}
}

/* How many thresholds are below each of eight values. */
AVX512 static inline __m512i count_below(const double *thresholds,
					 uint32_t count, __m512d values)
{
	__m512i base = _mm512_setzero_si512();
	size_t rest = count;

	while (rest > 1) {
		size_t half = rest / 2;
		__m512d middle = _mm512_i64gather_pd(
			base, thresholds + half - 1, sizeof(double));
		__mmask8 below = _mm512_cmp_pd_mask(middle, values, _CMP_LT_OQ);

		base = _mm512_mask_add_epi64(
			base, below, base, _mm512_set1_epi64((long long)half));
		rest -= half;
	}
	if (rest) {
		__m512d last =
			_mm512_i64gather_pd(base, thresholds, sizeof(double));
		__mmask8 below = _mm512_cmp_pd_mask(last, values, _CMP_LT_OQ);

		base = _mm512_mask_add_epi64(base, below, base,
					     _mm512_set1_epi64(1));
	}
	return base;
}

AVX512 static inline void rank_eight(const struct gbt_fast *fast,
				     const struct gbt_column *column,
				     __m512d values, int16_t *ranks)
{
	const double *thresholds = fast->thresholds + column->first;
	__mmask8 missing = _mm512_cmp_pd_mask(values, values, _CMP_UNORD_Q);
	__m512i rank =
		_mm512_add_epi64(count_below(thresholds, column->count, values),
				 _mm512_set1_epi64(1));

	if (column->flags & GBT_ZERO_MISSING)
		missing |= _mm512_cmp_pd_mask(_mm512_abs_pd(values),
					      _mm512_set1_pd(GBT_ZERO),
					      _CMP_LE_OQ);
	rank = _mm512_mask_mov_epi64(
		rank, missing,
		_mm512_set1_epi64(column->flags & GBT_NAN_LEFT
					  ? GBT_RANK_LEFT
					  : GBT_RANK_RIGHT));
	_mm_storeu_si128((__m128i *)ranks, _mm512_cvtepi64_epi16(rank));
}

AVX512 void gbt_batch_ranks_avx512(const struct gbt_fast *fast,
				   const double *rows,
				   int16_t (*ranks)[GBT_FAST_ROWS])
{
	long long width = fast->model->features;
	__m512i places =
		_mm512_mullo_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0),
				   _mm512_set1_epi64(width));

	for (uint32_t c = 0; c < fast->column_count; c++) {
		const struct gbt_column *column = &fast->columns[c];
		const double *from = rows + column->feature;

		for (int i = 0; i < GBT_FAST_ROWS; i += 8) {
			__m512d values = _mm512_i64gather_pd(
				places, from + i * width, sizeof(double));

			if (!column->category)
				rank_eight(fast, column, values, &ranks[c][i]);
		}
		for (int i = 0; column->category && i < GBT_FAST_ROWS; i++)
			ranks[c][i] =
				gbt_walk_category(fast->model, column->category,
						  from[i * width])
					? 1
					: 2;
	}
}
#endif
