/* Binding: the module model_train. */
#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "lua/lerror.h"
#include "lua/lmodel.h"
#include "lua/model_training.h"
#include "lua/modules.h"
#include "lua/options.h"
#include "runtime/base/mem.h"
#include "runtime/learn/linear/blend.h"

#define TABLE "tidemill.model_train.table"

static const char *const OPTIONS[] = {
	"file",        "label",     "weight",   "time",        "ignore",
	"categorical", "objective", "alpha",    "trees",       "leaves",
	"rate",        "bins",      "min_data", "min_hessian", "l1",
	"l2",          "row_share", "seed",     "threads",     "feature_share",
	"early_stop",  "held_out",  "min_gain", "blend",       "monotone",
	"balance",     "from",      "group",    "goss",        "read",
	"progress",    NULL};

static int l_gc(lua_State *L)
{
	struct training *training = luaL_checkudata(L, 1, TABLE);

	model_view_release(&training->view);
	model_table_close(&training->table);
	return 0;
}

static void demand(lua_State *L, int result, struct error **err)
{
	if (result < 0)
		lerror_raise(L, *err);
}

/* The columns that option `name` has: one name, or a list. */
static void use(lua_State *L, struct model_table *table, const char *name,
		enum model_column_role role)
{
	struct error *err = NULL;
	lua_Integer count;

	switch (lua_getfield(L, 2, name)) {
	case LUA_TNIL:
		break;
	case LUA_TTABLE:
		count = luaL_len(L, -1);
		for (lua_Integer i = 1; i <= count; i++) {
			lua_geti(L, -1, i);
			demand(L,
			       model_table_use(table, luaL_checkstring(L, -1),
					       role, &err),
			       &err);
			lua_pop(L, 1);
		}
		break;
	default:
		demand(L,
		       model_table_use(table, luaL_checkstring(L, -1), role,
				       &err),
		       &err);
	}
	lua_pop(L, 1);
}

static double number(lua_State *L, const char *name, double missing)
{
	double value;

	lua_getfield(L, 2, name);
	value = lua_isnil(L, -1) ? missing : luaL_checknumber(L, -1);
	lua_pop(L, 1);
	return value;
}

static void read_options(lua_State *L, struct gbt_options *options, size_t rows)
{
	const char *objective = options_text(L, 2, "objective");
	double held_out;

	gbt_options_init(options, rows);
	if (objective && !gbt_objective_find(objective, &options->objective))
		luaL_error(L, "there is no objective '%s'", objective);
	options->alpha =
		number(L, "alpha", options->objective == GBT_HUBER ? 0.9 : 0.5);
	options->trees =
		(uint32_t)options_count(L, 2, "trees", 1, options->trees);
	options->leaves =
		(uint32_t)options_count(L, 2, "leaves", 2, options->leaves);
	options->bins = (uint32_t)options_count(L, 2, "bins", 2, options->bins);
	options->rate = number(L, "rate", options->rate);
	options->min_data = number(L, "min_data", options->min_data);
	options->min_hessian = number(L, "min_hessian", options->min_hessian);
	options->min_gain = number(L, "min_gain", options->min_gain);
	options->l1 = number(L, "l1", options->l1);
	options->l2 = number(L, "l2", options->l2);
	options->row_share = number(L, "row_share", options->row_share);
	options->feature_share =
		number(L, "feature_share", options->feature_share);
	if (options_flag(L, 2, "goss", false)) {
		options->goss_top = 0.2;
		options->goss_other = 0.1;
	}
	options->balance = options_flag(L, 2, "balance", false);
	options->seed = (uint64_t)options_count(L, 2, "seed", 0, 1);
	options->threads = (uint32_t)options_count(L, 2, "threads", 1, 1);
	options->early_stop = (uint32_t)options_count(L, 2, "early_stop", 0, 0);
	held_out = number(L, "held_out", options->early_stop ? 0.2 : 0);
	luaL_argcheck(L, held_out >= 0 && held_out < 1, 2,
		      "held_out is a share below 1");
	options->held_out = (size_t)(held_out * (double)rows);
}

/* Is any option of the trees given? */
static bool are_trees_given(lua_State *L)
{
	static const char *const names[] = {
		"trees",         "leaves",      "rate",    "bins",
		"min_data",      "l1",          "l2",      "row_share",
		"feature_share", "min_hessian", "min_gain"};
	bool given = false;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		lua_getfield(L, 2, names[i]);
		given |= !lua_isnil(L, -1);
		lua_pop(L, 1);
	}
	return given;
}

static bool has_column(const struct model_table *table,
		       enum model_column_role role)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->columns[i].role == role)
			return true;
	return false;
}

static uint32_t feature_at(lua_State *L, const struct gbt_table *table,
			   const char *name)
{
	struct error *err = NULL;

	for (uint32_t f = 0; f < table->features; f++) {
		if (strcmp(table->names[f], name) != 0)
			continue;
		if (!table->level_first ||
		    table->level_first[f + 1] == table->level_first[f])
			return f;
		error_set(&err, ERROR_INVALID,
			  "monotone: '%s' is categorical, expected numbers",
			  name);
		return (uint32_t)lerror_raise(L, err);
	}
	error_set(&err, ERROR_INVALID, "monotone: there is no feature '%s'",
		  name);
	return (uint32_t)lerror_raise(L, err);
}

/* Writes the option `monotone`, { name = 1 or -1, … }, to `ways`, or only
 * raises what is wrong with it when that is NULL. Is there one? */
static bool read_monotone(lua_State *L, const struct gbt_table *table,
			  signed char *ways)
{
	bool given = lua_getfield(L, 2, "monotone") != LUA_TNIL;

	if (given)
		luaL_checktype(L, -1, LUA_TTABLE);
	for (lua_pushnil(L); given && lua_next(L, -2); lua_pop(L, 1)) {
		lua_Integer way = luaL_checkinteger(L, -1);
		uint32_t feature;

		luaL_argcheck(L,
			      lua_type(L, -2) == LUA_TSTRING &&
				      (way == 1 || way == -1),
			      2, "monotone is { column = 1 or -1 }");
		feature = feature_at(L, table, lua_tostring(L, -2));
		if (ways)
			ways[feature] = (signed char)way;
	}
	lua_pop(L, given ? 1 : 2);
	return given;
}

/* A call of the option `progress`. */
struct watching {
	lua_State *L;
	uint32_t trees; /* of all */
	bool failed;    /* its error is on the stack */
};

static bool call_progress(void *context, uint32_t trees, double loss)
{
	struct watching *watching = context;
	lua_State *L = watching->L;
	bool goes_on;

	lua_getfield(L, 2, "progress");
	lua_pushinteger(L, trees);
	lua_pushinteger(L, watching->trees);
	if (isnan(loss))
		lua_pushnil(L);
	else
		lua_pushnumber(L, loss);
	if (lua_pcall(L, 3, 1, 0) != LUA_OK) {
		watching->failed = true;
		return false;
	}
	goes_on = lua_isnil(L, -1) || lua_toboolean(L, -1);
	lua_pop(L, 1);
	return goes_on;
}

/* gbt_train, watched by the option `progress` if there is one. */
static struct gbt_model *learn(lua_State *L, const struct gbt_table *table,
			       struct gbt_options *options, struct error **err)
{
	struct watching watching = {L, options->trees, false};
	struct gbt_model *model;

	if (lua_getfield(L, 2, "progress") != LUA_TNIL) {
		luaL_checktype(L, -1, LUA_TFUNCTION);
		options->progress = call_progress;
		options->context = &watching;
	}
	lua_pop(L, 1);
	luaL_checkstack(L, 8, "too many values");
	model = gbt_train(table, options, err);
	options->progress = NULL;
	if (watching.failed) {
		error_free(*err);
		lua_error(L);
	}
	return model;
}

/* Trees whose predictions rise or fall with some features. */
static struct gbt_model *learn_monotone(lua_State *L,
					const struct gbt_table *table,
					struct gbt_options *options,
					struct error **err)
{
	signed char *ways = lua_newuserdatauv(L, table->features, 0);
	struct gbt_model *model;

	memset(ways, 0, table->features);
	read_monotone(L, table, ways);
	options->monotone = ways;
	model = learn(L, table, options, err);
	lua_pop(L, 1);
	return model;
}

struct gbt_model *model_training_learn(lua_State *L,
				       const struct training *training,
				       const struct gbt_table *table,
				       struct error **err)
{
	struct blend_options blend = {
		.fixed = are_trees_given(L),
		.ordered = training->ordered,
	};

	read_options(L, &blend.trees, table->rows);
	if (lua_getfield(L, 2, "from") != LUA_TNIL)
		blend.trees.from = lmodel_check(L, -1)->model;
	lua_pop(L, 1); /* the options keep it */
	if (read_monotone(L, table, NULL)) {
		if (!options_flag(L, 2, "blend", false))
			return learn_monotone(L, table, &blend.trees, err);
		error_set(err, ERROR_INVALID, "a blend knows no 'monotone'");
		return NULL;
	}
	if (!options_flag(L, 2, "blend", false))
		return learn(L, table, &blend.trees, err);
	if (blend.trees.balance || blend.trees.from) {
		error_set(err, ERROR_INVALID, "a blend knows no '%s'",
			  blend.trees.from ? "from" : "balance");
		return NULL;
	}
	return blend_train(table, &blend, err);
}

/* The names of all options, with one more. */
static void check_options(lua_State *L, const char *extra)
{
	const char *names[sizeof(OPTIONS) / sizeof(*OPTIONS) + 1];
	size_t count = 0;

	luaL_checktype(L, 2, LUA_TTABLE);
	for (; OPTIONS[count]; count++)
		names[count] = OPTIONS[count];
	names[count++] = extra;
	names[count] = NULL;
	options_check(L, 2, names, "training");
	luaL_argcheck(L, options_text(L, 2, "label"), 2,
		      "the option 'label' is missing");
}

static bool is_multiclass(lua_State *L)
{
	const char *objective = options_text(L, 2, "objective");
	enum gbt_objective found;

	return objective && gbt_objective_find(objective, &found) &&
	       found == GBT_MULTICLASS;
}

struct training *model_training_push(lua_State *L, const char *extra)
{
	struct model_source source = {0};
	const char *text = luaL_checklstring(L, 1, &source.length);
	struct training *training;
	struct model_table *table;
	struct error *err = NULL;

	check_options(L, extra);
	source.file = options_text(L, 2, "file");
	if (!options_flag(L, 2, "read", false))
		source.text = text;
	else
		source.file = text;
	if (!source.file)
		source.file = "data";
	training = lua_newuserdatauv(L, sizeof(*training), 0);
	*training = (struct training){0};
	table = &training->table;
	luaL_setmetatable(L, TABLE);
	demand(L, model_table_open(table, &source, &err), &err);
	use(L, table, "ignore", MODEL_IGNORED);
	use(L, table, "categorical", MODEL_CATEGORY);
	use(L, table, "weight", MODEL_WEIGHT);
	use(L, table, "time", MODEL_TIME);
	use(L, table, "group", MODEL_GROUP);
	use(L, table, "label", is_multiclass(L) ? MODEL_CLASS : MODEL_LABEL);
	demand(L, model_table_read(table, &err), &err);
	training->ordered = has_column(table, MODEL_TIME);
	model_view_init(&training->view, table);
	return training;
}

static int l_train(lua_State *L)
{
	struct training *training = model_training_push(L, NULL);
	struct lmodel *model = lmodel_push(L);
	struct error *err = NULL;

	model->model =
		model_training_learn(L, training, &training->view.table, &err);
	demand(L, model->model ? 0 : -1, &err);
	return 1;
}

int luaopen_model_train(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"cross", lmodel_cross}, {"train", l_train}, {NULL, NULL}};

	/* Models are those of the module model. */
	lua_getglobal(L, "require");
	lua_pushliteral(L, "model");
	lua_call(L, 1, 0);
	luaL_newmetatable(L, TABLE);
	lua_pushcfunction(L, l_gc);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
	lmodel_open_cross(L);
	luaL_newlib(L, functions);
	return 1;
}
