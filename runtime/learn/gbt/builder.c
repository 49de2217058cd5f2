/* Collecting trees, and laying the model's image out. */
#include "runtime/learn/gbt/builder.h"

#include "runtime/learn/gbt/image.h"
#include "runtime/learn/gbt/layout.h"
#include "runtime/learn/gbt/vector.h"

struct gbt_builder *gbt_builder_new(void)
{
	struct gbt_builder *builder = mem_alloc(sizeof(*builder));
	uint32_t zero = 0;

	gbt_push(&builder->set_first, &zero, sizeof(zero));
	gbt_push(&builder->linear_first, &zero, sizeof(zero));
	return builder;
}

void gbt_builder_free(struct gbt_builder *builder)
{
	if (!builder)
		return;
	gbt_vector_release(&builder->trees);
	gbt_vector_release(&builder->nodes);
	gbt_vector_release(&builder->gains);
	gbt_vector_release(&builder->node_covers);
	gbt_vector_release(&builder->leaf_values);
	gbt_vector_release(&builder->leaf_ids);
	gbt_vector_release(&builder->leaf_covers);
	gbt_vector_release(&builder->set_first);
	gbt_vector_release(&builder->set_words);
	gbt_vector_release(&builder->linear_first);
	gbt_vector_release(&builder->linear_constants);
	gbt_vector_release(&builder->linear_features);
	gbt_vector_release(&builder->linear_coefficients);
	mem_free(builder);
}

void gbt_builder_tree(struct gbt_builder *builder, uint32_t output)
{
	struct gbt_tree tree = {.output = output,
				.first_node = (uint32_t)builder->nodes.count,
				.first_leaf =
					(uint32_t)builder->leaf_values.count};

	gbt_push(&builder->trees, &tree, sizeof(tree));
}

static struct gbt_tree *last_tree(struct gbt_builder *builder)
{
	return (struct gbt_tree *)builder->trees.data + builder->trees.count -
	       1;
}

void gbt_builder_split(struct gbt_builder *builder,
		       const struct gbt_split *split)
{
	struct gbt_node node = {.left = split->left,
				.right = split->right,
				.feature = split->feature,
				.flags = split->flags};

	if (split->flags & GBT_CATEGORY)
		node.set = split->set;
	else
		node.threshold = split->threshold;
	gbt_push(&builder->nodes, &node, sizeof(node));
	gbt_push(&builder->gains, &split->gain, sizeof(double));
	gbt_push(&builder->node_covers, &split->cover, sizeof(double));
	last_tree(builder)->nodes++;
}

void gbt_builder_leaf(struct gbt_builder *builder, const struct gbt_leaf *leaf)
{
	double constant = leaf->linear ? leaf->constant : leaf->value;
	uint32_t terms;

	gbt_push(&builder->leaf_values, &leaf->value, sizeof(double));
	gbt_push(&builder->leaf_ids, &leaf->id, sizeof(leaf->id));
	gbt_push(&builder->leaf_covers, &leaf->cover, sizeof(double));
	gbt_push(&builder->linear_constants, &constant, sizeof(double));
	for (uint32_t i = 0; leaf->linear && i < leaf->terms; i++) {
		gbt_push(&builder->linear_features, &leaf->features[i],
			 sizeof(uint32_t));
		gbt_push(&builder->linear_coefficients, &leaf->coefficients[i],
			 sizeof(double));
	}
	terms = (uint32_t)builder->linear_features.count;
	gbt_push(&builder->linear_first, &terms, sizeof(terms));
	builder->linear |= leaf->linear;
	last_tree(builder)->leaves++;
}

uint32_t gbt_builder_set(struct gbt_builder *builder, const uint32_t *words,
			 uint32_t count)
{
	uint32_t end;

	for (uint32_t i = 0; i < count; i++)
		gbt_push(&builder->set_words, &words[i], sizeof(*words));
	end = (uint32_t)builder->set_words.count;
	gbt_push(&builder->set_first, &end, sizeof(end));
	return (uint32_t)builder->set_first.count - 2;
}

static int32_t local(int32_t child, const struct gbt_tree *tree)
{
	return child < 0 ? ~(int32_t)((uint32_t)~child - tree->first_leaf)
			 : child - (int32_t)tree->first_node;
}

static void copy_leaf(struct gbt_builder *builder,
		      const struct gbt_model *model, uint32_t at)
{
	struct gbt_leaf leaf = {.value = model->leaf_values[at],
				.cover = model->leaf_covers[at],
				.id = model->leaf_ids[at]};

	if (model->linear.first) {
		uint32_t first = model->linear.first[at];

		leaf.linear = true;
		leaf.constant = model->linear.constants[at];
		leaf.terms = model->linear.first[at + 1] - first;
		if (leaf.terms) {
			leaf.features = model->linear.features + first;
			leaf.coefficients = model->linear.coefficients + first;
		}
	}
	gbt_builder_leaf(builder, &leaf);
}

void gbt_builder_copy(struct gbt_builder *builder,
		      const struct gbt_model *model, uint32_t index)
{
	const struct gbt_tree *tree = &model->trees[index];

	gbt_builder_tree(builder, tree->output);
	for (uint32_t i = 0; i < tree->nodes; i++) {
		uint32_t at = tree->first_node + i;
		const struct gbt_node *node = &model->nodes[at];
		struct gbt_split split = {.feature = node->feature,
					  .flags = node->flags,
					  .left = local(node->left, tree),
					  .right = local(node->right, tree),
					  .gain = model->gains[at],
					  .cover = model->node_covers[at]};

		if (node->flags & GBT_CATEGORY) {
			uint32_t first = model->set_first[node->set];
			uint32_t end = model->set_first[node->set + 1];

			split.set = gbt_builder_set(
				builder, model->set_words + first, end - first);
		} else {
			split.threshold = node->threshold;
		}
		gbt_builder_split(builder, &split);
	}
	for (uint32_t i = 0; i < tree->leaves; i++)
		copy_leaf(builder, model, tree->first_leaf + i);
}

static void scale(struct gbt_vector *vector, size_t first, double share)
{
	double *values = vector->data;

	for (size_t i = first; i < vector->count; i++)
		values[i] *= share;
}

void gbt_builder_scale(struct gbt_builder *builder, uint32_t first,
		       double share)
{
	const struct gbt_tree *trees = builder->trees.data;
	const uint32_t *terms = builder->linear_first.data;
	uint32_t leaf;

	if (first >= builder->trees.count)
		return;
	leaf = trees[first].first_leaf;
	scale(&builder->leaf_values, leaf, share);
	scale(&builder->linear_constants, leaf, share);
	scale(&builder->linear_coefficients, terms[leaf], share);
}

struct gbt_model *gbt_builder_finish(struct gbt_builder *builder,
				     const struct gbt_shape *shape,
				     struct error **err)
{
	size_t size;
	void *image;

	if (gbt_layout_order(builder, err) < 0)
		return NULL;
	image = gbt_layout(builder, shape, &size, err);
	return image ? gbt_model_adopt(image, size, err) : NULL;
}
