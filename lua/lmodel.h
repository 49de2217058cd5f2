/* Models as Lua sees them; between the files of the module model. */
#pragma once

#include <lua.h>

#include "runtime/learn/gbt/explain.h"
#include "runtime/learn/gbt/fast.h"
#include "runtime/learn/gbt/model.h"

#define LMODEL "tidemill.model"

struct lmodel {
	struct gbt_model *model;         /* owned; NULL until it is made */
	struct gbt_explainer *explainer; /* owned; made when it is needed */
	struct gbt_fast *fast;           /* owned; when it is worth it */
	size_t rows;                     /* that were predicted before that */
};

/* Push a model that is still empty: set `model` next, nothing may raise. */
struct lmodel *lmodel_push(lua_State *L);

struct lmodel *lmodel_check(lua_State *L, int index);

/* The model's explainer; raises when contributions cannot be had. */
struct gbt_explainer *lmodel_explainer(lua_State *L, struct lmodel *model);

/* The raw scores of `count` rows, one behind the other. */
void lmodel_batch(struct lmodel *model, const double *rows, size_t count,
		  double *raw);

struct model_source;

/*
 * The text at 2 and its name among the options at 3 { file, read }: with
 * `read` it is the path of a file instead. Borrowed from the stack.
 */
void lmodel_source(lua_State *L, struct model_source *source);

/* The texts of `strings` as a list. */
void lmodel_push_strings(lua_State *L, const struct gbt_strings *strings);

int lmodel_scores(lua_State *L);     /* model:scores(text, options) */
int lmodel_evaluate(lua_State *L);   /* model:evaluate(text, options) */
int lmodel_calibrate(lua_State *L);  /* model:calibrate(text, options) */
int lmodel_importance(lua_State *L); /* model:importance(text, options) */
int lmodel_info(lua_State *L);       /* model:info() */

struct gbt_sample;

/* A table of how good predictions are, by what the model predicts. */
void lmodel_push_metrics(lua_State *L, const struct gbt_model *model,
			 const struct gbt_sample *sample);

/* Make the metatables of what the other files push. */
void lmodel_open_scores(lua_State *L);
void lmodel_open_sample(lua_State *L);
