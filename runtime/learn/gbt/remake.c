/* A model's shape, and models with another calibration. */
#include "runtime/learn/gbt/remake.h"

#include <math.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/calibrate.h"
#include "runtime/learn/gbt/predict.h"

enum { FOLDS = 5, FEWEST = 10 }; /* rows of each class to choose by folds */

static const char *const *texts_of(const struct gbt_strings *strings)
{
	const char **texts =
		mem_array((size_t)strings->count + 1, sizeof(*texts));

	for (uint32_t i = 0; i < strings->count; i++)
		texts[i] = gbt_string(strings, i);
	return texts;
}

void gbt_shape_of(const struct gbt_model *model, struct gbt_shape *shape)
{
	*shape = (struct gbt_shape){
		.features = model->features,
		.outputs = model->outputs,
		.objective = model->objective,
		.transform = model->transform,
		.sigmoid = model->sigmoid,
		.alpha = model->alpha,
		.power = model->power,
		.average = model->average,
		.float_sums = model->float_sums,
		.base = model->base,
		.names = texts_of(&model->names),
		.levels = model->level_first ? texts_of(&model->levels) : NULL,
		.level_first = model->level_first,
		.classes = texts_of(&model->classes),
		.class_count = model->classes.count,
		.about = texts_of(&model->about),
		.about_count = model->about.count,
		.added = model->added,
		.calibration = model->calibration,
		.calibration_table = model->calibration_table,
		.calibration_count = model->calibration_count,
	};
}

void gbt_shape_release(struct gbt_shape *shape)
{
	mem_free((void *)shape->names);
	mem_free((void *)shape->levels);
	mem_free((void *)shape->classes);
	mem_free((void *)shape->about);
	*shape = (struct gbt_shape){0};
}

/* A calibration's table, owned. */
static double *learn(const struct gbt_sample *sample,
		     enum gbt_calibration method, uint32_t *count)
{
	double *table;

	if (method == GBT_ISOTONIC)
		return gbt_isotonic(sample, count);
	table = mem_array(2, sizeof(*table));
	gbt_platt(sample, table);
	*count = 2;
	return table;
}

/* Every fifth row, or all but those. */
struct fold {
	double *truth, *score, *weights; /* owned; room for all rows */
	struct gbt_sample sample;
};

static void take_fold(struct fold *fold, const struct gbt_sample *all,
		      size_t which, bool held)
{
	fold->sample = (struct gbt_sample){fold->truth, fold->score,
					   fold->weights, 0, NULL};
	for (size_t i = 0; i < all->count; i++) {
		size_t at = fold->sample.count;

		if ((i % FOLDS == which) != held)
			continue;
		fold->truth[at] = all->truth[i];
		fold->score[at] = all->score[i];
		fold->weights[at] = all->weights ? all->weights[i] : 1;
		fold->sample.count++;
	}
}

static bool has_both(const struct gbt_sample *sample, size_t fewest)
{
	size_t positives = 0;

	for (size_t i = 0; i < sample->count; i++)
		positives += sample->truth[i] > 0;
	return positives >= fewest && sample->count - positives >= fewest;
}

/* The log loss of held-out rows, summed over the folds. */
static double cross_validate(const struct gbt_model *model,
			     const struct gbt_sample *all, struct fold *fold,
			     enum gbt_calibration method)
{
	struct gbt_model view = *model;
	double loss = 0;

	for (size_t which = 0; which < FOLDS; which++) {
		double *table = NULL;

		view.calibration = method;
		if (method != GBT_UNCALIBRATED) {
			take_fold(fold, all, which, false);
			table = learn(&fold->sample, method,
				      &view.calibration_count);
		}
		view.calibration_table = table;
		take_fold(fold, all, which, true);
		for (size_t i = 0; i < fold->sample.count; i++)
			gbt_transform_raw(&view, &fold->score[i]);
		if (fold->sample.count)
			loss += gbt_log_loss(&fold->sample) *
				(double)fold->sample.count;
		mem_free(table);
	}
	return loss;
}

static enum gbt_calibration choose(const struct gbt_model *model,
				   const struct gbt_sample *sample)
{
	struct fold fold = {mem_array(sample->count + 1, sizeof(double)),
			    mem_array(sample->count + 1, sizeof(double)),
			    mem_array(sample->count + 1, sizeof(double)),
			    {0}};
	enum gbt_calibration best = GBT_UNCALIBRATED;
	double least = INFINITY;

	for (int method = GBT_UNCALIBRATED; method <= GBT_ISOTONIC; method++) {
		double loss = cross_validate(model, sample, &fold,
					     (enum gbt_calibration)method);

		if (loss < least) {
			least = loss;
			best = (enum gbt_calibration)method;
		}
	}
	mem_free(fold.truth);
	mem_free(fold.score);
	mem_free(fold.weights);
	return best;
}

static struct gbt_model *with_table(const struct gbt_model *model,
				    enum gbt_calibration method,
				    const double *table, uint32_t count,
				    struct error **err)
{
	struct gbt_builder *builder = gbt_builder_new();
	struct gbt_model *made;
	struct gbt_shape shape;

	gbt_shape_of(model, &shape);
	shape.calibration = method;
	shape.calibration_table = table;
	shape.calibration_count = count;
	for (uint32_t i = 0; i < model->tree_count; i++)
		gbt_builder_copy(builder, model, i);
	made = gbt_builder_finish(builder, &shape, err);
	gbt_shape_release(&shape);
	gbt_builder_free(builder);
	return made;
}

struct gbt_model *gbt_model_calibrate(const struct gbt_model *model,
				      const struct gbt_sample *sample,
				      enum gbt_calibration method,
				      struct error **err)
{
	struct gbt_model plain = *model, *made;
	double *table = NULL;
	uint32_t count = 0;

	if (model->outputs != 1 || model->transform != GBT_SIGMOID) {
		error_set(err, ERROR_INVALID,
			  "the model's predictions are no"
			  " probability, expected two"
			  " classes");
		return NULL;
	}
	if (!has_both(sample, FEWEST)) {
		error_set(err, ERROR_INVALID,
			  "too few rows to calibrate with, expected %d of each"
			  " class",
			  FEWEST);
		return NULL;
	}
	plain.calibration = GBT_UNCALIBRATED;
	if (method == GBT_UNCALIBRATED)
		method = choose(&plain, sample);
	if (method != GBT_UNCALIBRATED)
		table = learn(sample, method, &count);
	made = with_table(model, method, table, count, err);
	mem_free(table);
	return made;
}
