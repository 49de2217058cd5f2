#include "runtime/learn/gbt/split.h"

#include <math.h>
#include <string.h>

#include "runtime/learn/boost/kernel.h"

/*
 * Categories are ordered by their gradients, which can be made to fit anything:
 * so only those with some rows take part, groups have a least size, and at most
 * so many are set apart (the limits that LightGBM documents).
 */
enum { ONE_HOT = 4, CATEGORY_ROWS = 10, GROUP_ROWS = 100, TOGETHER = 32 };
#define CATEGORY_L2 10.0

/* A search in one leaf. */
struct search {
	const struct gbt_bins *bins;
	const struct gbt_pairs *pairs;
	const struct gbt_leaf_sums *leaf;
	const struct gbt_options *options;
	struct gbt_cut *best;
	double before; /* the score of the leaf as it is */
	double least;  /* what a gain must be above */
	double l2;
};

static double shrunk(double gradient, double l1)
{
	if (gradient > l1)
		return gradient - l1;
	return gradient < -l1 ? gradient + l1 : 0;
}

double gbt_leaf_step(double gradient, double hessian,
		     const struct gbt_options *options)
{
	double below = hessian + options->l2;

	return below > 0 ? -shrunk(gradient, options->l1) / below : 0;
}

static double score(const struct search *search, int64_t sum)
{
	double gradient = shrunk(gbt_sum_gradient(sum) * search->pairs->unit,
				 search->options->l1);
	double below =
		gbt_sum_hessian(sum) * search->pairs->weight + search->l2;

	return below > 0 ? gradient * gradient / below : 0;
}

double gbt_range_hold(const struct gbt_range *range, double step)
{
	return fmin(fmax(step, range->low), range->high);
}

/* The step of a part of the leaf. */
static double step_of(const struct gbt_leaf_sums *leaf,
		      const struct gbt_options *options, int64_t sum)
{
	return gbt_range_hold(
		&leaf->range,
		gbt_leaf_step(gbt_sum_gradient(sum) * leaf->pairs->unit,
			      gbt_sum_hessian(sum) * leaf->pairs->weight,
			      options));
}

/* Do the parts' steps rise, or fall, as the feature must? */
static bool in_order(const struct search *search, uint32_t feature,
		     int64_t left)
{
	const signed char *monotone = search->options->monotone;
	double low, high;

	if (!monotone || monotone[feature] == 0)
		return true;
	low = step_of(search->leaf, search->options, left);
	high = step_of(search->leaf, search->options,
		       search->leaf->total - left);
	return monotone[feature] > 0 ? low <= high : low >= high;
}

void gbt_split_ranges(const struct gbt_leaf_sums *leaf,
		      const struct gbt_options *options,
		      const struct gbt_cut *cut, struct gbt_range ranges[2])
{
	int way = options->monotone ? options->monotone[cut->feature] : 0;
	double middle;

	ranges[0] = ranges[1] = leaf->range;
	if (way == 0)
		return;
	middle = (step_of(leaf, options, cut->left_sum) +
		  step_of(leaf, options, leaf->total - cut->left_sum)) /
		 2;
	*(way > 0 ? &ranges[0].high : &ranges[0].low) = middle;
	*(way > 0 ? &ranges[1].low : &ranges[1].high) = middle;
}

/* Rows are told by their share of the hessian, as LightGBM does. */
static bool enough(const struct search *search, int64_t sum)
{
	double hessian = gbt_sum_hessian(sum);
	double all = gbt_sum_hessian(search->leaf->total);

	return hessian * search->pairs->weight >=
		       search->options->min_hessian &&
	       all > 0 &&
	       hessian / all * search->leaf->count >=
		       search->options->min_data - 0.5;
}

/* The gain of parting `left` from the rest; 0: it must not be. */
static double gain(const struct search *search, int64_t left)
{
	int64_t right = search->leaf->total - left;
	double better;

	if (!enough(search, left) || !enough(search, right))
		return 0;
	better = score(search, left) + score(search, right) - search->before;
	return better > search->least ? better : 0;
}

static bool keep(struct search *search, uint32_t feature, int64_t left)
{
	double better = gain(search, left);

	if (better <= search->best->gain || !in_order(search, feature, left))
		return false;
	search->best->gain = better;
	search->best->feature = feature;
	search->best->left_sum = left;
	return true;
}

/* Cuts of a number when each needs a look of its own. */
static void find_slowly(struct search *search, uint32_t feature)
{
	const int64_t *sums = search->leaf->sums + (size_t)feature * BIN_ROOM;
	uint32_t count = search->bins->columns[feature].count;
	int64_t missing = sums[BIN_MISSING], left = 0;
	struct gbt_cut *best = search->best;

	for (uint32_t bin = 1; bin < count; bin++) {
		if (bin + 1 == count && missing == 0)
			return;
		if (sums[bin] == 0 && bin + 1 < count)
			continue; /* the same cut as before */
		left += sums[bin];
		if (keep(search, feature, left)) {
			best->bin = bin;
			best->categorical = false;
			/* Unseen missing values go with the many. */
			best->missing_left =
				missing == 0 &&
				gbt_sum_hessian(left) * 2 >
					gbt_sum_hessian(search->leaf->total);
		}
		if (missing != 0 && bin + 1 < count &&
		    keep(search, feature, left + missing)) {
			best->bin = bin;
			best->categorical = false;
			best->missing_left = true;
		}
	}
}

/* The leaf, for the kernels. */
static struct boost_scan scan_of(const struct search *search)
{
	const struct gbt_leaf_sums *leaf = search->leaf;
	double hessian = gbt_sum_hessian(leaf->total);
	double least = search->options->min_hessian / search->pairs->weight;
	double rows = (search->options->min_data - 0.5) * hessian / leaf->count;

	return (struct boost_scan){
		.gradient = gbt_sum_gradient(leaf->total),
		.hessian = hessian,
		.least = fmax(fmax(least, rows), 1),
		.weight = search->pairs->weight,
		.l2 = search->l2,
	};
}

/* The best of the cuts behind the first bins; sums is their running one. */
static void try_scan(struct search *search, uint32_t feature,
		     const struct boost_scan *scan, const int64_t *sums,
		     uint32_t count)
{
	struct gbt_cut *best = search->best;
	uint32_t at = 0;
	double unit = search->pairs->unit;
	double gain =
		boost_kernels()->scan(scan, sums, count, &at) * (unit * unit) -
		search->before;

	if (gain <= search->least || gain <= best->gain)
		return;
	best->gain = gain;
	best->feature = feature;
	best->left_sum = sums[at] + scan->more;
	best->bin = at + 1;
	best->categorical = false;
	best->missing_left = scan->more != 0;
}

static void find_number(struct search *search, uint32_t feature)
{
	const int64_t *sums = search->leaf->sums + (size_t)feature * BIN_ROOM;
	uint32_t count = search->bins->columns[feature].count;
	int64_t missing = sums[BIN_MISSING], left[BIN_ROOM + BOOST_SLACK];
	struct boost_scan scan = scan_of(search);
	double before = search->best->gain;

	if (search->options->l1 > 0 ||
	    (search->options->monotone && search->options->monotone[feature])) {
		find_slowly(search, feature);
		return;
	}
	left[0] = sums[1];
	for (uint32_t bin = 2; bin < count; bin++)
		left[bin - 1] = left[bin - 2] + sums[bin];
	memset(left + count - 1, 0, BOOST_SLACK * sizeof(*left));
	try_scan(search, feature, &scan, left, count - 1);
	scan.more = missing;
	if (missing != 0)
		try_scan(search, feature, &scan, left, count - 2);
	else if (search->best->gain > before) /* unseen ones go with the many */
		search->best->missing_left =
			gbt_sum_hessian(search->best->left_sum) * 2 >
			gbt_sum_hessian(search->leaf->total);
}

/* About how many rows a sum has. */
static double rows_of(const struct search *search, int64_t sum)
{
	double all = gbt_sum_hessian(search->leaf->total);

	return all > 0 ? gbt_sum_hessian(sum) / all * search->leaf->count : 0;
}

struct ranked {
	double value;
	uint32_t bin;
};

static bool is_before(const struct ranked *a, const struct ranked *b)
{
	if (a->value != b->value)
		return a->value < b->value;
	return a->bin < b->bin;
}

/* Few and often: Shell's sort (1959), with the gaps of Ciura (2001). */
static void sort(struct ranked *ranked, uint32_t count)
{
	static const uint32_t gaps[] = {132, 57, 23, 10, 4, 1};

	for (size_t g = 0; g < sizeof(gaps) / sizeof(*gaps); g++)
		for (uint32_t i = gaps[g]; i < count; i++) {
			struct ranked moved = ranked[i];
			uint32_t at = i;

			for (; at >= gaps[g] &&
			       is_before(&moved, &ranked[at - gaps[g]]);
			     at -= gaps[g])
				ranked[at] = ranked[at - gaps[g]];
			ranked[at] = moved;
		}
}

/* The categories that the leaf has, by their mean gradients. */
static uint32_t rank(const struct search *search, uint32_t feature,
		     struct ranked *ranked)
{
	const int64_t *sums = search->leaf->sums + (size_t)feature * BIN_ROOM;
	uint32_t count = 0;

	for (uint32_t bin = 1; bin < search->bins->columns[feature].count;
	     bin++) {
		if (sums[bin] == 0 ||
		    rows_of(search, sums[bin]) < CATEGORY_ROWS)
			continue;
		ranked[count].bin = bin;
		ranked[count].value =
			gbt_sum_gradient(sums[bin]) * search->pairs->unit /
			(gbt_sum_hessian(sums[bin]) * search->pairs->weight +
			 CATEGORY_L2);
		count++;
	}
	sort(ranked, count);
	return count;
}

static void take(struct search *search, const struct ranked *ranked,
		 uint32_t from, uint32_t to)
{
	struct gbt_cut *best = search->best;

	best->categorical = true;
	best->missing_left = false;
	memset(best->left, 0, sizeof(best->left));
	for (uint32_t i = from; i < to; i++)
		best->left[ranked[i].bin] = 1;
}

/* Tries ever larger groups from one end of the order. */
static void find_group(struct search *search, uint32_t feature,
		       const struct ranked *ranked, uint32_t count, bool front)
{
	const int64_t *sums = search->leaf->sums + (size_t)feature * BIN_ROOM;
	int64_t left = 0;
	double group = 0;

	for (uint32_t i = 0; i < count && i < TOGETHER; i++) {
		uint32_t at = front ? i : count - 1 - i;

		left += sums[ranked[at].bin];
		group += rows_of(search, sums[ranked[at].bin]);
		if (group < GROUP_ROWS && group < search->leaf->count / 4)
			continue;
		group = 0;
		if (keep(search, feature, left))
			take(search, ranked, front ? 0 : at,
			     front ? i + 1 : count);
	}
}

/*
 * One against all when they are few; else a group from either end of their
 * order is best (Fisher: On grouping for maximum homogeneity, 1958).
 */
static void find_category(struct search *search, uint32_t feature)
{
	const int64_t *sums = search->leaf->sums + (size_t)feature * BIN_ROOM;
	struct ranked ranked[BIN_ROOM];
	uint32_t count = rank(search, feature, ranked);
	bool few = search->bins->columns[feature].count - 1 <= ONE_HOT;

	search->l2 = search->options->l2 + (few ? 0 : CATEGORY_L2);
	if (few) {
		for (uint32_t i = 0; i < count; i++)
			if (keep(search, feature, sums[ranked[i].bin]))
				take(search, ranked, i, i + 1);
	} else {
		find_group(search, feature, ranked, count, true);
		find_group(search, feature, ranked, count, false);
	}
	search->l2 = search->options->l2;
}

void gbt_split_find(const struct gbt_bins *bins, const struct gbt_block *block,
		    const struct gbt_leaf_sums *leaf,
		    const struct gbt_options *options, struct gbt_cut *cut)
{
	struct search search = {
		.bins = bins,
		.pairs = leaf->pairs,
		.leaf = leaf,
		.options = options,
		.best = cut,
		.l2 = options->l2,
	};

	cut->gain = 0;
	search.before = score(&search, leaf->total);
	/* What rounding makes of no gain at all is none. */
	search.least = fmax(options->min_gain, search.before * 1e-12);
	for (uint32_t f = block->first; f < block->first + block->width; f++) {
		if (!leaf->use[f])
			continue;
		if (bins->columns[f].categorical)
			find_category(&search, f);
		else
			find_number(&search, f);
	}
	if (cut->gain <= 0 || cut->categorical)
		return;
	memset(cut->left, 0, sizeof(cut->left));
	cut->left[BIN_MISSING] = cut->missing_left;
	for (uint32_t bin = 1; bin <= cut->bin; bin++)
		cut->left[bin] = 1;
}
