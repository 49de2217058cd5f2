/* What a blend adds to its trees: a sum over the features, each by itself. */
#pragma once

#include "runtime/learn/gbt/model.h"

/* Of a number: when missing, else slope * (within low and high) + offset. */
enum {
	GBT_ADDED_SLOPE,
	GBT_ADDED_LOW,
	GBT_ADDED_HIGH,
	GBT_ADDED_OFFSET,
	GBT_ADDED_MISSING,
	GBT_ADDED_NUMBER /* how many */
};

/* Of a category: when missing, when unknown, then one a level. */
enum { GBT_ADDED_NONE, GBT_ADDED_UNKNOWN, GBT_ADDED_LEVELS };

/* What the `count` doubles of a feature say of a value; none: 0. */
double gbt_added_value(const double *part, uint32_t count, bool category,
		       double value);

/* How many doubles the feature may have, unless none. */
uint32_t gbt_added_width(const struct gbt_model *model, uint32_t feature);

/* What the model's own say of feature `feature` of the row. */
double gbt_added_of(const struct gbt_model *model, uint32_t feature,
		    const double *row);

/* The sum over all; 0 of a model that is no blend. */
double gbt_added_sum(const struct gbt_model *model, const double *row);

/* 0, or -1 with ERROR_INVALID: what an opened image says cannot be. */
int gbt_check_added(const struct gbt_model *model, size_t count,
		    struct error **err);
