/* From raw scores to predictions. */
#include <math.h>

#include "runtime/learn/gbt/predict.h"

static double sigmoid(double raw)
{
	return 1 / (1 + exp(-raw));
}

static void softmax(double *raw, uint32_t count)
{
	double most = raw[0], sum = 0;

	for (uint32_t i = 1; i < count; i++)
		most = fmax(most, raw[i]);
	for (uint32_t i = 0; i < count; i++)
		sum += raw[i] = exp(raw[i] - most);
	for (uint32_t i = 0; i < count; i++)
		raw[i] /= sum;
}

static double largest(const double *raw, uint32_t count)
{
	uint32_t found = 0;

	for (uint32_t i = 1; i < count; i++)
		if (raw[i] > raw[found])
			found = i;
	return found;
}

/* Between the two points around it; outside of all, the nearest. */
static double isotonic(const double *table, uint32_t count, double raw)
{
	uint32_t points = count / 2, low = 0, high = points - 1;
	double width;

	if (!(raw > table[0]))
		return table[1];
	if (raw >= table[2 * (size_t)high])
		return table[2 * (size_t)high + 1];
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (table[2 * (size_t)middle] <= raw)
			low = middle;
		else
			high = middle;
	}
	table += 2 * (size_t)low;
	width = table[2] - table[0];
	return table[1] + (table[3] - table[1]) * ((raw - table[0]) / width);
}

static double transform_one(const struct gbt_model *model, double raw)
{
	switch (model->transform) {
	case GBT_SIGMOID:
		return sigmoid(model->sigmoid * raw);
	case GBT_EXP:
		return exp(raw);
	case GBT_SQUARE:
		return copysign(raw * raw, raw);
	case GBT_POSITIVE:
		return raw > 0;
	case GBT_SOFTPLUS:
		return raw > 30 ? raw : log1p(exp(raw));
	default:
		return raw;
	}
}

static double calibrated(const struct gbt_model *model, double raw)
{
	const double *table = model->calibration_table;

	if (model->calibration == GBT_PLATT)
		return sigmoid(table[0] * raw + table[1]);
	return isotonic(table, model->calibration_count, raw);
}

void gbt_transform_raw(const struct gbt_model *model, double *raw)
{
	uint32_t count = model->outputs;

	if (model->average)
		for (uint32_t i = 0; i < count; i++)
			raw[i] /= gbt_iterations(model);
	if (model->calibration != GBT_UNCALIBRATED)
		for (uint32_t i = 0; i < count; i++)
			raw[i] = calibrated(model, raw[i]);
	else if (model->transform == GBT_SOFTMAX)
		softmax(raw, count);
	else if (model->transform == GBT_LARGEST)
		raw[0] = largest(raw, count);
	else
		for (uint32_t i = 0; i < count; i++)
			raw[i] = transform_one(model, raw[i]);
}
