/* model:evaluate() and model:calibrate(): predictions beside what is true. */
#include <lauxlib.h>
#include <math.h>

#include "lua/lerror.h"
#include "lua/lmodel.h"
#include "lua/model_sample.h"
#include "lua/options.h"
#include "runtime/learn/gbt/importance.h"
#include "runtime/learn/gbt/remake.h"

enum { ECE_PARTS = 10, IMPORTANCE_ROWS = 20000 };

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

static void push_order(lua_State *L, const struct gbt_sample *sample)
{
	set(L, "ndcg", gbt_ndcg(sample, 0));
	set(L, "ndcg_at_5", gbt_ndcg(sample, 5));
	set(L, "ndcg_at_10", gbt_ndcg(sample, 10));
}

void lmodel_push_metrics(lua_State *L, const struct gbt_model *model,
			 const struct gbt_sample *sample)
{
	lua_newtable(L);
	lua_pushinteger(L, (lua_Integer)sample->count);
	lua_setfield(L, -2, "rows");
	if (model_sample_has_classes(model)) {
		set(L, "log_loss",
		    gbt_classes_log_loss(sample, model->outputs));
		set(L, "accuracy",
		    gbt_classes_accuracy(sample, model->outputs));
	} else if (model_sample_is_binary(model)) {
		push_binary(L, sample);
	} else if (sample->groups || model->objective == GBT_RANK) {
		push_order(L, sample);
	} else {
		push_numbers(L, model, sample);
	}
}

/*
 * Of the interval from the model's predictions, which are at 4 in `lower`, to
 * those of the option `upper`: how many labels are in it, and its width.
 */
static void set_coverage(lua_State *L, struct lmodel *upper,
			 const struct gbt_sample *lower)
{
	struct gbt_sample sample;
	double width = 0;

	model_sample_push(L, upper, false, &sample);
	for (size_t i = 0; i < sample.count; i++)
		width += sample.score[i] - lower->score[i];
	lua_pushvalue(L, -2);
	set(L, "coverage",
	    gbt_coverage(sample.truth, lower->score, sample.score,
			 sample.count));
	set(L, "width", width / (double)sample.count);
	lua_pop(L, 2);
}

/* Is the prediction one number? Else there are no intervals. */
static bool is_number(const struct gbt_model *model)
{
	return gbt_predictions(model) == 1 && !model_sample_is_binary(model) &&
	       !model_sample_has_classes(model);
}

int lmodel_evaluate(lua_State *L)
{
	static const char *const names[] = {"file",  "label", "read", "weight",
					    "upper", "group", NULL};
	struct lmodel *owner = lmodel_check(L, 1), *upper = NULL;
	struct gbt_sample sample;

	lua_settop(L, 3);
	options_check(L, 3, names, "model:evaluate");
	if (lua_getfield(L, 3, "upper") != LUA_TNIL) {
		upper = lmodel_check(L, -1);
		luaL_argcheck(
			L, is_number(owner->model) && is_number(upper->model),
			3, "an interval is between two numbers");
	}
	model_sample_push(L, owner, false, &sample);
	lmodel_push_metrics(L, owner->model, &sample);
	if (upper)
		set_coverage(L, upper, &sample);
	return 1;
}

/* model:calibrate(text, options): another model. */
int lmodel_calibrate(lua_State *L)
{
	static const char *const names[] = {"file", "label", "method", "read",
					    NULL};
	static const char *const methods[] = {"best", "platt", "isotonic",
					      NULL};
	struct lmodel *owner = lmodel_check(L, 1), *made;
	struct gbt_sample sample;
	struct error *err = NULL;
	int method;

	options_check(L, 3, names, "model:calibrate");
	method = options_choice(L, 3, "method", methods);
	model_sample_push(L, owner, true, &sample);
	made = lmodel_push(L);
	made->model = gbt_model_calibrate(owner->model, &sample,
					  (enum gbt_calibration)method, &err);
	return made->model ? 1 : lerror_raise(L, err);
}

/* model:importance(text, options): { feature = increase of the loss }, loss. */
int lmodel_importance(lua_State *L)
{
	static const char *const names[] = {"file", "label", "read",
					    "rows", "seed",  NULL};
	struct lmodel *owner = lmodel_check(L, 1);
	const struct gbt_model *model = owner->model;
	struct gbt_sample sample;
	double *rows, *increases;
	uint64_t seed;
	size_t most;

	options_check(L, 3, names, "model:importance");
	most = (size_t)options_count(L, 3, "rows", 1, IMPORTANCE_ROWS);
	seed = (uint64_t)options_count(L, 3, "seed", 0, 1);
	rows = model_sample_push_rows(L, owner, most, &sample);
	increases = lua_newuserdatauv(
		L, ((size_t)model->features + 1) * sizeof(*increases), 0);
	if (!owner->fast)
		owner->fast = gbt_fast_new(model);
	gbt_permutation(owner->fast, rows, &sample, seed, increases);
	lua_newtable(L);
	for (uint32_t i = 0; i < model->features; i++) {
		lua_pushnumber(L, increases[i]);
		lua_setfield(L, -2, gbt_string(&model->names, i));
	}
	lua_pushnumber(L,
		       gbt_loss(owner->fast, rows, sample.truth, sample.count));
	return 2;
}
