/* From decisions to columns and ranks. */
#include "runtime/learn/gbt/fast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/fast_parts.h"
#include "runtime/learn/gbt/walk.h"

/* A node on its way to a column. */
struct decision {
	const struct gbt_model *model;
	const struct gbt_node *node;
	uint32_t index;
};

static int compare_numbers(double a, double b)
{
	if (isnan(a) || isnan(b))
		return (int)isnan(b) - (int)isnan(a);
	return (a > b) - (a < b);
}

static int compare_sets(const struct gbt_model *model, uint64_t a, uint64_t b)
{
	const uint32_t *first = model->set_first;
	uint32_t left = first[a + 1] - first[a],
		 right = first[b + 1] - first[b];

	if (left != right)
		return left < right ? -1 : 1;
	return left ? memcmp(model->set_words + first[a],
			     model->set_words + first[b],
			     left * sizeof(uint32_t))
		    : 0;
}

/* The same column? */
static int compare_columns(const struct decision *a, const struct decision *b)
{
	const struct gbt_node *left = a->node, *right = b->node;

	if (left->feature != right->feature)
		return left->feature < right->feature ? -1 : 1;
	if (left->flags != right->flags)
		return left->flags < right->flags ? -1 : 1;
	if (left->flags & GBT_CATEGORY)
		return compare_sets(a->model, left->set, right->set);
	return 0;
}

static int compare_decisions(const void *left, const void *right)
{
	const struct decision *a = left, *b = right;
	int order = compare_columns(a, b);

	if (!order && !(a->node->flags & GBT_CATEGORY))
		order = compare_numbers(a->node->threshold, b->node->threshold);
	return order ? order : (a->index > b->index) - (a->index < b->index);
}

static struct decision *sort_decisions(const struct gbt_model *model)
{
	struct decision *decisions =
		mem_array((size_t)model->node_count + 1, sizeof(*decisions));

	for (uint32_t i = 0; i < model->node_count; i++)
		decisions[i] = (struct decision){model, &model->nodes[i], i};
	qsort(decisions, model->node_count, sizeof(*decisions),
	      compare_decisions);
	return decisions;
}

/* What the nodes are given: a column and a rank. */
struct numbering {
	struct gbt_fast *fast;
	uint16_t *columns, *ranks; /* owned: a node */
	uint32_t thresholds;
};

static bool add_column(struct numbering *numbering, const struct gbt_node *node)
{
	struct gbt_fast *fast = numbering->fast;

	if (fast->column_count == GBT_FAST_COLUMNS)
		return false;
	fast->columns[fast->column_count++] = (struct gbt_column){
		.feature = node->feature,
		.flags = node->flags,
		.first = numbering->thresholds,
		.category = node->flags & GBT_CATEGORY ? node : NULL};
	return true;
}

/* The rank of the last column's next threshold; false: there are too many. */
static bool add_rank(struct numbering *numbering, const struct gbt_node *node,
		     uint16_t *rank)
{
	struct gbt_fast *fast = numbering->fast;
	struct gbt_column *column = &fast->columns[fast->column_count - 1];
	double *last = &fast->thresholds[numbering->thresholds];

	*rank = 1;
	if (node->flags & GBT_CATEGORY)
		return true;
	*rank = 0;
	if (isnan(node->threshold))
		return true; /* whatever is not missing is greater */
	if (!column->count || last[-1] < node->threshold) {
		if (column->count + 2 >= GBT_RANK_RIGHT)
			return false;
		*last = node->threshold;
		numbering->thresholds++;
		column->count++;
	}
	*rank = (uint16_t)column->count;
	return true;
}

static bool number_nodes(struct numbering *numbering)
{
	const struct gbt_model *model = numbering->fast->model;
	struct decision *decisions = sort_decisions(model);
	bool fits = true;

	for (uint32_t i = 0; fits && i < model->node_count; i++) {
		const struct decision *now = &decisions[i];

		if (i == 0 || compare_columns(now, &decisions[i - 1]) != 0)
			fits = add_column(numbering, now->node);
		if (fits)
			fits = add_rank(numbering, now->node,
					&numbering->ranks[now->index]);
		numbering->columns[now->index] =
			(uint16_t)(numbering->fast->column_count - 1);
	}
	mem_free(decisions);
	return fits;
}

static bool make(struct gbt_fast *fast)
{
	size_t nodes = fast->model->node_count;
	struct numbering numbering = {
		.fast = fast,
		.columns = mem_array(nodes + 1, sizeof(uint16_t)),
		.ranks = mem_array(nodes + 1, sizeof(uint16_t))};
	bool fits;

	fast->columns = mem_array(GBT_FAST_COLUMNS, sizeof(*fast->columns));
	fast->thresholds = mem_array(nodes + 1, sizeof(*fast->thresholds));
	fits = number_nodes(&numbering);
	if (fits) {
		gbt_fast_make_slots(fast, numbering.columns, numbering.ranks);
		gbt_fast_make_masks(fast, numbering.columns, numbering.ranks);
	}
	mem_free(numbering.columns);
	mem_free(numbering.ranks);
	return fits;
}

struct gbt_fast *gbt_fast_new_for(const struct gbt_model *model,
				  enum gbt_fast_way way)
{
	struct gbt_fast *fast = mem_alloc(sizeof(*fast));

	fast->model = model;
	fast->way = way;
	fast->plain = model->linear.first || !make(fast);
	return fast;
}

struct gbt_fast *gbt_fast_new(const struct gbt_model *model)
{
	return gbt_fast_new_for(model, gbt_fast_best());
}

void gbt_fast_free(struct gbt_fast *fast)
{
	if (!fast)
		return;
	for (uint32_t i = 0; i < fast->part_count; i++)
		mem_free(fast->parts[i].first);
	mem_free(fast->parts);
	mem_free(fast->columns);
	mem_free(fast->thresholds);
	mem_free(fast->slots);
	mem_free(fast->values);
	mem_free(fast->roots);
	mem_free(fast->masks);
	mem_free(fast->leaf_values);
	mem_free(fast);
}

enum gbt_fast_way gbt_fast_best(void)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx512f") &&
	    __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vl"))
		return GBT_FAST_AVX512;
	if (__builtin_cpu_supports("avx2"))
		return GBT_FAST_AVX2;
#endif
	return GBT_FAST_PORTABLE;
}

const char *gbt_fast_way_name(enum gbt_fast_way way)
{
	static const char *const names[] = {"portable", "avx2", "avx512"};

	return names[way];
}
