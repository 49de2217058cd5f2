/* What a model says of itself, as a table. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "lua/lmodel.h"
#include "runtime/base/mem.h"

static void set_number(lua_State *L, const char *name, double value)
{
	lua_pushnumber(L, value);
	lua_setfield(L, -2, name);
}

static void set_count(lua_State *L, const char *name, uint32_t value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, name);
}

/* The table `name` of two numbers a feature: splits and their gain. */
static void push_importance(lua_State *L, const struct gbt_model *model)
{
	lua_createtable(L, (int)model->features, 0);
	for (uint32_t f = 0; f < model->features; f++) {
		lua_createtable(L, 0, 4);
		lua_pushstring(L, gbt_string(&model->names, f));
		lua_setfield(L, -2, "name");
		set_count(L, "levels", gbt_level_count(model, f));
		set_count(L, "splits", 0);
		set_number(L, "gain", 0);
		lua_rawseti(L, -2, (lua_Integer)f + 1);
	}
}

struct importance {
	double gain;
	uint32_t splits;
};

static void fill_importance(lua_State *L, const struct gbt_model *model)
{
	struct importance *sums =
		mem_array((size_t)model->features + 1, sizeof(*sums));

	for (uint32_t i = 0; i < model->node_count; i++) {
		sums[model->nodes[i].feature].splits++;
		sums[model->nodes[i].feature].gain += model->gains[i];
	}
	for (uint32_t f = 0; f < model->features; f++) {
		lua_rawgeti(L, -1, (lua_Integer)f + 1);
		set_count(L, "splits", sums[f].splits);
		set_number(L, "gain", sums[f].gain);
		lua_pop(L, 1);
	}
	mem_free(sums);
}

/* The shares of a blend's parts, which are among its notes; or nothing. */
static void set_shares(lua_State *L, const struct gbt_model *model)
{
	static const char prefix[] = "share.";

	bool found = false;

	lua_newtable(L);
	for (uint32_t i = 0; i < model->about.count; i++) {
		const char *note = gbt_string(&model->about, i);
		const char *equals = strchr(note, '=');

		if (!equals || strncmp(note, prefix, strlen(prefix)) != 0)
			continue;
		note += strlen(prefix);
		lua_pushlstring(L, note, (size_t)(equals - note));
		lua_pushnumber(L, strtod(equals + 1, NULL));
		lua_settable(L, -3);
		found = true;
	}
	if (found)
		lua_setfield(L, -2, "shares");
	else
		lua_pop(L, 1);
}

int lmodel_info(lua_State *L)
{
	static const char *const transforms[] = {
		"identity", "sigmoid", "softmax",  "exp",
		"square",   "largest", "positive", "softplus"};
	static const char *const calibrations[] = {"none", "platt", "isotonic"};
	const struct gbt_model *model = lmodel_check(L, 1)->model;

	lua_newtable(L);
	lua_pushstring(L, gbt_objective_name(model->objective));
	lua_setfield(L, -2, "objective");
	lua_pushstring(L, transforms[model->transform]);
	lua_setfield(L, -2, "transform");
	lua_pushstring(L, calibrations[model->calibration]);
	lua_setfield(L, -2, "calibration");
	set_count(L, "trees", model->tree_count);
	set_count(L, "leaves", model->leaf_count);
	set_count(L, "depth", model->depth);
	set_count(L, "outputs", model->outputs);
	lua_pushboolean(L, model->average);
	lua_setfield(L, -2, "average");
	lua_pushboolean(L, model->linear.first != NULL);
	lua_setfield(L, -2, "linear");
	lua_pushinteger(L, (lua_Integer)model->image_size);
	lua_setfield(L, -2, "bytes");
	lmodel_push_strings(L, &model->classes);
	lua_setfield(L, -2, "classes");
	lmodel_push_strings(L, &model->about);
	lua_setfield(L, -2, "about");
	set_shares(L, model);
	push_importance(L, model);
	fill_importance(L, model);
	lua_setfield(L, -2, "features");
	return 1;
}
