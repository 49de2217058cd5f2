#include "runtime/learn/gbt/grow.h"

#include <math.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/boost/kernel.h"
#include "runtime/learn/gbt/grow_parts.h"

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
		.use = seeking->use,
	};

	gbt_split_find(grower->bins, &grower->bins->blocks[block], &sums,
		       grower->options, cut);
}

/* Sums and cuts of a block's features. */
static void seek_block(void *context, uint32_t index, uint32_t worker)
{
	struct seeking *seeking = context;
	struct gbt_grower *grower = seeking->grower;
	struct growing *small = seeking->small, *large = seeking->large;
	const struct gbt_block *block = &grower->bins->blocks[index];
	struct gbt_lot lot = {grower->pairs.words,
			      boost_rows_of(&grower->rows, &small->used),
			      small->used.count};

	(void)worker;
	gbt_histogram(grower->bins, block, &lot,
		      small->sums + (size_t)block->first * BIN_ROOM);
	if (large)
		subtract(grower->bins, block, large->sums, small->sums);
	else if (index == 0) /* the root: its only search comes later */
		small->total = total_of(grower, small->sums);
	if (seeking->seeks[0])
		seek_in(seeking, small, index, &grower->cuts[0][index]);
	if (large && seeking->seeks[1])
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
	gbt_pool_run(gbt_grower_pool(grower, small->used.count),
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
	gbt_pool_run(gbt_grower_pool(grower, root->used.count),
		     grower->bins->block_count, seek_block, &seeking);
	seeking.seeks[0] = true;
	for (uint32_t i = 0; i < grower->bins->block_count; i++)
		seek_in(&seeking, root, i, &grower->cuts[0][i]);
	pick(&seeking, root, 0);
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
	gbt_grow_finish(grower, count, target, builder);
	return count;
}
