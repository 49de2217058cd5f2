/* Reading all rows, a few hundred at a time. */
#include "lua/model_sample.h"

#include <lauxlib.h>
#include <math.h>

#include "lua/lerror.h"
#include "lua/model_rows.h"
#include "lua/options.h"
#include "runtime/base/mem.h"
#include "runtime/learn/gbt/predict.h"
#include "runtime/learn/gbt/vector.h"

#define SAMPLING "tidemill.model.sampling"

enum { AT_ONCE = 256 };

/* Everything that is read; the garbage collector frees it. */
struct sampling {
	struct model_rows rows;
	struct lmodel *model; /* borrowed */
	bool raw;
	struct gbt_vector truth, scores, weights, groups; /* double */
	double *inputs, *outputs; /* owned: AT_ONCE rows */
};

static int l_gc(lua_State *L)
{
	struct sampling *sampling = luaL_checkudata(L, 1, SAMPLING);

	model_rows_close(&sampling->rows);
	gbt_vector_release(&sampling->truth);
	gbt_vector_release(&sampling->scores);
	gbt_vector_release(&sampling->weights);
	gbt_vector_release(&sampling->groups);
	mem_free(sampling->inputs);
	mem_free(sampling->outputs);
	sampling->inputs = sampling->outputs = NULL;
	return 0;
}

bool model_sample_has_classes(const struct gbt_model *model)
{
	return model->outputs > 1 && (model->transform == GBT_SOFTMAX ||
				      model->objective == GBT_ONE_VS_ALL);
}

bool model_sample_is_binary(const struct gbt_model *model)
{
	return model->outputs == 1 && (model->objective == GBT_BINARY ||
				       model->calibration != GBT_UNCALIBRATED);
}

static int check_label(const struct sampling *sampling, double label,
		       struct error **err)
{
	const struct gbt_model *model = sampling->rows.model;
	const struct csv *csv = &sampling->rows.input.csv;

	if (isnan(label))
		return csv_error(csv, err,
				 "the label is missing, expected a"
				 " value");
	if (model_sample_is_binary(model) && label != 0 && label != 1)
		return csv_error(csv, err, "the label is %g, expected 0 or 1",
				 label);
	if (model_sample_has_classes(model) &&
	    !(label >= 0 && label < model->outputs && label == floor(label)))
		return csv_error(csv, err,
				 "the label is %g, expected a class, 0 to %u",
				 label, model->outputs - 1);
	return 0;
}

static int keep_group(struct sampling *sampling, struct error **err)
{
	double group;

	if (!sampling->rows.group_name)
		return 0;
	if (model_rows_group(&sampling->rows, &group, err) < 0)
		return -1;
	gbt_push(&sampling->groups, &group, sizeof(group));
	return 0;
}

static int keep_weight(struct sampling *sampling, struct error **err)
{
	double weight;

	if (!sampling->rows.weight_name)
		return 0;
	if (model_rows_weight(&sampling->rows, &weight, err) < 0)
		return -1;
	gbt_push(&sampling->weights, &weight, sizeof(weight));
	return 0;
}

/* Predictions of up to AT_ONCE rows; how many, or -1. */
static int read_some(struct sampling *sampling, struct error **err)
{
	const struct gbt_model *model = sampling->rows.model;
	int count = 0, status = 1;
	double label;

	while (count < AT_ONCE) {
		status = model_rows_next(
			&sampling->rows,
			sampling->inputs + (size_t)count * model->features,
			&label, err);
		if (status < 1)
			break;
		if (check_label(sampling, label, err) < 0 ||
		    keep_weight(sampling, err) < 0 ||
		    keep_group(sampling, err) < 0)
			return -1;
		gbt_push(&sampling->truth, &label, sizeof(label));
		count++;
	}
	if (status < 0)
		return -1;
	lmodel_batch(sampling->model, sampling->inputs, (size_t)count,
		     sampling->outputs);
	for (int i = 0; i < count; i++) {
		double *out = sampling->outputs + (size_t)i * model->outputs;

		if (!sampling->raw)
			gbt_transform_raw(model, out);
		for (uint32_t k = 0; k < gbt_predictions(model); k++)
			gbt_push(&sampling->scores, &out[k], sizeof(*out));
	}
	return count;
}

void lmodel_source(lua_State *L, struct model_source *source)
{
	bool read = options_flag(L, 3, "read", false);
	const char *text = luaL_checklstring(L, 2, &source->length);

	source->file = read ? text : options_text(L, 3, "file");
	if (!source->file)
		source->file = "data";
	source->text = read ? NULL : text;
}

/* Push what holds all, with the header read. */
static struct sampling *push_sampling(lua_State *L, struct lmodel *model,
				      bool raw)
{
	const struct gbt_model *plain = model->model;
	struct model_source source;
	const char *label = options_text(L, 3, "label");
	struct error *err = NULL;
	struct sampling *sampling;

	lmodel_source(L, &source);
	luaL_argcheck(L, label, 3, "the label is missing");
	sampling = lua_newuserdatauv(L, sizeof(*sampling), 0);
	*sampling = (struct sampling){
		.rows.model = plain, .model = model, .raw = raw};
	luaL_setmetatable(L, SAMPLING);
	sampling->rows.weight_name = options_text(L, 3, "weight");
	sampling->rows.group_name = options_text(L, 3, "group");
	sampling->inputs = mem_array((size_t)AT_ONCE * plain->features + 1,
				     sizeof(double));
	sampling->outputs =
		mem_array((size_t)AT_ONCE * plain->outputs + 1, sizeof(double));
	if (model_rows_open(&sampling->rows, &source, label, &err) < 0)
		lerror_raise(L, err);
	return sampling;
}

void model_sample_push(lua_State *L, struct lmodel *model, bool raw,
		       struct gbt_sample *sample)
{
	struct sampling *sampling = push_sampling(L, model, raw);
	struct error *err = NULL;
	int count;

	while ((count = read_some(sampling, &err)) > 0)
		;
	if (count < 0)
		lerror_raise(L, err);
	*sample = (struct gbt_sample){
		sampling->truth.data, sampling->scores.data,
		sampling->weights.data, sampling->truth.count,
		sampling->groups.data};
}

double *model_sample_push_rows(lua_State *L, struct lmodel *model, size_t most,
			       struct gbt_sample *sample)
{
	struct sampling *sampling = push_sampling(L, model, true);
	size_t features = model->model->features;
	struct error *err = NULL;
	int status = 0;
	double label;

	if (most > MODEL_SAMPLE_VALUES / (features + 1))
		most = MODEL_SAMPLE_VALUES / (features + 1);
	while (sampling->truth.count < most &&
	       (status = model_rows_next(&sampling->rows, sampling->inputs,
					 &label, &err)) > 0) {
		if ((status = check_label(sampling, label, &err)) < 0)
			break;
		gbt_push(&sampling->truth, &label, sizeof(label));
		for (size_t i = 0; i < features; i++)
			gbt_push(&sampling->scores, &sampling->inputs[i],
				 sizeof(double));
	}
	if (status < 0)
		lerror_raise(L, err);
	*sample = (struct gbt_sample){.truth = sampling->truth.data,
				      .count = sampling->truth.count};
	return sampling->scores.data;
}

void lmodel_open_sample(lua_State *L)
{
	luaL_newmetatable(L, SAMPLING);
	lua_pushcfunction(L, l_gc);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
}
