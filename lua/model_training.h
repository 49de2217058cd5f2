/* What the options of a training say; between the files of model_train. */
#pragma once

#include <lua.h>

#include "lua/model_table.h"

/* A userdata. */
struct training {
	struct model_table table;
	struct model_view view;
	bool ordered; /* there is a column of time */
};

/*
 * Push the table of the text at 1 by the options at 2, of which `extra` (or
 * NULL) is one more than those of training; raises what is wrong with them.
 */
struct training *model_training_push(lua_State *L, const char *extra);

/* The options at 2 for `table`; the model, or NULL with `err`. */
struct gbt_model *model_training_learn(lua_State *L,
				       const struct training *training,
				       const struct gbt_table *table,
				       struct error **err);

int lmodel_cross(lua_State *L); /* model_train.cross(text, options) */
void lmodel_open_cross(lua_State *L);
