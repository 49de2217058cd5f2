/* Binding: the module model. */
#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "lua/lbuf.h"
#include "lua/lerror.h"
#include "lua/lmodel.h"
#include "lua/modules.h"
#include "lua/options.h"
#include "runtime/base/mem.h"
#include "runtime/learn/gbt/lightgbm.h"
#include "runtime/learn/gbt/predict.h"
#include "runtime/learn/gbt/xgboost.h"

enum {
	EXPORT_MAX = 1 << 30,
	FEW_ROWS = 512, /* that are predicted before a fast model is made */
};

static int l_gc(lua_State *L)
{
	struct lmodel *model = luaL_checkudata(L, 1, LMODEL);

	gbt_explainer_free(model->explainer);
	gbt_fast_free(model->fast);
	gbt_model_free(model->model);
	*model = (struct lmodel){0};
	return 0;
}

struct lmodel *lmodel_push(lua_State *L)
{
	struct lmodel *model = lua_newuserdatauv(L, sizeof(*model), 0);

	*model = (struct lmodel){0};
	luaL_setmetatable(L, LMODEL);
	return model;
}

struct lmodel *lmodel_check(lua_State *L, int index)
{
	struct lmodel *model = luaL_checkudata(L, index, LMODEL);

	luaL_argcheck(L, model->model, index, "the model was not read");
	return model;
}

struct gbt_explainer *lmodel_explainer(lua_State *L, struct lmodel *model)
{
	struct error *err = NULL;

	if (!model->explainer)
		model->explainer = gbt_explainer_new(model->model, &err);
	if (!model->explainer)
		lerror_raise(L, err);
	return model->explainer;
}

void lmodel_batch(struct lmodel *model, const double *rows, size_t count,
		  double *raw)
{
	const struct gbt_model *plain = model->model;

	if (!model->fast && model->rows + count > FEW_ROWS)
		model->fast = gbt_fast_new(plain);
	if (model->fast) {
		gbt_fast_batch(model->fast, rows, count, raw);
		return;
	}
	model->rows += count;
	for (size_t i = 0; i < count; i++)
		gbt_raw(plain, rows + i * plain->features,
			raw + i * plain->outputs);
}

void lmodel_push_strings(lua_State *L, const struct gbt_strings *strings)
{
	lua_createtable(L, (int)strings->count, 0);
	for (uint32_t i = 0; i < strings->count; i++) {
		lua_pushstring(L, gbt_string(strings, i));
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

/* Is it XGBoost's JSON, going by the first byte that is no space? */
static bool is_json(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length && strchr(" \t\r\n", text[at]) && text[at])
		at++;
	return at < length && text[at] == '{';
}

static struct gbt_model *read_any(const char *bytes, size_t length,
				  const char *file, struct error **err)
{
	struct gbt_model *model;

	if (is_json(bytes, length))
		return gbt_xgboost_read(bytes, length, file, err);
	if (length >= 4 && memcmp(bytes, "tree", 4) == 0)
		return gbt_lightgbm_read(bytes, length, file, err);
	if (!gbt_is_image(bytes, length)) {
		error_set(err, ERROR_INVALID,
			  "%s: not a model, expected one of Tidemill, a"
			  " LightGBM text or XGBoost's JSON",
			  file);
		return NULL;
	}
	model = gbt_model_adopt(mem_copy_n(bytes, length), length, err);
	if (!model)
		error_wrap(err, "%s", file);
	return model;
}

static int l_read(lua_State *L)
{
	static const char *const names[] = {"file", NULL};
	size_t length;
	const char *bytes = luaL_checklstring(L, 1, &length), *file;
	struct error *err = NULL;
	struct lmodel *model;

	options_check(L, 2, names, "model.read");
	file = options_text(L, 2, "file");
	model = lmodel_push(L);
	model->model = read_any(bytes, length, file ? file : "model", &err);
	return model->model ? 1 : lerror_raise(L, err);
}

static double value_of(lua_State *L, const struct gbt_model *model,
		       uint32_t feature)
{
	size_t length;
	const char *text;

	if (lua_isnil(L, -1))
		return NAN;
	if (lua_type(L, -1) == LUA_TNUMBER)
		return lua_tonumber(L, -1);
	if (lua_type(L, -1) == LUA_TBOOLEAN)
		return lua_toboolean(L, -1);
	text = lua_tolstring(L, -1, &length);
	if (!text || !gbt_level_count(model, feature))
		luaL_error(L, "feature '%s' is a %s, expected a number",
			   gbt_string(&model->names, feature),
			   luaL_typename(L, -1));
	return (double)gbt_level(model, feature, text, length);
}

/* The row at `index`: by names, or a list in the order of the features. */
static const double *check_row(lua_State *L, int index,
			       const struct gbt_model *model)
{
	double *row;
	bool listed;

	luaL_checktype(L, index, LUA_TTABLE);
	row = lua_newuserdatauv(L, sizeof(*row) * ((size_t)model->features + 1),
				0);
	listed = lua_rawlen(L, index) > 0;
	for (uint32_t i = 0; i < model->features; i++) {
		if (listed)
			lua_rawgeti(L, index, (lua_Integer)i + 1);
		else
			lua_getfield(L, index, gbt_string(&model->names, i));
		row[i] = value_of(L, model, i);
		lua_pop(L, 1);
	}
	return row;
}

/* model:predict(row, raw): a number an output. */
static int l_predict(lua_State *L)
{
	const struct gbt_model *model = lmodel_check(L, 1)->model;
	bool raw = lua_toboolean(L, 3);
	const double *row = check_row(L, 2, model);
	uint32_t count = raw ? model->outputs : gbt_predictions(model);
	double *out = lua_newuserdatauv(L, sizeof(*out) * model->outputs, 0);

	gbt_raw(model, row, out);
	if (!raw)
		gbt_transform_raw(model, out);
	luaL_checkstack(L, (int)count, "too many outputs");
	for (uint32_t i = 0; i < count; i++)
		lua_pushnumber(L, out[i]);
	return (int)count;
}

/* model:contributions(row, output): { feature = number }, bias. */
static int l_contributions(lua_State *L)
{
	struct lmodel *model = lmodel_check(L, 1);
	struct gbt_explainer *explainer = lmodel_explainer(L, model);
	lua_Integer output = luaL_optinteger(L, 3, 1);
	const double *row = check_row(L, 2, model->model);
	size_t width = (size_t)model->model->features + 1;
	double *out;

	luaL_argcheck(
		L, output >= 1 && output <= (lua_Integer)model->model->outputs,
		3, "there is no such output");
	out = lua_newuserdatauv(L, sizeof(*out) * width * model->model->outputs,
				0);
	gbt_explain(explainer, row, out);
	out += width * (size_t)(output - 1);
	lua_newtable(L);
	for (uint32_t i = 0; i < model->model->features; i++) {
		if (out[i] == 0)
			continue;
		lua_pushnumber(L, out[i]);
		lua_setfield(L, -2, gbt_string(&model->model->names, i));
	}
	lua_pushnumber(L, out[width - 1]);
	return 2;
}

/* model:leaves(row): the leaf of each tree. */
static int l_leaves(lua_State *L)
{
	const struct gbt_model *model = lmodel_check(L, 1)->model;
	const double *row = check_row(L, 2, model);
	uint32_t *leaves = lua_newuserdatauv(
		L, sizeof(*leaves) * ((size_t)model->tree_count + 1), 0);

	gbt_leaves(model, row, leaves);
	lua_createtable(L, (int)model->tree_count, 0);
	for (uint32_t i = 0; i < model->tree_count; i++) {
		lua_pushinteger(L, leaves[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

/* model:export(format): the model's bytes. */
static int l_export(lua_State *L)
{
	static const char *const formats[] = {"tidemill", "lightgbm", NULL};
	const struct gbt_model *model = lmodel_check(L, 1)->model;
	struct error *err = NULL;
	struct buf *out;

	if (luaL_checkoption(L, 2, "tidemill", formats) == 0) {
		lua_pushlstring(L, model->image, model->image_size);
		return 1;
	}
	out = lbuf_push(L, EXPORT_MAX);
	if (gbt_lightgbm_write(model, out, &err) < 0)
		return lerror_raise(L, err);
	lbuf_push_string(L, out);
	return 1;
}

int luaopen_model(lua_State *L)
{
	static const luaL_Reg functions[] = {{"read", l_read}, {NULL, NULL}};
	static const luaL_Reg methods[] = {{"calibrate", lmodel_calibrate},
					   {"contributions", l_contributions},
					   {"evaluate", lmodel_evaluate},
					   {"export", l_export},
					   {"importance", lmodel_importance},
					   {"info", lmodel_info},
					   {"leaves", l_leaves},
					   {"predict", l_predict},
					   {"scores", lmodel_scores},
					   {NULL, NULL}};

	luaL_newmetatable(L, LMODEL);
	lua_pushcfunction(L, l_gc);
	lua_setfield(L, -2, "__gc");
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
	lmodel_open_scores(L);
	lmodel_open_sample(L);
	luaL_newlib(L, functions);
	return 1;
}
