/* What a model says of the rows of a CSV text, beside what is true. */
#pragma once

#include <lua.h>

#include "lua/lmodel.h"
#include "runtime/learn/gbt/metrics.h"

/*
 * Push a userdata that holds predictions (or, with `raw`, raw scores) and
 * labels of all rows of the text at 2, by the options at 3 { file, label };
 * raises `invalid`. `sample` is borrowed from it.
 */
void model_sample_push(lua_State *L, struct lmodel *model, bool raw,
		       struct gbt_sample *sample);

/* Two classes, or more than that? Else predictions are numbers. */
bool model_sample_is_binary(const struct gbt_model *model);
bool model_sample_has_classes(const struct gbt_model *model);
