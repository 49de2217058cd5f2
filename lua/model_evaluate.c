/* model:evaluate(): how good its predictions of labelled rows are. */
#include <lauxlib.h>
#include <math.h>

#include "lua/lerror.h"
#include "lua/lmodel.h"
#include "lua/model_rows.h"
#include "lua/options.h"
#include "runtime/base/mem.h"
#include "runtime/learn/gbt/metrics.h"
#include "runtime/learn/gbt/predict.h"
#include "runtime/learn/gbt/vector.h"

#define EVALUATION "tidemill.model.evaluation"

enum { AT_ONCE = 256, ECE_PARTS = 10 };

/* Everything that is read; the garbage collector frees it. */
struct evaluation {
	struct model_rows rows;
	struct lmodel *model;            /* borrowed */
	struct gbt_vector truth, scores; /* double */
	double *inputs, *outputs;        /* owned: AT_ONCE rows */
};

static int l_gc(lua_State *L)
{
	struct evaluation *evaluation = luaL_checkudata(L, 1, EVALUATION);

	model_rows_close(&evaluation->rows);
	gbt_vector_release(&evaluation->truth);
	gbt_vector_release(&evaluation->scores);
	mem_free(evaluation->inputs);
	mem_free(evaluation->outputs);
	evaluation->inputs = evaluation->outputs = NULL;
	return 0;
}

static bool has_classes(const struct gbt_model *model)
{
	return model->outputs > 1 && (model->transform == GBT_SOFTMAX ||
				      model->objective == GBT_ONE_VS_ALL);
}

static bool is_binary(const struct gbt_model *model)
{
	return model->outputs == 1 && (model->objective == GBT_BINARY ||
				       model->calibration != GBT_UNCALIBRATED);
}

static int check_label(const struct evaluation *evaluation, double label,
		       struct error **err)
{
	const struct gbt_model *model = evaluation->rows.model;
	const struct csv *csv = &evaluation->rows.csv;

	if (isnan(label))
		return csv_error(csv, err,
				 "the label is missing, expected a"
				 " value");
	if (is_binary(model) && label != 0 && label != 1)
		return csv_error(csv, err, "the label is %g, expected 0 or 1",
				 label);
	if (has_classes(model) &&
	    !(label >= 0 && label < model->outputs && label == floor(label)))
		return csv_error(csv, err,
				 "the label is %g, expected a class, 0 to %u",
				 label, model->outputs - 1);
	return 0;
}

/* Predictions of up to AT_ONCE rows; how many, or -1. */
static int read_some(struct evaluation *evaluation, struct error **err)
{
	const struct gbt_model *model = evaluation->rows.model;
	int count = 0, status = 1;
	double label;

	while (count < AT_ONCE) {
		status = model_rows_next(
			&evaluation->rows,
			evaluation->inputs + (size_t)count * model->features,
			&label, err);
		if (status < 1)
			break;
		if (check_label(evaluation, label, err) < 0)
			return -1;
		gbt_push(&evaluation->truth, &label, sizeof(label));
		count++;
	}
	if (status < 0)
		return -1;
	lmodel_batch(evaluation->model, evaluation->inputs, (size_t)count,
		     evaluation->outputs);
	for (int i = 0; i < count; i++) {
		double *out = evaluation->outputs + (size_t)i * model->outputs;

		gbt_transform_raw(model, out);
		for (uint32_t k = 0; k < gbt_predictions(model); k++)
			gbt_push(&evaluation->scores, &out[k], sizeof(*out));
	}
	return count;
}

static void set(lua_State *L, const char *name, double value)
{
	if (isnan(value))
		return;
	lua_pushnumber(L, value);
	lua_setfield(L, -2, name);
}

static void push_reliability(lua_State *L, const struct gbt_sample *sample)
{
	struct gbt_bin bins[ECE_PARTS];
	lua_Integer at = 0;

	gbt_reliability(sample, bins, ECE_PARTS);
	lua_newtable(L);
	for (int i = 0; i < ECE_PARTS; i++) {
		if (!(bins[i].weight > 0))
			continue;
		lua_createtable(L, 0, 3);
		set(L, "rows", bins[i].weight);
		set(L, "predicted", bins[i].predicted);
		set(L, "observed", bins[i].observed);
		lua_rawseti(L, -2, ++at);
	}
	lua_setfield(L, -2, "reliability");
}

static void push_binary(lua_State *L, const struct gbt_sample *sample)
{
	static const struct {
		const char *precision, *recall;
		double share;
	} tops[] = {
		{"precision_at_5", "recall_at_5", 0.05},
		{"precision_at_10", "recall_at_10", 0.1},
		{"precision_at_20", "recall_at_20", 0.2},
	};

	set(L, "auc", gbt_auc(sample));
	set(L, "average_precision", gbt_average_precision(sample));
	set(L, "log_loss", gbt_log_loss(sample));
	set(L, "brier", gbt_brier(sample));
	set(L, "ece", gbt_ece(sample, ECE_PARTS));
	set(L, "f1", gbt_f1(sample, 0.5));
	set(L, "accuracy", gbt_accuracy(sample, 0.5));
	for (size_t i = 0; i < sizeof(tops) / sizeof(*tops); i++) {
		double precision, recall;

		gbt_top(sample, tops[i].share, &precision, &recall);
		set(L, tops[i].precision, precision);
		set(L, tops[i].recall, recall);
	}
	push_reliability(L, sample);
}

static void push_numbers(lua_State *L, const struct gbt_model *model,
			 const struct gbt_sample *sample)
{
	set(L, "rmse", gbt_rmse(sample));
	set(L, "mae", gbt_mae(sample));
	set(L, "r2", gbt_r2(sample));
	if (model->objective == GBT_POISSON)
		set(L, "poisson_deviance", gbt_poisson_deviance(sample));
	if (model->objective == GBT_GAMMA)
		set(L, "gamma_deviance", gbt_gamma_deviance(sample));
	if (model->objective == GBT_QUANTILE && model->alpha > 0) {
		size_t below = 0;

		for (size_t i = 0; i < sample->count; i++)
			below += sample->truth[i] <= sample->score[i];
		set(L, "pinball", gbt_pinball(sample, model->alpha));
		set(L, "below", (double)below / (double)sample->count);
	}
}

static void push_metrics(lua_State *L, const struct evaluation *evaluation)
{
	const struct gbt_model *model = evaluation->rows.model;
	struct gbt_sample sample = {evaluation->truth.data,
				    evaluation->scores.data, NULL,
				    evaluation->truth.count};

	lua_newtable(L);
	lua_pushinteger(L, (lua_Integer)sample.count);
	lua_setfield(L, -2, "rows");
	if (has_classes(model)) {
		set(L, "log_loss",
		    gbt_classes_log_loss(&sample, model->outputs));
		set(L, "accuracy",
		    gbt_classes_accuracy(&sample, model->outputs));
	} else if (is_binary(model)) {
		push_binary(L, &sample);
	} else {
		push_numbers(L, model, &sample);
	}
}

int lmodel_evaluate(lua_State *L)
{
	static const char *const names[] = {"file", "label", NULL};
	struct lmodel *owner = lmodel_check(L, 1);
	const struct gbt_model *model = owner->model;
	size_t length;
	const char *text = luaL_checklstring(L, 2, &length), *label;
	struct error *err = NULL;
	struct evaluation *evaluation;
	int count;

	options_check(L, 3, names, "model:evaluate");
	label = options_text(L, 3, "label");
	luaL_argcheck(L, label, 3, "the label is missing");
	evaluation = lua_newuserdatauv(L, sizeof(*evaluation), 0);
	*evaluation = (struct evaluation){.rows.model = model, .model = owner};
	luaL_setmetatable(L, EVALUATION);
	evaluation->rows.csv.file = options_text(L, 3, "file");
	if (!evaluation->rows.csv.file)
		evaluation->rows.csv.file = "data";
	evaluation->inputs = mem_array((size_t)AT_ONCE * model->features + 1,
				       sizeof(double));
	evaluation->outputs =
		mem_array((size_t)AT_ONCE * model->outputs + 1, sizeof(double));
	if (model_rows_open(&evaluation->rows, text, length, label, &err) < 0)
		return lerror_raise(L, err);
	while ((count = read_some(evaluation, &err)) > 0)
		;
	if (count < 0)
		return lerror_raise(L, err);
	push_metrics(L, evaluation);
	return 1;
}

void lmodel_open_evaluation(lua_State *L)
{
	luaL_newmetatable(L, EVALUATION);
	lua_pushcfunction(L, l_gc);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
}
