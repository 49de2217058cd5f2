/* The head of a LightGBM text, and its trees one by one. */
#include "runtime/learn/gbt/lightgbm.h"

#include "runtime/learn/gbt/lightgbm_parts.h"

enum { HEAD_OUTPUTS, HEAD_LAST_FEATURE, HEAD_OBJECTIVE, HEAD_NAMES, HEAD_KEYS };

static const char *const head_keys[HEAD_KEYS] = {
	[HEAD_OUTPUTS] = "num_tree_per_iteration",
	[HEAD_LAST_FEATURE] = "max_feature_idx",
	[HEAD_OBJECTIVE] = "objective",
	[HEAD_NAMES] = "feature_names",
};

static const char *const tree_keys[LGB_KEYS] = {
	[LGB_NUM_LEAVES] = "num_leaves",
	[LGB_NUM_CAT] = "num_cat",
	[LGB_SPLIT_FEATURE] = "split_feature",
	[LGB_SPLIT_GAIN] = "split_gain",
	[LGB_THRESHOLD] = "threshold",
	[LGB_DECISION_TYPE] = "decision_type",
	[LGB_LEFT_CHILD] = "left_child",
	[LGB_RIGHT_CHILD] = "right_child",
	[LGB_LEAF_VALUE] = "leaf_value",
	[LGB_LEAF_COUNT] = "leaf_count",
	[LGB_INTERNAL_COUNT] = "internal_count",
	[LGB_CAT_BOUNDARIES] = "cat_boundaries",
	[LGB_CAT_THRESHOLD] = "cat_threshold",
	[LGB_IS_LINEAR] = "is_linear",
	[LGB_LEAF_CONST] = "leaf_const",
	[LGB_NUM_FEATURES] = "num_features",
	[LGB_LEAF_FEATURES] = "leaf_features",
	[LGB_LEAF_COEFF] = "leaf_coeff",
};

struct reader {
	struct gbt_lines lines;
	struct error **err;
	struct gbt_shape shape;
	struct gbt_builder *builder;
	struct gbt_span head[HEAD_KEYS];
	struct gbt_span next; /* the "Tree=" line that ended what was read */
	bool more;
	struct gbt_vector names; /* char *, owned */
};

static void remember(struct gbt_span *list, const char *const *keys, int count,
		     const struct gbt_span *key, const struct gbt_span *value)
{
	for (int i = 0; i < count; i++)
		if (gbt_span_is(key, keys[i]))
			list[i] = *value;
}

/* Lines up to the next tree or to the end of all. */
static void read_block(struct reader *reader, struct gbt_span *list,
		       const char *const *keys, int count)
{
	struct gbt_span line, key;

	reader->more = false;
	while (gbt_line(&reader->lines, &line)) {
		if (gbt_span_is(&line, "end of trees"))
			return;
		if (gbt_span_is(&line, "average_output"))
			reader->shape.average = true;
		if (!gbt_line_key(&line, &key))
			continue;
		if (gbt_span_is(&key, "Tree")) {
			reader->next = line;
			reader->more = true;
			return;
		}
		remember(list, keys, count, &key, &line);
	}
	gbt_lines_fail(&reader->lines, reader->lines.line, reader->err,
		       "the text ends, expected a line 'end of trees'");
}

/* An integer of the head, from `least` to `most`. */
static int head_integer(struct reader *reader, int which, int32_t least,
			int32_t most, uint32_t *out)
{
	struct gbt_vector list = {0};
	struct gbt_span span = reader->head[which];
	int32_t value = 0;
	int status;

	if (!span.line)
		return gbt_lines_fail(&reader->lines, 1, reader->err,
				      "no line '%s=', expected LightGBM's"
				      " text",
				      head_keys[which]);
	status = gbt_read_ints(&reader->lines, span, 1, &list, reader->err);
	if (status == 0)
		value = *(int32_t *)list.data;
	gbt_vector_release(&list);
	if (status == 0 && (value < least || value > most))
		return gbt_lines_fail(&reader->lines, span.line, reader->err,
				      "%s is %d, expected %d to %d",
				      head_keys[which], value, least, most);
	*out = (uint32_t)value;
	return status;
}

static int read_names(struct reader *reader)
{
	struct gbt_span span = reader->head[HEAD_NAMES], word;

	if (!span.line)
		return 0;
	while (gbt_word(&span, &word)) {
		char *name = mem_copy_n(word.at, (size_t)(word.end - word.at));

		gbt_push(&reader->names, &name, sizeof(name));
	}
	if (reader->names.count != reader->shape.features)
		return gbt_lines_fail(&reader->lines, span.line, reader->err,
				      "%zu names of features, expected %u",
				      reader->names.count,
				      reader->shape.features);
	reader->shape.names = reader->names.data;
	return 0;
}

static int read_head(struct reader *reader)
{
	uint32_t last = 0;

	read_block(reader, reader->head, head_keys, HEAD_KEYS);
	if (!reader->more && *reader->err)
		return -1;
	if (head_integer(reader, HEAD_OUTPUTS, 1, GBT_OUTPUTS_MAX,
			 &reader->shape.outputs) < 0 ||
	    head_integer(reader, HEAD_LAST_FEATURE, 0, GBT_FEATURES_MAX - 1,
			 &last) < 0)
		return -1;
	reader->shape.features = last + 1;
	if (read_names(reader) < 0)
		return -1;
	return gbt_lightgbm_objective(&reader->lines,
				      reader->head[HEAD_OBJECTIVE],
				      &reader->shape, reader->err);
}

static int read_trees(struct reader *reader)
{
	struct gbt_lightgbm_tree tree = {.lines = &reader->lines,
					 .err = reader->err,
					 .builder = reader->builder};
	int status = 0;

	for (uint32_t i = 0; status == 0 && reader->more; i++) {
		memset(tree.keys, 0, sizeof(tree.keys));
		tree.begin = reader->next;
		read_block(reader, tree.keys, tree_keys, LGB_KEYS);
		status = *reader->err
				 ? -1
				 : gbt_lightgbm_tree(&tree,
						     i % reader->shape.outputs);
	}
	for (int i = 0; i < LGB_KEYS; i++)
		gbt_vector_release(&tree.lists[i]);
	return status;
}

static struct gbt_model *read_all(struct reader *reader)
{
	struct gbt_model *model;

	if (read_head(reader) < 0 || read_trees(reader) < 0)
		return NULL;
	model = gbt_builder_finish(reader->builder, &reader->shape,
				   reader->err);
	if (!model)
		error_wrap(reader->err, "%s", reader->lines.file);
	return model;
}

struct gbt_model *gbt_lightgbm_read(const char *text, size_t length,
				    const char *file, struct error **err)
{
	struct error *problem = NULL;
	struct reader reader = {
		.lines = {.file = file, .at = text, .end = text + length},
		.err = &problem,
		.builder = gbt_builder_new()};
	struct gbt_model *model = read_all(&reader);
	char **names = reader.names.data;

	for (size_t i = 0; i < reader.names.count; i++)
		mem_free(names[i]);
	gbt_vector_release(&reader.names);
	gbt_builder_free(reader.builder);
	if (!model)
		error_move(err, problem);
	return model;
}
