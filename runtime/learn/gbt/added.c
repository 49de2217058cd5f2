#include "runtime/learn/gbt/added.h"

#include <math.h>

static double of_number(const double *part, double value)
{
	if (isnan(value))
		return part[GBT_ADDED_MISSING];
	value = fmax(part[GBT_ADDED_LOW], fmin(part[GBT_ADDED_HIGH], value));
	return part[GBT_ADDED_SLOPE] * value + part[GBT_ADDED_OFFSET];
}

double gbt_added_value(const double *part, uint32_t count, bool category,
		       double value)
{
	if (count == 0)
		return 0;
	if (!category)
		return of_number(part, value);
	if (isnan(value))
		return part[GBT_ADDED_NONE];
	if (!(value >= 0 && value < (double)(count - GBT_ADDED_LEVELS)))
		return part[GBT_ADDED_UNKNOWN];
	return part[GBT_ADDED_LEVELS + (uint32_t)value];
}

uint32_t gbt_added_width(const struct gbt_model *model, uint32_t feature)
{
	uint32_t levels = gbt_level_count(model, feature);

	return levels ? GBT_ADDED_LEVELS + levels : GBT_ADDED_NUMBER;
}

double gbt_added_of(const struct gbt_model *model, uint32_t feature,
		    const double *row)
{
	const struct gbt_added *added = &model->added;
	uint32_t first, count;

	if (!added->first)
		return 0;
	first = added->first[feature];
	count = added->first[feature + 1] - first;
	if (!count)
		return 0;
	return gbt_added_value(added->values + first, count,
			       gbt_level_count(model, feature) > 0,
			       row[feature]);
}

double gbt_added_sum(const struct gbt_model *model, const double *row)
{
	double sum = 0;

	if (!model->added.first)
		return 0;
	for (uint32_t i = 0; i < model->features; i++)
		sum += gbt_added_of(model, i, row);
	return sum;
}

static int invalid(struct error **err)
{
	return error_set(err, ERROR_INVALID,
			 "not a model: what is added to its trees is damaged");
}

int gbt_check_added(const struct gbt_model *model, size_t count,
		    struct error **err)
{
	const struct gbt_added *added = &model->added;

	if (!added->first)
		return 0;
	if (model->outputs != 1 || model->average || added->first[0] != 0 ||
	    added->first[model->features] != count)
		return invalid(err);
	for (uint32_t i = 0; i < model->features; i++) {
		uint32_t first = added->first[i], end = added->first[i + 1];

		if (end < first || end > count ||
		    (end > first && end - first != gbt_added_width(model, i)))
			return invalid(err);
	}
	for (size_t i = 0; i < count; i++)
		if (!isfinite(added->values[i]))
			return invalid(err);
	return 0;
}
