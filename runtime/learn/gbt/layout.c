/* The sections of an image, one behind the other. */
#include "runtime/learn/gbt/layout.h"

#include <stdio.h>
#include <string.h>

#include "runtime/base/buf.h"
#include "runtime/learn/gbt/image.h"

struct layout {
	const struct gbt_builder *builder;
	const struct gbt_shape *shape;
	struct gbt_header header;
	struct buf out;
	struct gbt_vector text; /* bytes */
};

static void add_section(struct layout *layout, enum gbt_section section,
			const void *data, size_t count)
{
	static const char zeros[GBT_IMAGE_ALIGN] = {0};
	size_t rest = layout->out.length % GBT_IMAGE_ALIGN;

	if (rest)
		buf_append(&layout->out, zeros, GBT_IMAGE_ALIGN - rest);
	layout->header.parts[section].offset = layout->out.length;
	layout->header.parts[section].count = count;
	if (count)
		buf_append(&layout->out, data,
			   count * gbt_section_width(section));
}

static void add_vector(struct layout *layout, enum gbt_section section,
		       const struct gbt_vector *vector)
{
	add_section(layout, section, vector->data, vector->count);
}

static uint32_t add_text(struct layout *layout, const char *text)
{
	uint32_t offset = (uint32_t)layout->text.count;

	for (const char *at = text; *at; at++)
		gbt_push(&layout->text, at, 1);
	gbt_push(&layout->text, "", 1);
	return offset;
}

static void add_strings(struct layout *layout, enum gbt_section section,
			const char *const *strings, uint32_t count)
{
	uint32_t *offsets = mem_array((size_t)count + 1, sizeof(*offsets));

	for (uint32_t i = 0; i < count; i++)
		offsets[i] = add_text(layout, strings[i]);
	add_section(layout, section, offsets, count);
	mem_free(offsets);
}

static void add_names(struct layout *layout)
{
	const struct gbt_shape *shape = layout->shape;
	uint32_t *offsets =
		mem_array((size_t)shape->features + 1, sizeof(*offsets));

	for (uint32_t i = 0; i < shape->features; i++) {
		char made[32];

		snprintf(made, sizeof(made), "Column_%u", i);
		offsets[i] =
			add_text(layout, shape->names ? shape->names[i] : made);
	}
	add_section(layout, GBT_SECTION_NAMES, offsets, shape->features);
	mem_free(offsets);
}

static double child_mean(const struct gbt_builder *builder, const double *means,
			 int32_t child, double *cover)
{
	const double *leaf_values = builder->leaf_values.data;
	const double *leaf_covers = builder->leaf_covers.data;
	const double *node_covers = builder->node_covers.data;

	if (child < 0) {
		*cover = leaf_covers[~child];
		return leaf_values[~child];
	}
	*cover = node_covers[child];
	return means[child];
}

/* From the last node to the first, since children have higher indices. */
static double tree_mean(const struct gbt_builder *builder, double *means,
			const struct gbt_tree *tree)
{
	const struct gbt_node *nodes = builder->nodes.data;
	const double *covers = builder->node_covers.data;
	double cover;

	for (uint32_t i = tree->nodes; i-- > 0;) {
		uint32_t at = tree->first_node + i;
		double left_cover, right_cover;
		double left =
			child_mean(builder, means, nodes[at].left, &left_cover);
		double right = child_mean(builder, means, nodes[at].right,
					  &right_cover);

		means[at] = covers[at] > 0
				    ? left * (left_cover / covers[at]) +
					      right * (right_cover / covers[at])
				    : (left + right) / 2;
	}
	return child_mean(builder, means, tree->root, &cover);
}

static void add_expected(struct layout *layout)
{
	const struct gbt_builder *builder = layout->builder;
	const struct gbt_tree *trees = builder->trees.data;
	size_t count = builder->trees.count;
	double *expected = mem_array(count + 1, sizeof(*expected));
	double *means = mem_array(builder->nodes.count + 1, sizeof(*means));

	for (size_t i = 0; i < count; i++)
		if (trees[i].leaves)
			expected[i] = tree_mean(builder, means, &trees[i]);
	add_section(layout, GBT_SECTION_EXPECTED, expected, count);
	mem_free(expected);
	mem_free(means);
}

static void add_base(struct layout *layout)
{
	uint32_t count = layout->shape->outputs;
	double *base = mem_array((size_t)count + 1, sizeof(*base));

	if (layout->shape->base)
		memcpy(base, layout->shape->base, count * sizeof(*base));
	add_section(layout, GBT_SECTION_BASE, base, count);
	mem_free(base);
}

static void add_trees(struct layout *layout)
{
	const struct gbt_builder *builder = layout->builder;

	add_vector(layout, GBT_SECTION_TREES, &builder->trees);
	add_vector(layout, GBT_SECTION_NODES, &builder->nodes);
	add_vector(layout, GBT_SECTION_LEAF_VALUES, &builder->leaf_values);
	add_vector(layout, GBT_SECTION_LEAF_IDS, &builder->leaf_ids);
	add_vector(layout, GBT_SECTION_LEAF_COVERS, &builder->leaf_covers);
	add_vector(layout, GBT_SECTION_NODE_COVERS, &builder->node_covers);
	add_vector(layout, GBT_SECTION_GAINS, &builder->gains);
	if (builder->set_first.count > 1) {
		add_vector(layout, GBT_SECTION_SET_FIRST, &builder->set_first);
		add_vector(layout, GBT_SECTION_SET_WORDS, &builder->set_words);
	}
	if (!builder->linear)
		return;
	add_vector(layout, GBT_SECTION_LINEAR_FIRST, &builder->linear_first);
	add_vector(layout, GBT_SECTION_LINEAR_CONSTANTS,
		   &builder->linear_constants);
	add_vector(layout, GBT_SECTION_LINEAR_FEATURES,
		   &builder->linear_features);
	add_vector(layout, GBT_SECTION_LINEAR_COEFFICIENTS,
		   &builder->linear_coefficients);
}

/* Older programs read what is no blend. */
static uint32_t version_of(const struct gbt_shape *shape)
{
	return shape->added.first ? GBT_IMAGE_VERSION : GBT_IMAGE_PLAIN;
}

static void fill_header(struct layout *layout)
{
	const struct gbt_shape *shape = layout->shape;
	struct gbt_header *header = &layout->header;

	memcpy(header->magic, GBT_IMAGE_MAGIC, sizeof(header->magic));
	header->version = version_of(shape);
	header->order = GBT_IMAGE_ORDER;
	header->size = layout->out.length;
	header->features = shape->features;
	header->outputs = shape->outputs;
	header->objective = shape->objective;
	header->transform = shape->transform;
	header->sigmoid = shape->sigmoid != 0 ? shape->sigmoid : 1;
	header->alpha = shape->alpha;
	header->power = shape->power;
	header->flags = (shape->average ? GBT_IMAGE_AVERAGE : 0) |
			(shape->float_sums ? GBT_IMAGE_FLOAT_SUMS : 0);
	header->calibration = shape->calibration;
}

static void add_sections(struct layout *layout)
{
	const struct gbt_shape *shape = layout->shape;

	buf_append(&layout->out, &layout->header,
		   gbt_header_size(version_of(shape)));
	add_base(layout);
	add_trees(layout);
	add_expected(layout);
	add_names(layout);
	add_strings(layout, GBT_SECTION_LEVELS, shape->levels,
		    shape->levels ? shape->level_first[shape->features] : 0);
	if (shape->levels)
		add_section(layout, GBT_SECTION_LEVEL_FIRST, shape->level_first,
			    (size_t)shape->features + 1);
	add_strings(layout, GBT_SECTION_CLASSES, shape->classes,
		    shape->class_count);
	add_strings(layout, GBT_SECTION_ABOUT, shape->about,
		    shape->about_count);
	add_section(layout, GBT_SECTION_CALIBRATION, shape->calibration_table,
		    shape->calibration_count);
	add_vector(layout, GBT_SECTION_TEXT, &layout->text);
	if (!shape->added.first)
		return;
	add_section(layout, GBT_SECTION_ADDED_FIRST, shape->added.first,
		    (size_t)shape->features + 1);
	add_section(layout, GBT_SECTION_ADDED_VALUES, shape->added.values,
		    shape->added.first[shape->features]);
}

void *gbt_layout(const struct gbt_builder *builder,
		 const struct gbt_shape *shape, size_t *size,
		 struct error **err)
{
	struct layout layout = {.builder = builder, .shape = shape};
	struct gbt_header *header;

	buf_init(&layout.out, GBT_IMAGE_MAX);
	add_sections(&layout);
	gbt_vector_release(&layout.text);
	if (layout.out.full) {
		buf_release(&layout.out);
		error_set(err, ERROR_LIMIT, "the model is larger than %d MiB",
			  GBT_IMAGE_MAX >> 20);
		return NULL;
	}
	fill_header(&layout);
	*size = layout.out.length;
	memcpy(layout.out.data, &layout.header,
	       gbt_header_size(layout.header.version));
	header = (struct gbt_header *)layout.out.data;
	header->checksum = gbt_image_checksum(header, *size);
	return buf_take(&layout.out);
}
