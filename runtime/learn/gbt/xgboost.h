/* Models in XGBoost's JSON. */
#pragma once

#include "runtime/learn/gbt/model.h"

/*
 * The model in `text`, which `file` names in errors: gbtree or dart, of 1.x to
 * 3.x. NULL with ERROR_INVALID "FILE:LINE: what, expected what".
 */
struct gbt_model *gbt_xgboost_read(const char *text, size_t length,
				   const char *file, struct error **err);
