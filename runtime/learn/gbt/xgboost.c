/* What is around the trees in XGBoost's JSON, in whatever order it comes. */
#include "runtime/learn/gbt/xgboost.h"

#include "runtime/learn/gbt/layout.h"
#include "runtime/learn/gbt/xgboost_parts.h"

struct reader {
	struct gbt_json json;
	struct gbt_builder *builder;
	struct gbt_xgboost_tree tree;
	struct gbt_vector outputs; /* double a tree */
	struct gbt_vector weights; /* double a tree: dart's */
	struct gbt_vector base;    /* double */
	struct gbt_vector names;   /* char *, owned */
	char *objective;           /* owned */
	double features, classes, targets;
	bool trees;
};

typedef int read_member(struct reader *reader, const struct gbt_span *key);

static int read_object(struct reader *reader, read_member *read)
{
	struct gbt_span key;
	int more;

	if (gbt_json_enter(&reader->json, '{') < 0)
		return -1;
	while ((more = gbt_json_key(&reader->json, &key)) > 0)
		if (read(reader, &key) < 0)
			return -1;
	return more;
}

static int read_trees(struct reader *reader)
{
	int more;

	if (reader->trees)
		return gbt_json_fail(&reader->json, "trees for the second"
						    " time");
	reader->trees = true;
	if (gbt_json_enter(&reader->json, '[') < 0)
		return -1;
	while ((more = gbt_json_element(&reader->json)) > 0)
		if (gbt_xgboost_tree(&reader->tree) < 0)
			return -1;
	return more;
}

static int read_model(struct reader *reader, const struct gbt_span *key)
{
	if (gbt_span_is(key, "trees"))
		return read_trees(reader);
	if (gbt_span_is(key, "tree_info"))
		return gbt_json_numbers(&reader->json, &reader->outputs);
	if (gbt_span_is(key, "weight_drop"))
		return gbt_json_numbers(&reader->json, &reader->weights);
	return gbt_json_skip(&reader->json);
}

static int read_booster(struct reader *reader, const struct gbt_span *key)
{
	char *name;
	bool known;

	if (gbt_span_is(key, "model"))
		return read_object(reader, read_model);
	if (gbt_span_is(key, "gbtree"))
		return read_object(reader, read_booster);
	if (gbt_span_is(key, "weight_drop"))
		return gbt_json_numbers(&reader->json, &reader->weights);
	if (!gbt_span_is(key, "name"))
		return gbt_json_skip(&reader->json);
	if (gbt_json_string(&reader->json, &name) < 0)
		return -1;
	known = strcmp(name, "gbtree") == 0 || strcmp(name, "dart") == 0;
	mem_free(name);
	return known ? 0
		     : gbt_json_fail(&reader->json,
				     "another booster, expected gbtree or"
				     " dart");
}

/* "[1E0,2E0]" or "5E-1": numbers between brackets and commas. */
static int read_base(struct reader *reader)
{
	char *text;
	struct gbt_span span, word;
	int status = 0;

	if (gbt_json_string(&reader->json, &text) < 0)
		return -1;
	for (char *at = text; *at; at++)
		if (strchr("[],", *at))
			*at = ' ';
	span.at = text;
	span.end = text + strlen(text);
	while (status == 0 && gbt_word(&span, &word)) {
		double number;

		if (!gbt_word_number(&word, &number))
			status = gbt_json_fail(&reader->json,
					       "base_score is no number");
		else
			gbt_push(&reader->base, &number, sizeof(number));
	}
	mem_free(text);
	return status;
}

static int read_param(struct reader *reader, const struct gbt_span *key)
{
	if (gbt_span_is(key, "base_score"))
		return read_base(reader);
	if (gbt_span_is(key, "num_class"))
		return gbt_json_number(&reader->json, &reader->classes);
	if (gbt_span_is(key, "num_feature"))
		return gbt_json_number(&reader->json, &reader->features);
	if (gbt_span_is(key, "num_target"))
		return gbt_json_number(&reader->json, &reader->targets);
	return gbt_json_skip(&reader->json);
}

static int read_objective(struct reader *reader, const struct gbt_span *key)
{
	if (!gbt_span_is(key, "name"))
		return gbt_json_skip(&reader->json);
	mem_free(reader->objective);
	reader->objective = NULL;
	return gbt_json_string(&reader->json, &reader->objective);
}

static int read_names(struct reader *reader)
{
	int more;
	char *name;

	if (gbt_json_enter(&reader->json, '[') < 0)
		return -1;
	while ((more = gbt_json_element(&reader->json)) > 0) {
		if (gbt_json_string(&reader->json, &name) < 0)
			return -1;
		gbt_push(&reader->names, &name, sizeof(name));
	}
	return more;
}

static int read_learner(struct reader *reader, const struct gbt_span *key)
{
	if (gbt_span_is(key, "gradient_booster"))
		return read_object(reader, read_booster);
	if (gbt_span_is(key, "learner_model_param"))
		return read_object(reader, read_param);
	if (gbt_span_is(key, "objective"))
		return read_object(reader, read_objective);
	if (gbt_span_is(key, "feature_names"))
		return read_names(reader);
	return gbt_json_skip(&reader->json);
}

static int read_root(struct reader *reader, const struct gbt_span *key)
{
	if (gbt_span_is(key, "learner"))
		return read_object(reader, read_learner);
	return gbt_json_skip(&reader->json);
}

/* Outputs and dart's weights, which may come behind the trees. */
static int settle_trees(struct reader *reader, uint32_t outputs)
{
	struct gbt_tree *trees = reader->builder->trees.data;
	double *values = reader->builder->leaf_values.data;
	const double *weights = reader->weights.data;
	const double *classes = reader->outputs.data;
	size_t count = reader->builder->trees.count;

	if (reader->outputs.count != count ||
	    (reader->weights.count && reader->weights.count != count))
		return gbt_json_fail(&reader->json,
				     "tree_info or weight_drop has another"
				     " length, expected one number a tree");
	for (size_t i = 0; i < count; i++) {
		if (!(classes[i] >= 0 && classes[i] < outputs))
			return gbt_json_fail(&reader->json,
					     "tree_info names a class beyond"
					     " the last one");
		trees[i].output = (uint32_t)classes[i];
		for (uint32_t k = 0;
		     reader->weights.count && k < trees[i].leaves; k++) {
			double *value = &values[trees[i].first_leaf + k];

			*value = (float)((float)*value * (float)weights[i]);
		}
	}
	return 0;
}

static int settle_base(struct reader *reader, struct gbt_shape *shape)
{
	double half = 0.5;

	if (!reader->base.count)
		gbt_push(&reader->base, &half, sizeof(half));
	while (reader->base.count < shape->outputs) {
		double first = *(double *)reader->base.data;

		gbt_push(&reader->base, &first, sizeof(first));
	}
	if (reader->base.count != shape->outputs)
		return gbt_json_fail(&reader->json,
				     "base_score has too many numbers,"
				     " expected one an output");
	if (!reader->objective)
		return gbt_json_fail(&reader->json, "no objective, expected"
						    " XGBoost's JSON");
	if (!gbt_xgboost_objective(reader->objective, shape, reader->base.data,
				   reader->base.count))
		return gbt_json_fail(&reader->json,
				     "an unknown objective, expected one that"
				     " XGBoost has");
	shape->base = reader->base.data;
	return 0;
}

static int settle_shape(struct reader *reader, struct gbt_shape *shape)
{
	double outputs = reader->classes > 1 ? reader->classes : 1;

	if (reader->targets > outputs)
		outputs = reader->targets;
	if (!(reader->features >= 1 && reader->features <= GBT_FEATURES_MAX) ||
	    !(outputs <= GBT_OUTPUTS_MAX))
		return gbt_json_fail(&reader->json,
				     "num_feature, num_class or num_target is"
				     " missing or too large");
	shape->features = (uint32_t)reader->features;
	shape->outputs = (uint32_t)outputs;
	shape->float_sums = true;
	if (reader->names.count) {
		if (reader->names.count != shape->features)
			return gbt_json_fail(&reader->json,
					     "feature_names has another"
					     " length than num_feature");
		shape->names = reader->names.data;
	}
	if (settle_base(reader, shape) < 0)
		return -1;
	return settle_trees(reader, shape->outputs);
}

static struct gbt_model *read_all(struct reader *reader)
{
	struct gbt_shape shape = {0};
	struct gbt_model *model;

	if (read_object(reader, read_root) < 0 ||
	    gbt_json_end(&reader->json) < 0 || settle_shape(reader, &shape) < 0)
		return NULL;
	model = gbt_builder_finish(reader->builder, &shape, reader->json.err);
	if (!model)
		error_wrap(reader->json.err, "%s", reader->json.file);
	return model;
}

struct gbt_model *gbt_xgboost_read(const char *text, size_t length,
				   const char *file, struct error **err)
{
	struct reader reader = {.builder = gbt_builder_new()};
	struct gbt_model *model;
	char **names;

	gbt_json_init(&reader.json, text, length, file, err);
	reader.tree.json = &reader.json;
	reader.tree.builder = reader.builder;
	model = read_all(&reader);
	names = reader.names.data;
	for (size_t i = 0; i < reader.names.count; i++)
		mem_free(names[i]);
	mem_free(reader.objective);
	gbt_xgboost_tree_release(&reader.tree);
	gbt_vector_release(&reader.outputs);
	gbt_vector_release(&reader.weights);
	gbt_vector_release(&reader.base);
	gbt_vector_release(&reader.names);
	gbt_builder_free(reader.builder);
	return model;
}
