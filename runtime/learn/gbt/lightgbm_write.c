/* A model as LightGBM's text. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/lightgbm.h"
#include "runtime/learn/gbt/lightgbm_parts.h"

struct writer {
	const struct gbt_model *model;
	struct buf *out;
	struct error **err;
	uint32_t *order; /* owned: trees, round robin by output */
	uint32_t count;  /* of `order` */
	bool *added;     /* owned: is the base in, an output? */
};

enum { NO_TREE = UINT32_MAX };

static const char *objective_words(const struct gbt_model *model)
{
	static const char *const words[GBT_OBJECTIVES] = {
		[GBT_REGRESSION] = "regression",
		[GBT_BINARY] = "binary",
		[GBT_L1] = "regression_l1",
		[GBT_HUBER] = "huber",
		[GBT_QUANTILE] = "quantile",
		[GBT_POISSON] = "poisson",
		[GBT_GAMMA] = "gamma",
		[GBT_TWEEDIE] = "tweedie",
		[GBT_MULTICLASS] = "multiclass",
		[GBT_ONE_VS_ALL] = "multiclassova",
		[GBT_CROSS_ENTROPY] = "cross_entropy",
		[GBT_RANK] = "lambdarank",
	};

	switch (model->transform) {
	case GBT_SIGMOID:
		if (model->outputs > 1)
			return "multiclassova";
		return model->objective == GBT_CROSS_ENTROPY ? "cross_entropy"
							     : "binary";
	case GBT_EXP:
		return words[model->objective] ? words[model->objective]
					       : "poisson";
	case GBT_SOFTMAX:
	case GBT_LARGEST:
		return "multiclass";
	case GBT_SOFTPLUS:
		return "cross_entropy_lambda";
	case GBT_SQUARE:
		return "regression sqrt";
	default:
		return model->objective == GBT_BINARY ||
				       !words[model->objective]
			       ? "regression"
			       : words[model->objective];
	}
}

static int check(const struct gbt_model *model, struct error **err)
{
	if (model->added.first)
		return error_set(err, ERROR_INVALID,
				 "LightGBM's text has no words for the linear"
				 " model and the rates of a blend, expected"
				 " a model of trees alone");
	if (model->calibration != GBT_UNCALIBRATED)
		return error_set(err, ERROR_INVALID,
				 "LightGBM's text has no words for a"
				 " calibration, expected a model without");
	if (model->transform == GBT_POSITIVE)
		return error_set(err, ERROR_INVALID,
				 "LightGBM's text has no words for the"
				 " model's objective");
	for (uint32_t i = 0; i < model->node_count; i++)
		if ((model->nodes[i].flags & GBT_CATEGORY) &&
		    (model->nodes[i].flags & GBT_NAN_LEFT))
			return error_set(err, ERROR_INVALID,
					 "LightGBM's text has no words for a"
					 " split by category where missing"
					 " values go with the categories");
	return 0;
}

/* Tree i of LightGBM's is for output i modulo their number. */
static void order_trees(struct writer *writer)
{
	const struct gbt_model *model = writer->model;
	uint32_t outputs = model->outputs, rounds = 1;
	uint32_t *counts = mem_array(outputs, sizeof(*counts));

	for (uint32_t i = 0; i < model->tree_count; i++)
		if (++counts[model->trees[i].output] > rounds)
			rounds = counts[model->trees[i].output];
	writer->count = rounds * outputs;
	writer->order = mem_array(writer->count, sizeof(*writer->order));
	memset(writer->order, 0xff, writer->count * sizeof(*writer->order));
	memset(counts, 0, outputs * sizeof(*counts));
	for (uint32_t i = 0; i < model->tree_count; i++) {
		uint32_t output = model->trees[i].output;

		writer->order[counts[output]++ * outputs + output] = i;
	}
	mem_free(counts);
}

static void put_number(struct buf *out, double value)
{
	if (isnan(value) || value < -DBL_MAX)
		value = -DBL_MAX; /* nothing is below it but infinity */
	if (value > DBL_MAX)
		value = DBL_MAX;
	buf_printf(out, "%.17g", value);
}

static void put_doubles(struct buf *out, const char *key, const double *values,
			uint32_t count)
{
	buf_printf(out, "%s=", key);
	for (uint32_t i = 0; i < count; i++) {
		if (i)
			buf_putc(out, ' ');
		put_number(out, values[i]);
	}
	buf_putc(out, '\n');
}

/* Counts; those that are no integers, such as hessians, are rounded. */
static void put_counts(struct buf *out, const char *key, const double *values,
		       uint32_t count)
{
	buf_printf(out, "%s=", key);
	for (uint32_t i = 0; i < count; i++)
		buf_printf(out, "%s%.0f", i ? " " : "",
			   fmin(fmax(values[i], 0), 2e9));
	buf_putc(out, '\n');
}

static int decision(const struct gbt_node *node)
{
	if (node->flags & GBT_CATEGORY)
		return LGB_CATEGORICAL;
	return (node->flags & GBT_ZERO_MISSING ? 1 << 2 : 2 << 2) |
	       (node->flags & GBT_NAN_LEFT ? LGB_DEFAULT_LEFT : 0);
}

static int32_t local(int32_t child, const struct gbt_tree *tree)
{
	return child < 0 ? ~(int32_t)((uint32_t)~child - tree->first_leaf)
			 : child - (int32_t)tree->first_node;
}

static void
put_ints(struct writer *writer, const struct gbt_tree *tree, const char *key,
	 int (*value)(const struct gbt_tree *tree, const struct gbt_node *node))
{
	buf_printf(writer->out, "%s=", key);
	for (uint32_t i = 0; i < tree->nodes; i++)
		buf_printf(writer->out, "%s%d", i ? " " : "",
			   value(tree,
				 &writer->model->nodes[tree->first_node + i]));
	buf_putc(writer->out, '\n');
}

static int feature_of(const struct gbt_tree *tree, const struct gbt_node *node)
{
	(void)tree;
	return (int)node->feature;
}

static int decision_of(const struct gbt_tree *tree, const struct gbt_node *node)
{
	(void)tree;
	return decision(node);
}

static int left_of(const struct gbt_tree *tree, const struct gbt_node *node)
{
	return local(node->left, tree);
}

static int right_of(const struct gbt_tree *tree, const struct gbt_node *node)
{
	return local(node->right, tree);
}

/* Thresholds; of a category its set's number among the tree's. */
static uint32_t put_thresholds(struct writer *writer,
			       const struct gbt_tree *tree)
{
	uint32_t sets = 0;

	buf_puts(writer->out, "threshold=");
	for (uint32_t i = 0; i < tree->nodes; i++) {
		const struct gbt_node *node =
			&writer->model->nodes[tree->first_node + i];

		if (i)
			buf_putc(writer->out, ' ');
		if (node->flags & GBT_CATEGORY)
			buf_printf(writer->out, "%u", sets++);
		else
			put_number(writer->out, node->threshold);
	}
	buf_putc(writer->out, '\n');
	return sets;
}

static void put_sets(struct writer *writer, const struct gbt_tree *tree)
{
	const struct gbt_model *model = writer->model;
	uint32_t end = 0;
	const char *space = "";

	buf_puts(writer->out, "cat_boundaries=0");
	for (uint32_t i = 0; i < tree->nodes; i++) {
		const struct gbt_node *node =
			&model->nodes[tree->first_node + i];

		if (!(node->flags & GBT_CATEGORY))
			continue;
		end += model->set_first[node->set + 1] -
		       model->set_first[node->set];
		buf_printf(writer->out, " %u", end);
	}
	buf_puts(writer->out, "\ncat_threshold=");
	for (uint32_t i = 0; i < tree->nodes; i++) {
		const struct gbt_node *node =
			&model->nodes[tree->first_node + i];

		if (!(node->flags & GBT_CATEGORY))
			continue;
		for (uint32_t k = model->set_first[node->set];
		     k < model->set_first[node->set + 1]; k++) {
			buf_printf(writer->out, "%s%u", space,
				   model->set_words[k]);
			space = " ";
		}
	}
	buf_putc(writer->out, '\n');
}

static void put_linear(struct writer *writer, const struct gbt_tree *tree,
		       double base)
{
	const struct gbt_linear *linear = &writer->model->linear;
	const uint32_t *first = linear->first + tree->first_leaf;
	struct buf *out = writer->out;

	buf_puts(out, "leaf_const=");
	for (uint32_t i = 0; i < tree->leaves; i++)
		buf_printf(out, "%s%.17g", i ? " " : "",
			   linear->constants[tree->first_leaf + i] + base);
	buf_puts(out, "\nnum_features=");
	for (uint32_t i = 0; i < tree->leaves; i++)
		buf_printf(out, "%s%u", i ? " " : "", first[i + 1] - first[i]);
	buf_puts(out, "\nleaf_features=");
	for (uint32_t i = first[0]; i < first[tree->leaves]; i++)
		buf_printf(out, "%s%u", i > first[0] ? " " : "",
			   linear->features[i]);
	buf_puts(out, "\nleaf_coeff=");
	for (uint32_t i = first[0]; i < first[tree->leaves]; i++)
		buf_printf(out, "%s%.17g", i > first[0] ? " " : "",
			   linear->coefficients[i]);
	buf_putc(out, '\n');
}

static void put_splits(struct writer *writer, const struct gbt_tree *tree)
{
	const struct gbt_model *model = writer->model;
	uint32_t sets;

	put_ints(writer, tree, "split_feature", feature_of);
	put_doubles(writer->out, "split_gain", model->gains + tree->first_node,
		    tree->nodes);
	sets = put_thresholds(writer, tree);
	put_ints(writer, tree, "decision_type", decision_of);
	put_ints(writer, tree, "left_child", left_of);
	put_ints(writer, tree, "right_child", right_of);
	put_counts(writer->out, "internal_count",
		   model->node_covers + tree->first_node, tree->nodes);
	if (sets)
		put_sets(writer, tree);
}

static uint32_t count_sets(const struct writer *writer,
			   const struct gbt_tree *tree)
{
	uint32_t sets = 0;

	for (uint32_t i = 0; i < tree->nodes; i++)
		sets += (writer->model->nodes[tree->first_node + i].flags &
			 GBT_CATEGORY) != 0;
	return sets;
}

/* Trees are numbered; the first of an output has its base in it. */
static void put_tree(struct writer *writer, uint32_t index)
{
	static const struct gbt_tree none = {.leaves = 1};
	const struct gbt_model *model = writer->model;
	uint32_t which = writer->order[index], output = index % model->outputs;
	const struct gbt_tree *tree =
		which == NO_TREE ? &none : &model->trees[which];
	double base = writer->added[output] ? 0 : model->base[output];
	struct buf *out = writer->out;

	writer->added[output] = true;
	buf_printf(out, "Tree=%u\nnum_leaves=%u\nnum_cat=%u\n", index,
		   tree->leaves, count_sets(writer, tree));
	if (tree->nodes)
		put_splits(writer, tree);
	buf_puts(out, "leaf_value=");
	for (uint32_t i = 0; i < tree->leaves; i++)
		buf_printf(out, "%s%.17g", i ? " " : "",
			   which == NO_TREE
				   ? base
				   : model->leaf_values[tree->first_leaf + i] +
					     base);
	buf_putc(out, '\n');
	if (which != NO_TREE)
		put_counts(out, "leaf_count",
			   model->leaf_covers + tree->first_leaf, tree->leaves);
	buf_printf(out, "is_linear=%d\n",
		   which != NO_TREE && model->linear.first != NULL);
	if (which != NO_TREE && model->linear.first)
		put_linear(writer, tree, base);
	buf_puts(out, "shrinkage=1\n\n\n");
}

/* A name may have no spaces there, and must be there. */
static void put_name(struct buf *out, const char *name)
{
	if (!*name)
		buf_putc(out, '_');
	for (const char *at = name; *at; at++) {
		if ((unsigned char)*at <= ' ')
			buf_putc(out, '_');
		else
			buf_putc(out, *at);
	}
}

static void put_head(struct writer *writer, const struct gbt_vector *sizes)
{
	const struct gbt_model *model = writer->model;
	const char *words = objective_words(model);
	const size_t *size = sizes->data;
	struct buf *out = writer->out;

	buf_printf(out,
		   "tree\nversion=v4\nnum_class=%u\n"
		   "num_tree_per_iteration=%u\nlabel_index=0\n"
		   "max_feature_idx=%u\nobjective=%s",
		   model->outputs, model->outputs, model->features - 1, words);
	if (strncmp(words, "multiclass", 10) == 0)
		buf_printf(out, " num_class:%u", model->outputs);
	if (strcmp(words, "binary") == 0 || strcmp(words, "multiclassova") == 0)
		buf_printf(out, " sigmoid:%.17g", model->sigmoid);
	buf_puts(out, model->average ? "\naverage_output\nfeature_names="
				     : "\nfeature_names=");
	for (uint32_t i = 0; i < model->features; i++) {
		if (i)
			buf_putc(out, ' ');
		put_name(out, gbt_string(&model->names, i));
	}
	buf_puts(out, "\nfeature_infos=");
	for (uint32_t i = 0; i < model->features; i++)
		buf_puts(out, i ? " none" : "none");
	buf_puts(out, "\ntree_sizes=");
	for (size_t i = 0; i < sizes->count; i++)
		buf_printf(out, "%s%zu", i ? " " : "", size[i]);
	buf_puts(out, "\n\n");
}

int gbt_lightgbm_write(const struct gbt_model *model, struct buf *out,
		       struct error **err)
{
	struct writer writer = {.model = model, .err = err};
	struct gbt_vector sizes = {0};
	struct buf trees;

	if (check(model, err) < 0)
		return -1;
	buf_init(&trees, out->max);
	writer.out = &trees;
	order_trees(&writer);
	writer.added = mem_array(model->outputs, sizeof(*writer.added));
	for (uint32_t i = 0; i < writer.count; i++) {
		size_t size = trees.length;

		put_tree(&writer, i);
		size = trees.length - size;
		gbt_push(&sizes, &size, sizeof(size));
	}
	writer.out = out;
	put_head(&writer, &sizes);
	buf_append(out, trees.data, trees.length);
	buf_puts(out, "end of trees\n\npandas_categorical:null\n");
	mem_free(writer.order);
	mem_free(writer.added);
	gbt_vector_release(&sizes);
	if (trees.full)
		out->full = true;
	buf_release(&trees);
	return out->full ? error_set(err, ERROR_LIMIT,
				     "the text would be larger than %zu MiB",
				     out->max >> 20)
			 : 0;
}
