/*
 * Shapley values of a leaf's product game by its multilinear extension (Owen,
 * Multilinear extensions of games, 1972): with o = 1 where the row follows an
 * edge, else 0, and z the edge's cover,
 *
 *	contribution i = value * (o_i - z_i) *
 *		integral from 0 to 1 of product j != i (t * o_j + (1-t) * z_j)
 *
 * The integrand is a polynomial, so Gauss-Legendre points give it exactly: 8
 * points for up to 16 features on a way, 16 for 32 and so on. Leaves are
 * summed up towards the root, so an edge is looked at once (as in Yu et al.,
 * Linear TreeSHAP, 2022). All divisions are by 1 / (t + (1-t) * z), which are
 * here made in advance.
 */
#include "runtime/learn/gbt/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/added.h"
#include "runtime/learn/gbt/explain_parts.h"

enum {
	/* Features on a way that are told apart. */
	WAY_MAX = 2 * GBT_LANES * GBT_BLOCKS_MAX,
	DEPTH_MAX = 4096, /* of a tree */
};

/* Memory for vectors of 64 bytes, which mem_ does not align. */
static void *lanes_array(size_t count)
{
	void *memory = aligned_alloc(sizeof(gbt_lanes),
				     (count + 1) * sizeof(gbt_lanes));

	if (!memory)
		abort();
	memset(memory, 0, (count + 1) * sizeof(gbt_lanes));
	return memory;
}

/* Point `index` of `count` on [0, 1], by Newton's method from a good guess. */
static void legendre(uint32_t count, uint32_t index, double *t, double *weight)
{
	double x = cos(M_PI * (index + 0.75) / (count + 0.5)), slope = 0;

	for (int round = 0; round < 100; round++) {
		double before = 1, now = x, step;

		for (uint32_t k = 2; k <= count; k++) {
			double next =
				((2 * k - 1) * x * now - (k - 1) * before) / k;

			before = now;
			now = next;
		}
		slope = count * (x * now - before) / (x * x - 1);
		step = now / slope;
		x -= step;
		if (fabs(step) < 1e-16)
			break;
	}
	*t = (x + 1) / 2;
	*weight = 1 / ((1 - x * x) * slope * slope);
}

static struct gbt_points *make_points(uint32_t blocks)
{
	struct gbt_points *points = lanes_array(
		(size_t)blocks * sizeof(*points) / sizeof(gbt_lanes));

	for (uint32_t i = 0; i < blocks * GBT_LANES; i++) {
		struct gbt_points *at = &points[i / GBT_LANES];
		uint32_t lane = i % GBT_LANES;
		double t, weight;

		legendre(blocks * GBT_LANES, i, &t, &weight);
		at->t[lane] = t;
		at->rest[lane] = 1 - t;
		at->weight[lane] = weight;
		at->per_rest[lane] = weight / (1 - t);
	}
	return points;
}

/* The edge that leads to each node is needed to find the ones above. */
struct ways {
	struct gbt_explainer *explainer;
	int32_t *above; /* a node of the model: the edge to it */
};

static double share_of(const struct gbt_model *model, uint32_t node,
		       int32_t child)
{
	double all = model->node_covers[node];
	double part = child < 0 ? model->leaf_covers[~child]
				: model->node_covers[child];

	return all > 0 ? part / all : 0.5;
}

/* Nearest edge above `node`, included the one to it, that asks for `feature`;
 * counts those before it that ask for others. */
static int32_t find_former(const struct ways *ways, uint32_t node,
			   uint32_t feature)
{
	const struct gbt_node *nodes = ways->explainer->model->nodes;
	int32_t edge = ways->above[node];

	while (edge != GBT_NO_EDGE && nodes[edge / 2].feature != feature)
		edge = ways->above[edge / 2];
	return edge;
}

static void make_edge(struct ways *ways, uint32_t node, uint32_t side)
{
	const struct gbt_model *model = ways->explainer->model;
	struct gbt_edge *edges = ways->explainer->edges;
	struct gbt_edge *edge = &edges[2 * (size_t)node + side];

	edge->child = side ? model->nodes[node].right : model->nodes[node].left;
	edge->share = share_of(model, node, edge->child);
	edge->former = find_former(ways, node, model->nodes[node].feature);
	edge->cover = edge->share;
	if (edge->former != GBT_NO_EDGE)
		edge->cover *= edges[edge->former].cover;
	if (edge->child >= 0)
		ways->above[edge->child] = (int32_t)(2 * node + side);
}

/* The most different features on a way; `counts` has room a node. */
static uint32_t longest_way(const struct gbt_explainer *explainer,
			    const struct gbt_tree *tree, uint32_t *counts)
{
	uint32_t most = 1;

	if (tree->nodes)
		counts[tree->first_node] = 0;
	for (uint32_t i = 0; i < tree->nodes; i++) {
		uint32_t node = tree->first_node + i;

		for (uint32_t side = 0; side < 2; side++) {
			const struct gbt_edge *edge =
				&explainer->edges[2 * (size_t)node + side];
			uint32_t count =
				counts[node] + (edge->former == GBT_NO_EDGE);

			if (edge->child >= 0)
				counts[edge->child] = count;
			if (count > most)
				most = count;
		}
	}
	return most;
}

static int make_edges(struct gbt_explainer *explainer, struct error **err)
{
	const struct gbt_model *model = explainer->model;
	size_t nodes = model->node_count;
	struct ways ways = {explainer, mem_array(nodes + 1, sizeof(int32_t))};
	uint32_t *counts = mem_array(nodes + 1, sizeof(*counts));
	uint32_t longest = 0;

	for (uint32_t i = 0; i < model->tree_count; i++) {
		const struct gbt_tree *tree = &model->trees[i];
		uint32_t longest_here;

		if (tree->nodes)
			ways.above[tree->first_node] = GBT_NO_EDGE;
		for (uint32_t k = 0; k < tree->nodes; k++) {
			make_edge(&ways, tree->first_node + k, 0);
			make_edge(&ways, tree->first_node + k, 1);
		}
		longest_here = longest_way(explainer, tree, counts);
		explainer->blocks[i] =
			(longest_here + 2 * GBT_LANES - 1) / (2 * GBT_LANES);
		if (longest_here > longest)
			longest = longest_here;
	}
	mem_free(ways.above);
	mem_free(counts);
	if (longest > WAY_MAX)
		return error_set(err, ERROR_LIMIT,
				 "a way through a tree asks for %u features;"
				 " contributions are for at most %d",
				 longest, WAY_MAX);
	return 0;
}

static void make_inverses(struct gbt_explainer *explainer, uint32_t index)
{
	const struct gbt_tree *tree = &explainer->model->trees[index];
	gbt_lanes *out = explainer->inverses + explainer->first_inverse[index];
	uint32_t blocks = explainer->blocks[index];

	for (uint32_t block = 0; block < blocks; block++) {
		const struct gbt_points *points =
			&explainer->points[blocks - 1][block];

		for (uint32_t i = 0; i < 2 * tree->nodes; i++) {
			size_t edge = 2 * (size_t)tree->first_node + i;

			*out++ = 1 /
				 (points->t +
				  points->rest * explainer->edges[edge].cover);
		}
	}
}

static void make_tables(struct gbt_explainer *explainer)
{
	const struct gbt_model *model = explainer->model;
	uint32_t largest = 0;
	size_t total = 0;

	for (uint32_t i = 0; i < model->tree_count; i++) {
		uint32_t blocks = explainer->blocks[i];

		explainer->first_inverse[i] = total;
		total += (size_t)2 * model->trees[i].nodes * blocks;
		if (model->trees[i].nodes > largest)
			largest = model->trees[i].nodes;
		if (!explainer->points[blocks - 1])
			explainer->points[blocks - 1] = make_points(blocks);
	}
	explainer->inverses = lanes_array(total);
	for (uint32_t i = 0; i < model->tree_count; i++)
		make_inverses(explainer, i);
	explainer->sums = lanes_array((size_t)2 * largest);
	explainer->follows = mem_alloc((size_t)2 * largest + 1);
}

struct gbt_explainer *gbt_explainer_new(const struct gbt_model *model,
					struct error **err)
{
	struct gbt_explainer *explainer;
	size_t trees = (size_t)model->tree_count + 1;

	if (model->linear.first) {
		error_set(err, ERROR_INVALID,
			  "the model's leaves are linear; contributions are"
			  " for constant ones");
		return NULL;
	}
	if (model->depth > DEPTH_MAX) {
		error_set(err, ERROR_LIMIT,
			  "a tree is %u nodes deep; contributions are for at"
			  " most %d",
			  model->depth, DEPTH_MAX);
		return NULL;
	}
	explainer = mem_alloc(sizeof(*explainer));
	explainer->model = model;
	explainer->edges = mem_array((size_t)2 * model->node_count + 1,
				     sizeof(*explainer->edges));
	explainer->blocks = mem_array(trees, sizeof(*explainer->blocks));
	explainer->first_inverse =
		mem_array(trees, sizeof(*explainer->first_inverse));
	if (make_edges(explainer, err) < 0) {
		gbt_explainer_free(explainer);
		return NULL;
	}
	make_tables(explainer);
	return explainer;
}

void gbt_explainer_free(struct gbt_explainer *explainer)
{
	if (!explainer)
		return;
	for (int i = 0; i < GBT_BLOCKS_MAX; i++)
		free(explainer->points[i]);
	mem_free(explainer->edges);
	mem_free(explainer->blocks);
	mem_free(explainer->first_inverse);
	free(explainer->inverses);
	free(explainer->sums);
	mem_free(explainer->follows);
	mem_free(explainer);
}

void gbt_explain(struct gbt_explainer *explainer, const double *row,
		 double *out)
{
	const struct gbt_model *model = explainer->model;
	size_t width = (size_t)model->features + 1;

	memset(out, 0, width * model->outputs * sizeof(*out));
	for (uint32_t i = 0; i < model->outputs; i++)
		out[i * width + model->features] = model->base[i];
	for (uint32_t i = 0; i < model->tree_count; i++) {
		double *part = out + model->trees[i].output * width;

		part[model->features] += model->expected[i];
		gbt_explain_tree(explainer, i, row, part);
	}
	for (uint32_t i = 0; model->added.first && i < model->features; i++)
		out[i] += gbt_added_of(model, i, row);
}
