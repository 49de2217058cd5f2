#include "runtime/learn/gbt/grow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"

/* Rows whose bins are fetched before they are needed. */
#define AHEAD 16

/* Rows of a chunk, and the widest histogram that threads have each. */
enum { CHUNK_ROWS = 8192, SHARED_FEATURES_MAX = 1024 };

/* A leaf of the tree that grows. */
struct growing {
	size_t start, count; /* its rows in `order` */
	double used;         /* of which are learned from */
	int64_t total;
	int64_t *sums; /* its histogram, NULL when it cannot be cut */
	struct gbt_cut cut;
	struct gbt_range range; /* of its step */
	int32_t parent;         /* the split above, -1: none */
	bool is_left;
};

struct made {
	uint32_t feature, bin;
	bool categorical, missing_left;
	uint8_t left[BIN_ROOM];
	int32_t children[2];
	double gain, cover;
};

struct gbt_grower {
	const struct gbt_bins *bins;
	const struct gbt_options *options;
	struct gbt_pairs pairs;
	uint32_t *order, *aside; /* rows, leaf after leaf */
	struct growing *leaves;
	struct made *made; /* the splits */
	int64_t *room;     /* of histograms */
	int64_t **spare;   /* those that are free */
	uint32_t spares;
	size_t size; /* of one, in words */
	struct gbt_pool *pool;
	int64_t *others; /* a histogram for each further thread */
	bool touched[GBT_THREADS_MAX];
};

struct gbt_grower *gbt_grower_new(const struct gbt_bins *bins,
				  const struct gbt_options *options,
				  struct gbt_pool *pool)
{
	struct gbt_grower *grower = mem_alloc(sizeof(*grower));
	uint32_t leaves = options->leaves;

	grower->bins = bins;
	grower->options = options;
	grower->size = (size_t)bins->features * BIN_ROOM;
	grower->pool = bins->features <= SHARED_FEATURES_MAX ? pool : NULL;
	grower->others = mem_array(gbt_pool_threads(grower->pool) - 1,
				   grower->size * sizeof(int64_t));
	grower->pairs.words = mem_array(bins->rows, sizeof(uint32_t));
	grower->order = mem_array(bins->rows, sizeof(uint32_t));
	grower->aside = mem_array(bins->rows, sizeof(uint32_t));
	grower->leaves = mem_array(leaves, sizeof(struct growing));
	grower->made = mem_array(leaves, sizeof(struct made));
	grower->room =
		mem_array((size_t)leaves + 1, grower->size * sizeof(int64_t));
	grower->spare = mem_array((size_t)leaves + 1, sizeof(int64_t *));
	return grower;
}

void gbt_grower_free(struct gbt_grower *grower)
{
	if (!grower)
		return;
	mem_free(grower->pairs.words);
	mem_free(grower->order);
	mem_free(grower->aside);
	mem_free(grower->leaves);
	mem_free(grower->made);
	mem_free(grower->room);
	mem_free(grower->others);
	mem_free(grower->spare);
	mem_free(grower);
}

static int64_t *take_sums(struct gbt_grower *grower)
{
	return grower->spare[--grower->spares];
}

static void give_back(struct gbt_grower *grower, struct growing *leaf)
{
	if (leaf->sums)
		grower->spare[grower->spares++] = leaf->sums;
	leaf->sums = NULL;
}

struct summing {
	struct gbt_grower *grower;
	struct growing *leaf;
};

/* Some rows into the worker's histogram; that of worker 0 is the leaf's. */
static void sum_chunk(void *context, uint32_t chunk, uint32_t worker)
{
	struct summing *summing = context;
	struct gbt_grower *grower = summing->grower;
	size_t from = (size_t)chunk * CHUNK_ROWS;
	size_t count = summing->leaf->count - from;
	int64_t *sums = summing->leaf->sums;

	if (worker > 0) {
		sums = grower->others + (worker - 1) * grower->size;
		if (!grower->touched[worker])
			memset(sums, 0, grower->size * sizeof(int64_t));
		grower->touched[worker] = true;
	}
	gbt_histogram(grower->bins, &grower->pairs,
		      grower->order + summing->leaf->start + from,
		      count < CHUNK_ROWS ? count : CHUNK_ROWS, sums);
}

/* Whole numbers: the sums are the same whoever added which rows. */
static void sum_up(struct gbt_grower *grower, struct growing *leaf)
{
	struct summing summing = {grower, leaf};
	uint32_t threads = gbt_pool_threads(grower->pool);

	leaf->sums = take_sums(grower);
	memset(leaf->sums, 0, grower->size * sizeof(int64_t));
	memset(grower->touched, 0, sizeof(grower->touched));
	gbt_pool_run(grower->pool,
		     (uint32_t)((leaf->count + CHUNK_ROWS - 1) / CHUNK_ROWS),
		     sum_chunk, &summing);
	for (uint32_t worker = 1; worker < threads; worker++) {
		const int64_t *other =
			grower->others + (worker - 1) * grower->size;

		for (size_t i = 0; grower->touched[worker] && i < grower->size;
		     i++)
			leaf->sums[i] += other[i];
	}
}

static void seek(struct gbt_grower *grower, struct growing *leaf,
		 const uint8_t *use)
{
	struct gbt_leaf_sums sums = {
		.sums = leaf->sums,
		.total = leaf->total,
		.count = leaf->used,
		.pairs = &grower->pairs,
		.range = leaf->range,
	};

	leaf->cut.gain = 0;
	if (leaf->used >= 2 * grower->options->min_data)
		gbt_split_find(grower->bins, &sums, use, grower->options,
			       &leaf->cut);
	if (leaf->cut.gain <= 0)
		give_back(grower, leaf);
}

static void plant(struct gbt_grower *grower, const struct gbt_target *target)
{
	struct growing *root = &grower->leaves[0];
	size_t rows = grower->bins->rows;

	grower->spares = 0;
	for (uint32_t i = 0; i <= grower->options->leaves; i++)
		grower->spare[grower->spares++] =
			grower->room + i * grower->size;
	gbt_pairs_round(&grower->pairs,
			&(struct gbt_gradients){target->gradients,
						target->hessians, target->used,
						rows},
			target->step);
	*root = (struct growing){
		.count = rows, .range = {-INFINITY, INFINITY}, .parent = -1};
	for (size_t i = 0; i < rows; i++) {
		grower->order[i] = (uint32_t)i;
		root->total += gbt_pair_sum(grower->pairs.words[i]);
		root->used += grower->pairs.words[i] != 0;
	}
	sum_up(grower, root);
	seek(grower, root, target->use);
}

/* Puts the rows that go left first, in their order; how many they are. */
static size_t part(struct gbt_grower *grower, const struct growing *leaf,
		   double *used)
{
	const struct gbt_cut *cut = &leaf->cut;
	const uint8_t *bytes = grower->bins->bytes + cut->feature;
	uint32_t *rows = grower->order + leaf->start, features;
	size_t left = 0, right = 0, learned = 0;

	features = grower->bins->features;
	for (size_t i = 0; i < leaf->count; i++) {
		uint32_t row = rows[i];
		size_t goes = cut->left[bytes[(size_t)row * features]];

		if (i + AHEAD < leaf->count)
			__builtin_prefetch(bytes +
					   (size_t)rows[i + AHEAD] * features);

		rows[left] = row; /* at or before the place read from */
		grower->aside[right] = row;
		learned += goes & (grower->pairs.words[row] != 0);
		left += goes;
		right += !goes;
	}
	memcpy(rows + left, grower->aside, right * sizeof(uint32_t));
	*used = (double)learned;
	return left;
}

/* The smaller child is summed up, the larger is what is left of the parent. */
static void sum_children(struct gbt_grower *grower, struct growing *left,
			 struct growing *right, int64_t *parent)
{
	struct growing *small = left->count < right->count ? left : right;
	struct growing *large = small == left ? right : left;

	sum_up(grower, small);
	for (size_t i = 0; i < grower->size; i++)
		parent[i] -= small->sums[i];
	large->sums = parent;
}

static void note(struct gbt_grower *grower, const struct growing *leaf,
		 uint32_t index)
{
	struct made *made = &grower->made[index];
	const struct gbt_cut *cut = &leaf->cut;

	made->feature = cut->feature;
	made->bin = cut->bin;
	made->categorical = cut->categorical;
	made->missing_left = cut->missing_left;
	memcpy(made->left, cut->left, sizeof(made->left));
	made->gain = cut->gain;
	made->cover = leaf->used;
	if (leaf->parent >= 0)
		grower->made[leaf->parent].children[!leaf->is_left] =
			(int32_t)index;
}

static void cut_leaf(struct gbt_grower *grower, uint32_t index, uint32_t count,
		     const uint8_t *use)
{
	struct growing *left = &grower->leaves[index];
	struct growing *right = &grower->leaves[count];
	struct growing parent = *left;
	struct gbt_leaf_sums sums = {
		.total = parent.total,
		.pairs = &grower->pairs,
		.range = parent.range,
	};
	struct gbt_range ranges[2];
	double used;
	size_t goes;

	gbt_split_ranges(&sums, grower->options, &parent.cut, ranges);
	note(grower, &parent, count - 1);
	goes = part(grower, &parent, &used);
	*left = (struct growing){
		.start = parent.start,
		.count = goes,
		.used = used,
		.total = parent.cut.left_sum,
		.range = ranges[0],
		.parent = (int32_t)count - 1,
		.is_left = true,
	};
	*right = (struct growing){
		.start = parent.start + goes,
		.count = parent.count - goes,
		.used = parent.used - used,
		.total = parent.total - parent.cut.left_sum,
		.range = ranges[1],
		.parent = (int32_t)count - 1,
	};
	sum_children(grower, left, right, parent.sums);
	seek(grower, left, use);
	seek(grower, right, use);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The quantile of what is left of the labels (Friedman 2001, LAD). */
static double residual(const struct gbt_grower *grower,
		       const struct growing *leaf,
		       const struct gbt_target *target, double share)
{
	double *left = mem_array(leaf->count + 1, sizeof(double)), found = 0;
	size_t count = 0;

	for (size_t i = 0; i < leaf->count; i++) {
		uint32_t row = grower->order[leaf->start + i];

		if (target->used[row])
			left[count++] =
				target->loss->label[row] - target->scores[row];
	}
	qsort(left, count, sizeof(double), by_value);
	if (count > 0)
		found = left[(size_t)(share * (double)(count - 1))];
	mem_free(left);
	return found;
}

/* From exact gradients, added in the order of the rows. */
static double value_of(const struct gbt_grower *grower,
		       const struct growing *leaf,
		       const struct gbt_target *target)
{
	double gradient = 0, hessian = 0, share;

	if (gbt_loss_quantile(target->loss, &share))
		return gbt_range_hold(&leaf->range,
				      residual(grower, leaf, target, share)) *
		       grower->options->rate;
	for (size_t i = 0; i < leaf->count; i++) {
		uint32_t row = grower->order[leaf->start + i];

		if (target->used[row]) {
			gradient += target->gradients[row];
			hessian += target->hessians[row];
		}
	}
	return gbt_range_hold(&leaf->range, gbt_leaf_step(gradient, hessian,
							  grower->options)) *
	       grower->options->rate;
}

static void build_split(const struct gbt_grower *grower,
			const struct made *made, struct gbt_builder *builder)
{
	const struct gbt_column_bins *column =
		&grower->bins->columns[made->feature];
	struct gbt_split split = {
		.feature = made->feature,
		.flags = made->missing_left ? GBT_NAN_LEFT : 0,
		.left = made->children[0],
		.right = made->children[1],
		.gain = made->gain,
		.cover = made->cover,
	};
	uint32_t words[BIN_ROOM / 32] = {0};

	if (made->categorical) {
		for (uint32_t bin = 1; bin < column->count; bin++)
			if (made->left[bin])
				words[(bin - 1) / 32] |= UINT32_C(1)
							 << (bin - 1) % 32;
		split.flags = GBT_CATEGORY;
		split.set = gbt_builder_set(builder, words, BIN_ROOM / 32);
	} else {
		split.threshold = column->upper[made->bin - 1];
	}
	gbt_builder_split(builder, &split);
}

static void finish(struct gbt_grower *grower, uint32_t count,
		   const struct gbt_target *target, struct gbt_builder *builder)
{
	gbt_builder_tree(builder, 0);
	for (uint32_t i = 0; i < count; i++) {
		struct growing *leaf = &grower->leaves[i];
		double value = value_of(grower, leaf, target);
		struct gbt_leaf made = {
			.value = value,
			.cover = leaf->used,
			.id = i,
		};

		for (size_t k = 0; k < leaf->count; k++)
			target->scores[grower->order[leaf->start + k]] += value;
		if (leaf->parent >= 0)
			grower->made[leaf->parent].children[!leaf->is_left] =
				~(int32_t)i;
		gbt_builder_leaf(builder, &made);
		give_back(grower, leaf);
	}
	for (uint32_t i = 0; i + 1 < count; i++)
		build_split(grower, &grower->made[i], builder);
}

uint32_t gbt_grow(struct gbt_grower *grower, const struct gbt_target *target,
		  struct gbt_builder *builder)
{
	uint32_t count = 1;

	plant(grower, target);
	while (count < grower->options->leaves) {
		uint32_t best = 0;

		for (uint32_t i = 1; i < count; i++)
			if (grower->leaves[i].cut.gain >
			    grower->leaves[best].cut.gain)
				best = i;
		if (grower->leaves[best].cut.gain <= 0)
			break;
		cut_leaf(grower, best, count, target->use);
		count++;
	}
	finish(grower, count, target, builder);
	return count;
}
