/* Binding: the module canary. */
#include <lauxlib.h>
#include <math.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/options.h"
#include "runtime/base/mem.h"
#include "runtime/learn/canary/canary.h"

enum { VALUES_MAX = 4 << 20, METRICS_MAX = 10000 };

static const char *const judges[] = {"shift", "ranks", "means", NULL};
static const char *const directions[] = {"either", "increase", "decrease",
					 NULL};
static const char *const effects[] = {"ratio", "cles", NULL};

static int invalid(lua_State *L, const char *format, const char *name)
{
	struct error *err = NULL;

	error_set(&err, ERROR_INVALID, format, name);
	return lerror_raise(L, err);
}

struct range {
	double least, most;
};

/* A number in `range` in the table at `index`. */
static double number(lua_State *L, int index, const char *name,
		     struct range range, double missing)
{
	double value = missing;

	if (!lua_istable(L, index))
		return missing;
	if (lua_getfield(L, index, name) != LUA_TNIL) {
		int is_number;

		value = lua_tonumberx(L, -1, &is_number);
		if (!is_number ||
		    !(value >= range.least && value <= range.most))
			invalid(L, "'%s' is out of range", name);
	}
	lua_pop(L, 1);
	return value;
}

static void read_pair(lua_State *L, int index, const char *name, double *pair)
{
	if (!lua_istable(L, index))
		return;
	if (lua_getfield(L, index, name) == LUA_TTABLE)
		for (int i = 0; i < 2; i++) {
			lua_rawgeti(L, -1, i + 1);
			if (!lua_isnumber(L, -1))
				invalid(L, "'%s' wants two numbers", name);
			pair[i] = lua_tonumber(L, -1);
			lua_pop(L, 1);
		}
	else if (!lua_isnil(L, -1))
		invalid(L, "'%s' wants two numbers", name);
	lua_pop(L, 1);
}

static void read_options(lua_State *L, int index,
			 struct canary_options *options)
{
	static const char *const names[] = {
		"judge",   "direction", "effect",  "tolerance", "confidence",
		"allowed", "fatal",     "detect",  "critical",  "required",
		"replace", "outliers",  "metrics", NULL};

	options_check(L, index, names, "canary.metric");
	canary_defaults(options, (enum canary_judge)options_choice(
					 L, index, "judge", judges));
	options->direction = (enum canary_direction)options_choice(
		L, index, "direction", directions);
	options->effect =
		(enum canary_effect)options_choice(L, index, "effect", effects);
	options->tolerance = number(L, index, "tolerance",
				    (struct range){0, 1e6}, options->tolerance);
	options->confidence =
		number(L, index, "confidence", (struct range){0.5, 0.999999},
		       options->confidence);
	options->detect = number(L, index, "detect", (struct range){1e-6, 1e6},
				 options->detect);
	options->critical = options_flag(L, index, "critical", false);
	options->required = options_flag(L, index, "required", false);
	options->replace = options_flag(L, index, "replace", false);
	options->outliers = options_flag(L, index, "outliers", false);
	options->metrics = (size_t)options_count(L, index, "metrics", 1, 1);
	read_pair(L, index, "allowed", options->allowed);
	read_pair(L, index, "fatal", options->fatal);
}

/* The list of numbers at `index`; pushes the memory, which Lua frees. */
static const double *series(lua_State *L, int index, size_t *count)
{
	double *values;

	luaL_checktype(L, index, LUA_TTABLE);
	*count = lua_rawlen(L, index);
	if (*count > VALUES_MAX)
		invalid(L, "too many values%s", "");
	values = lua_newuserdatauv(L, (*count + 1) * sizeof(*values), 0);
	for (size_t i = 0; i < *count; i++) {
		lua_rawgeti(L, index, (lua_Integer)i + 1);
		if (!lua_isnumber(L, -1))
			invalid(L,
				"a series has something else than "
				"numbers%s",
				"");
		values[i] = lua_tonumber(L, -1);
		lua_pop(L, 1);
	}
	return values;
}

/* What JSON cannot say is left out. */
static void set(lua_State *L, const char *name, double value)
{
	if (!isfinite(value))
		return;
	lua_pushnumber(L, value);
	lua_setfield(L, -2, name);
}

static void set_count(lua_State *L, const char *name, size_t value)
{
	lua_pushinteger(L, (lua_Integer)value);
	lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, bool value)
{
	lua_pushboolean(L, value);
	lua_setfield(L, -2, name);
}

static void push_metric(lua_State *L, const struct canary_metric *metric,
			const struct canary_options *options)
{
	char reason[300];

	canary_reason(metric, options, reason, sizeof(reason));
	lua_createtable(L, 0, 20);
	lua_pushstring(L, canary_class_name(metric->class));
	lua_setfield(L, -2, "classification");
	lua_pushstring(L, reason);
	lua_setfield(L, -2, "reason");
	set_flag(L, "critical_failure", metric->fatal);
	set_flag(L, "thin", metric->thin);
	set_flag(L, "required", metric->class == CANARY_NODATA_FAIL);
	set_count(L, "baseline_count", metric->baseline);
	set_count(L, "canary_count", metric->canary);
	set(L, "baseline_mean", metric->baseline_mean);
	set(L, "canary_mean", metric->canary_mean);
	set(L, "effect", metric->effect);
	set(L, "shift", metric->shift);
	set(L, "lower", metric->lower);
	set(L, "upper", metric->upper);
	set(L, "p", metric->p);
	if (options->judge != CANARY_SHIFT)
		return;
	set(L, "sequential_p", metric->sequential);
	set(L, "independent_values", metric->effective);
	if (metric->needed >= 0)
		set(L, "values_needed", metric->needed);
}

static int l_metric(lua_State *L)
{
	struct canary_options options;
	struct canary_metric metric;
	struct canary_series both;

	lua_settop(L, 3);
	read_options(L, 3, &options);
	both.baseline = series(L, 1, &both.baseline_count);
	both.canary = series(L, 2, &both.canary_count);
	canary_metric(&both, &options, &metric);
	push_metric(L, &metric, &options);
	return 1;
}

static enum canary_class read_class(lua_State *L, int index)
{
	static const char *const names[] = {"pass", "high", "low", "nodata",
					    NULL};
	int class = options_choice(L, index, "classification", names);

	if (class == CANARY_NODATA && options_flag(L, index, "required", false))
		return CANARY_NODATA_FAIL;
	return (enum canary_class) class;
}

/* All metrics of a call, each in a group; memory of Lua. */
struct scoring {
	struct canary_metric *metrics;
	const struct canary_metric **pointers;
	double *weights;
	struct canary_group *groups;
	size_t count, used;
};

/* Reads the list of metrics at `index` as one group more. */
static void read_group(lua_State *L, int index, struct scoring *scoring,
		       size_t number_of)
{
	struct canary_group *group = &scoring->groups[number_of];
	size_t count = lua_rawlen(L, index);

	group->metrics = scoring->pointers + scoring->used;
	group->weights = scoring->weights + scoring->used;
	group->count = count;
	group->weight = number(L, index, "weight", (struct range){0, 1e9}, NAN);
	for (size_t i = 0; i < count; i++) {
		size_t place = scoring->used++;
		struct canary_metric *metric = &scoring->metrics[place];

		if (lua_rawgeti(L, index, (lua_Integer)i + 1) != LUA_TTABLE)
			invalid(L, "a metric is a table%s", "");
		*metric = (struct canary_metric){
			.class = read_class(L, lua_gettop(L)),
			.fatal = options_flag(L, lua_gettop(L),
					      "critical_failure", false),
			.thin = options_flag(L, lua_gettop(L), "thin", false)};
		scoring->weights[place] = number(L, lua_gettop(L), "weight",
						 (struct range){0, 1e9}, 1);
		scoring->pointers[place] = metric;
		lua_pop(L, 1);
	}
}

static size_t count_metrics(lua_State *L, size_t groups)
{
	size_t total = 0;

	for (size_t i = 0; i < groups; i++) {
		if (lua_rawgeti(L, 1, (lua_Integer)i + 1) != LUA_TTABLE)
			invalid(L, "a group is a list of metrics%s", "");
		total += lua_rawlen(L, -1);
		lua_pop(L, 1);
	}
	if (total > METRICS_MAX || groups > METRICS_MAX)
		invalid(L, "too many metrics%s", "");
	return total;
}

static int l_score(lua_State *L)
{
	struct scoring scoring = {0};
	enum canary_verdict verdict;
	double pass, marginal, score;
	size_t groups;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 2);
	groups = lua_rawlen(L, 1);
	pass = number(L, 2, "pass", (struct range){0, 100}, 95);
	marginal = number(L, 2, "marginal", (struct range){0, 100}, 75);
	scoring.count = count_metrics(L, groups);
	scoring.metrics = lua_newuserdatauv(
		L, (scoring.count + 1) * sizeof(*scoring.metrics), 0);
	scoring.pointers =
		lua_newuserdatauv(L, (scoring.count + 1) * sizeof(void *), 0);
	scoring.weights = lua_newuserdatauv(
		L, (scoring.count + 1) * sizeof(*scoring.weights), 0);
	scoring.groups =
		lua_newuserdatauv(L, (groups + 1) * sizeof(*scoring.groups), 0);
	for (size_t i = 0; i < groups; i++) {
		lua_rawgeti(L, 1, (lua_Integer)i + 1);
		read_group(L, lua_gettop(L), &scoring, i);
		lua_pop(L, 1);
	}
	verdict = canary_score(scoring.groups, groups, pass, marginal, &score);
	lua_pushnumber(L, score);
	lua_pushstring(L, canary_verdict_name(verdict));
	return 2;
}

int luaopen_canary(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"metric", l_metric},
		{"score", l_score},
		{NULL, NULL},
	};

	luaL_newlib(L, functions);
	return 1;
}
