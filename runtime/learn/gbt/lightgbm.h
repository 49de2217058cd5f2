/* Models in LightGBM's text format: reading and writing. */
#pragma once

#include "runtime/base/buf.h"
#include "runtime/learn/gbt/model.h"

/*
 * The model in `text`, which `file` names in errors. NULL with ERROR_INVALID
 * "FILE:LINE: what, expected what".
 */
struct gbt_model *gbt_lightgbm_read(const char *text, size_t length,
				    const char *file, struct error **err);

/*
 * Append `model` as LightGBM writes it. Base scores become part of the first
 * trees. ERROR_INVALID for what LightGBM has no words for: calibration, sums
 * of floats; ERROR_LIMIT when `out` is full. 0 or -1.
 */
int gbt_lightgbm_write(const struct gbt_model *model, struct buf *out,
		       struct error **err);
