/* What a model says of the rows of a CSV text, beside what is true. */
#pragma once

#include <lua.h>

#include "lua/lmodel.h"
#include "runtime/learn/gbt/metrics.h"

/*
 * Push a userdata that holds predictions (or, with `raw`, raw scores) and
 * labels of all rows of the text at 2, by the options at 3 { file, label,
 * weight }; raises `invalid`. `sample` is borrowed from it.
 */
void model_sample_push(lua_State *L, struct lmodel *model, bool raw,
		       struct gbt_sample *sample);

enum { MODEL_SAMPLE_VALUES = 32 << 20 }; /* that are kept, at most */

/*
 * Push a userdata that holds the first rows, at most `most` of them, and their
 * labels. Borrowed from it: `rows` and what is in `sample`, but no scores.
 */
double *model_sample_push_rows(lua_State *L, struct lmodel *model, size_t most,
			       struct gbt_sample *sample);

/* Two classes, or more than that? Else predictions are numbers. */
bool model_sample_is_binary(const struct gbt_model *model);
bool model_sample_has_classes(const struct gbt_model *model);
