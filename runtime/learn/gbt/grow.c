#include "runtime/learn/gbt/grow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/boost/kernel.h"
#include "runtime/learn/boost/rows.h"

/* Additions that are not worth waking a thread for. */
enum { SHARED_WORK = 1 << 16, SEARCH_WORK = 1024 };

/* A leaf of the tree that grows. */
struct growing {
	struct boost_span used, rest; /* rows that are learned from; others */
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
	struct boost_rows rows;
	struct growing *leaves;
	struct made *made;       /* the splits */
	struct gbt_cut *cuts[2]; /* the best of each block, of two leaves */
	int64_t *room;           /* of histograms */
	int64_t **spare;         /* those that are free */
	uint32_t spares;
	size_t size; /* of one, in words */
	struct gbt_pool *pool;
};

struct gbt_grower *gbt_grower_new(const struct gbt_bins *bins,
				  const struct gbt_options *options,
				  struct gbt_pool *pool)
{
	struct gbt_grower *grower = mem_alloc(sizeof(*grower));
	uint32_t leaves = options->leaves;

	*grower = (struct gbt_grower){
		.bins = bins,
		.options = options,
		.size = (size_t)bins->features * BIN_ROOM,
		.pool = pool,
	};
	grower->pairs.words =
		mem_array(bins->rows + BOOST_SLACK, sizeof(uint32_t));
	boost_rows_init(&grower->rows, bins->rows, pool);
	grower->leaves = mem_array(leaves, sizeof(struct growing));
	grower->made = mem_array(leaves, sizeof(struct made));
	for (int i = 0; i < 2; i++)
		grower->cuts[i] =
			mem_array(bins->block_count, sizeof(struct gbt_cut));
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
	boost_rows_release(&grower->rows);
	mem_free(grower->leaves);
	mem_free(grower->made);
	mem_free(grower->cuts[0]);
	mem_free(grower->cuts[1]);
	mem_free(grower->room);
	mem_free(grower->spare);
	mem_free(grower);
}

static void give_back(struct gbt_grower *grower, struct growing *leaf)
{
	if (leaf->sums)
		grower->spare[grower->spares++] = leaf->sums;
	leaf->sums = NULL;
}

/* A search for the cuts of one leaf, the root, or of a parent's children. */
struct seeking {
	struct gbt_grower *grower;
	const uint8_t *use;
	struct growing *small; /* is summed up */
	struct growing *large; /* gets what is left of its sums; NULL: none */
	bool seeks[2];         /* may these two be cut? */
};

/* Of a sum in each bin of some feature. */
static int64_t total_of(const struct gbt_grower *grower, const int64_t *sums)
{
	int64_t total = 0;

	for (uint32_t bin = 0; bin < grower->bins->columns[0].count; bin++)
		total += sums[bin];
	return total;
}

static void subtract(const struct gbt_bins *bins, const struct gbt_block *block,
		     int64_t *from, const int64_t *sums)
{
	for (uint32_t f = block->first; f < block->first + block->width; f++) {
		uint32_t count = bins->columns[f].count;
		int64_t *to = from + (size_t)f * BIN_ROOM;
		const int64_t *less = sums + (size_t)f * BIN_ROOM;

		for (uint32_t bin = 0; bin < count; bin++)
			to[bin] -= less[bin];
	}
}

static void seek_in(const struct seeking *seeking, const struct growing *leaf,
		    uint32_t block, struct gbt_cut *cut)
{
	struct gbt_grower *grower = seeking->grower;
	struct gbt_leaf_sums sums = {
		.sums = leaf->sums,
		.total = leaf->total,
		.count = (double)leaf->used.count,
		.pairs = &grower->pairs,
		.range = leaf->range,
	};

	gbt_split_find(grower->bins, &grower->bins->blocks[block], &sums,
		       seeking->use, grower->options, cut);
}

/* Sums and cuts of a block's features. */
static void seek_block(void *context, uint32_t index, uint32_t worker)
{
	struct seeking *seeking = context;
	struct gbt_grower *grower = seeking->grower;
	struct growing *small = seeking->small, *large = seeking->large;
	const struct gbt_block *block = &grower->bins->blocks[index];

	(void)worker;
	gbt_histogram(grower->bins, block, grower->pairs.words,
		      boost_rows_of(&grower->rows, &small->used),
		      small->used.count,
		      small->sums + (size_t)block->first * BIN_ROOM);
	if (large)
		subtract(grower->bins, block, large->sums, small->sums);
	else if (index == 0) /* the root: its only search comes later */
		small->total = total_of(grower, small->sums);
	if (seeking->seeks[0])
		seek_in(seeking, small, index, &grower->cuts[0][index]);
	if (seeking->seeks[1])
		seek_in(seeking, large, index, &grower->cuts[1][index]);
}

/* The best of all blocks; of equal ones the first. */
static void pick(struct seeking *seeking, struct growing *leaf, int which)
{
	struct gbt_grower *grower = seeking->grower;
	const struct gbt_cut *cuts = grower->cuts[which];
	uint32_t best = 0;

	leaf->cut.gain = 0;
	for (uint32_t i = 1; i < grower->bins->block_count; i++)
		if (cuts[i].gain > cuts[best].gain)
			best = i;
	if (seeking->seeks[which] && cuts[best].gain > 0)
		leaf->cut = cuts[best];
	else
		give_back(grower, leaf);
}

static bool may_be_cut(const struct gbt_grower *grower,
		       const struct growing *leaf)
{
	return leaf->used.count >= 2 &&
	       (double)leaf->used.count >= 2 * grower->options->min_data;
}

static struct gbt_pool *pool_for(const struct gbt_grower *grower, size_t rows)
{
	size_t work = (rows + SEARCH_WORK) * grower->bins->features;

	return work < SHARED_WORK ? NULL : grower->pool;
}

/* The smaller child is summed up, the larger is what is left of the parent. */
static void seek_children(struct gbt_grower *grower, struct growing *left,
			  struct growing *right, int64_t *parent,
			  const uint8_t *use)
{
	bool is_left = left->used.count < right->used.count;
	struct growing *small = is_left ? left : right;
	struct growing *large = is_left ? right : left;
	struct seeking seeking = {
		.grower = grower,
		.use = use,
		.small = small,
		.large = large,
		.seeks = {may_be_cut(grower, small), may_be_cut(grower, large)},
	};

	large->sums = parent;
	if (!seeking.seeks[1]) { /* nor may the smaller one be */
		give_back(grower, large);
		return;
	}
	small->sums = grower->spare[--grower->spares];
	gbt_pool_run(pool_for(grower, small->used.count),
		     grower->bins->block_count, seek_block, &seeking);
	pick(&seeking, small, 0);
	pick(&seeking, large, 1);
}

static void seek_root(struct gbt_grower *grower, struct growing *root,
		      const uint8_t *use)
{
	struct seeking seeking = {.grower = grower, .use = use, .small = root};

	if (!may_be_cut(grower, root))
		return;
	root->sums = grower->spare[--grower->spares];
	gbt_pool_run(pool_for(grower, root->used.count),
		     grower->bins->block_count, seek_block, &seeking);
	seeking.seeks[0] = true;
	for (uint32_t i = 0; i < grower->bins->block_count; i++)
		seek_in(&seeking, root, i, &grower->cuts[0][i]);
	pick(&seeking, root, 0);
}

/* The sum of a root that is too small for a histogram. */
static int64_t sum_of(const struct gbt_grower *grower,
		      const struct boost_span *span)
{
	const uint32_t *rows = boost_rows_of(&grower->rows, span);
	int64_t sum = 0;

	for (size_t i = 0; i < span->count; i++)
		sum += gbt_pair_sum(grower->pairs.words[rows[i]]);
	return sum;
}

static void plant(struct gbt_grower *grower, const struct gbt_target *target)
{
	struct growing *root = &grower->leaves[0];
	size_t rows = grower->bins->rows, used;
	struct gbt_gradients exact = {target->gradients, target->hessians,
				      target->learned};

	grower->spares = 0;
	for (uint32_t i = 0; i <= grower->options->leaves; i++)
		grower->spare[grower->spares++] =
			grower->room + i * grower->size;
	gbt_pairs_round(&grower->pairs, &exact, target->step, grower->pool);
	used = boost_rows_begin(&grower->rows, target->used, target->learned,
				rows);
	*root = (struct growing){
		.used = {0, used, 0},
		.rest = {used, rows - used, 0},
		.range = {-INFINITY, INFINITY},
		.parent = -1,
	};
	if (!may_be_cut(grower, root))
		root->total = sum_of(grower, &root->used);
	seek_root(grower, root, target->use);
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
	made->cover = (double)leaf->used.count;
	if (leaf->parent >= 0)
		grower->made[leaf->parent].children[!leaf->is_left] =
			(int32_t)index;
}

/* Parts the rows of a leaf between its children. */
static void part(struct gbt_grower *grower, const struct growing *leaf,
		 struct growing children[2])
{
	const struct gbt_cut *cut = &leaf->cut;
	const uint8_t *column =
		grower->bins->bytes + cut->feature * grower->bins->stride;
	uint32_t left[BIN_ROOM / 32] = {0};
	struct boost_span parts[2];

	for (uint32_t bin = 0; bin < BIN_ROOM; bin++)
		left[bin / 32] |= (uint32_t)cut->left[bin] << bin % 32;
	boost_rows_part(&grower->rows, &leaf->used, column, left, parts);
	children[0].used = parts[0];
	children[1].used = parts[1];
	boost_rows_part(&grower->rows, &leaf->rest, column, left, parts);
	children[0].rest = parts[0];
	children[1].rest = parts[1];
}

/* `last`: its children stay as they are. */
static void cut_leaf(struct gbt_grower *grower, uint32_t index, uint32_t count,
		     const uint8_t *use, bool last)
{
	struct growing parent = grower->leaves[index], children[2] = {0};
	struct gbt_leaf_sums sums = {
		.total = parent.total,
		.pairs = &grower->pairs,
		.range = parent.range,
	};
	struct gbt_range ranges[2];

	gbt_split_ranges(&sums, grower->options, &parent.cut, ranges);
	note(grower, &parent, count - 1);
	part(grower, &parent, children);
	for (int i = 0; i < 2; i++) {
		children[i].range = ranges[i];
		children[i].parent = (int32_t)count - 1;
		children[i].is_left = i == 0;
	}
	children[0].total = parent.cut.left_sum;
	children[1].total = parent.total - parent.cut.left_sum;
	grower->leaves[index] = children[0];
	grower->leaves[count] = children[1];
	if (!last)
		seek_children(grower, &grower->leaves[index],
			      &grower->leaves[count], parent.sums, use);
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
	const uint32_t *rows = boost_rows_of(&grower->rows, &leaf->used);
	size_t count = leaf->used.count;
	double *left = mem_array(count + 1, sizeof(double)), found = 0;

	for (size_t i = 0; i < count; i++)
		left[i] =
			target->loss->label[rows[i]] - target->scores[rows[i]];
	qsort(left, count, sizeof(double), by_value);
	if (count > 0)
		found = left[(size_t)(share * (double)(count - 1))];
	mem_free(left);
	return found;
}

/* Newton's step from the sums, or a quantile. */
static double value_of(const struct gbt_grower *grower,
		       const struct growing *leaf,
		       const struct gbt_target *target)
{
	double share, step;

	if (gbt_loss_quantile(target->loss, &share))
		step = residual(grower, leaf, target, share);
	else
		step = gbt_leaf_step(
			gbt_sum_gradient(leaf->total) * grower->pairs.unit,
			gbt_sum_hessian(leaf->total) * grower->pairs.weight,
			grower->options);
	return gbt_range_hold(&leaf->range, step) * grower->options->rate;
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

/* The leaves' values, and what they add to scores. */
struct valuing {
	const struct gbt_grower *grower;
	const struct gbt_target *target;
	double *values;
};

static void add_value(const struct valuing *valuing,
		      const struct boost_span *span, double value)
{
	const uint32_t *rows = boost_rows_of(&valuing->grower->rows, span);
	double *scores = valuing->target->scores;

	for (size_t i = 0; i < span->count; i++)
		scores[rows[i]] += value;
}

static void value_leaf(void *context, uint32_t index, uint32_t worker)
{
	struct valuing *valuing = context;
	const struct growing *leaf = &valuing->grower->leaves[index];
	double value = value_of(valuing->grower, leaf, valuing->target);

	(void)worker;
	valuing->values[index] = value;
	add_value(valuing, &leaf->used, value);
	add_value(valuing, &leaf->rest, value);
}

static void finish(struct gbt_grower *grower, uint32_t count,
		   const struct gbt_target *target, struct gbt_builder *builder)
{
	struct valuing valuing = {
		.grower = grower,
		.target = target,
		.values = mem_array(count, sizeof(double)),
	};

	gbt_pool_run(pool_for(grower, grower->bins->rows), count, value_leaf,
		     &valuing);
	gbt_builder_tree(builder, target->output);
	for (uint32_t i = 0; i < count; i++) {
		const struct growing *leaf = &grower->leaves[i];
		struct gbt_leaf made = {
			.value = valuing.values[i],
			.cover = (double)leaf->used.count,
			.id = i,
		};

		if (leaf->parent >= 0)
			grower->made[leaf->parent].children[!leaf->is_left] =
				~(int32_t)i;
		gbt_builder_leaf(builder, &made);
	}
	for (uint32_t i = 0; i + 1 < count; i++)
		build_split(grower, &grower->made[i], builder);
	mem_free(valuing.values);
}

uint32_t gbt_grow(struct gbt_grower *grower, const struct gbt_target *target,
		  struct gbt_builder *builder)
{
	uint32_t count = 1, most = grower->options->leaves;

	plant(grower, target);
	while (count < most) {
		uint32_t best = 0;

		for (uint32_t i = 1; i < count; i++)
			if (grower->leaves[i].cut.gain >
			    grower->leaves[best].cut.gain)
				best = i;
		if (grower->leaves[best].cut.gain <= 0)
			break;
		cut_leaf(grower, best, count, target->use, count + 1 == most);
		count++;
	}
	finish(grower, count, target, builder);
	return count;
}
