/* Models from models: the same trees, something else around them. */
#pragma once

#include "runtime/learn/gbt/builder.h"
#include "runtime/learn/gbt/metrics.h"

/*
 * Fill `shape` with what `model` has, borrowed from it: with gbt_builder_copy
 * of each tree it makes the same model. Frees with gbt_shape_release.
 */
void gbt_shape_of(const struct gbt_model *model, struct gbt_shape *shape);
void gbt_shape_release(struct gbt_shape *shape);

/*
 * `model` with a calibration that is learnt from raw scores and labels it was
 * not trained on. With GBT_UNCALIBRATED the method is chosen: the best log
 * loss in five-fold cross-validation over `sample`, or none. NULL with
 * ERROR_INVALID unless the model is of two classes and both are there.
 */
struct gbt_model *gbt_model_calibrate(const struct gbt_model *model,
				      const struct gbt_sample *sample,
				      enum gbt_calibration method,
				      struct error **err);
