/* Down a tree with products, up with sums: once a row, tree and block. */
#include "runtime/learn/gbt/explain_parts.h"
#include "runtime/learn/gbt/walk.h"

/* One block of a tree: all indices of edges are within the tree. */
struct pass {
	const struct gbt_model *model;
	const struct gbt_tree *tree;
	const struct gbt_edge *edges;
	const gbt_lanes *inverses;
	const struct gbt_points *points;
	gbt_lanes *sums;
	uint8_t *follows;
};

#define INLINE static inline __attribute__((always_inline))

/*
 * What the product becomes along an edge: times its own factor, and without
 * that of the former edge of the same feature, which it takes the place of.
 */
INLINE void factor(const struct pass *pass, uint32_t at, gbt_lanes *product)
{
	const struct gbt_edge *edge = &pass->edges[at];
	int32_t former = edge->former;

	if (former != GBT_NO_EDGE) {
		former -= 2 * (int32_t)pass->tree->first_node;
		if (!pass->follows[former]) {
			*product *= edge->share;
			return;
		}
		*product *= pass->inverses[former];
	}
	if (pass->follows[at])
		*product *= pass->points->t + pass->points->rest * edge->cover;
	else
		*product *= pass->points->rest * edge->cover;
}

INLINE void go_down(const struct pass *pass, const double *row)
{
	const struct gbt_tree *tree = pass->tree;
	int32_t base = (int32_t)(2 * tree->first_node);

	pass->sums[0] = (gbt_lanes){1, 1, 1, 1, 1, 1, 1, 1};
	for (uint32_t i = 0; i < tree->nodes; i++) {
		const struct gbt_node *node =
			&pass->model->nodes[tree->first_node + i];
		bool left =
			gbt_walk_left(pass->model, node, row[node->feature]);
		/* What leads here was left in the place of the left edge. */
		gbt_lanes above = pass->sums[(size_t)2 * i];

		for (uint32_t side = 0; side < 2; side++) {
			uint32_t at = 2 * i + side;
			const struct gbt_edge *edge = &pass->edges[at];
			gbt_lanes product = above;

			pass->follows[at] =
				left != side &&
				(edge->former == GBT_NO_EDGE ||
				 pass->follows[edge->former - base]);
			factor(pass, at, &product);
			if (edge->child >= 0)
				pass->sums[2 * edge->child - base] = product;
			else
				pass->sums[at] =
					product *
					pass->model->leaf_values[~edge->child];
		}
	}
}

INLINE double total(const gbt_lanes *lanes)
{
	gbt_lanes v = *lanes;

	return ((v[0] + v[4]) + (v[2] + v[6])) +
	       ((v[1] + v[5]) + (v[3] + v[7]));
}

/* (o - z) * the integral without this edge's factor, of all leaves below. */
INLINE double part_of(const struct pass *pass, uint32_t at,
		      const gbt_lanes *sum)
{
	gbt_lanes lanes;

	if (pass->follows[at])
		lanes = *sum * pass->points->weight * pass->inverses[at] *
			(1 - pass->edges[at].cover);
	else
		lanes = -(*sum * pass->points->per_rest);
	return total(&lanes);
}

/* What an edge adds to its feature's contribution. */
INLINE double edge_part(const struct pass *pass, uint32_t at)
{
	const struct gbt_edge *edge = &pass->edges[at];
	int32_t base = (int32_t)(2 * pass->tree->first_node);
	gbt_lanes *sum = &pass->sums[at];

	if (edge->child >= 0) {
		int32_t below = 2 * edge->child - base;

		*sum = pass->sums[below] + pass->sums[below + 1];
	}
	if (edge->former == GBT_NO_EDGE)
		return part_of(pass, at, sum);
	if (!pass->follows[edge->former - base])
		return 0; /* the former one said it all */
	return part_of(pass, at, sum) -
	       part_of(pass, (uint32_t)(edge->former - base), sum);
}

INLINE void go_up(const struct pass *pass, double *out)
{
	const struct gbt_tree *tree = pass->tree;
	const struct gbt_node *nodes = pass->model->nodes + tree->first_node;

	for (uint32_t i = tree->nodes; i-- > 0;) {
		out[nodes[i].feature] += edge_part(pass, 2 * i);
		out[nodes[i].feature] += edge_part(pass, 2 * i + 1);
	}
}

INLINE void run(const struct pass *pass, const double *row, double *out)
{
	go_down(pass, row);
	go_up(pass, out);
}

static void run_plain(const struct pass *pass, const double *row, double *out)
{
	run(pass, row, out);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void
run_avx2(const struct pass *pass, const double *row, double *out)
{
	run(pass, row, out);
}

__attribute__((target("avx512f"))) static void
run_avx512(const struct pass *pass, const double *row, double *out)
{
	run(pass, row, out);
}
#endif

static void run_best(const struct pass *pass, const double *row, double *out)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx512f")) {
		run_avx512(pass, row, out);
		return;
	}
	if (__builtin_cpu_supports("avx2")) {
		run_avx2(pass, row, out);
		return;
	}
#endif
	run_plain(pass, row, out);
}

void gbt_explain_tree(const struct gbt_explainer *explainer, uint32_t tree,
		      const double *row, double *out)
{
	const struct gbt_tree *of = &explainer->model->trees[tree];
	uint32_t blocks = explainer->blocks[tree];
	struct pass pass = {
		.model = explainer->model,
		.tree = of,
		.edges = explainer->edges + 2 * (size_t)of->first_node,
		.inverses =
			explainer->inverses + explainer->first_inverse[tree],
		.sums = explainer->sums,
		.follows = explainer->follows};

	for (uint32_t block = 0; block < blocks; block++) {
		pass.points = &explainer->points[blocks - 1][block];
		run_best(&pass, row, out);
		pass.inverses += (size_t)2 * of->nodes;
	}
}
