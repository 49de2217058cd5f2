#include "runtime/learn/config/score.h"

#include <stdio.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/expected.h"
#include "runtime/learn/gbt/explain.h"
#include "runtime/learn/gbt/predict.h"

struct config_score {
	struct gbt_model *model;
	struct gbt_explainer *explainer; /* made when it is asked first */
};

static void name_of(uint32_t feature, char *name, size_t room)
{
	snprintf(name, room, "%s",
		 config_feature_name((enum config_feature)feature));
}

struct config_score *config_score_open(const void *image, size_t size,
				       struct error **err)
{
	static const struct gbt_expected expected = {CONFIG_FEATURES, name_of};
	struct gbt_model *model = gbt_model_expect(image, size, &expected, err);
	struct config_score *score;

	if (!model)
		return NULL;
	score = mem_alloc(sizeof(*score));
	score->model = model;
	return score;
}

void config_score_free(struct config_score *score)
{
	if (!score)
		return;
	gbt_explainer_free(score->explainer);
	gbt_model_free(score->model);
	mem_free(score);
}

static void widen(const struct config_row *row, double *features)
{
	for (int i = 0; i < CONFIG_FEATURES; i++)
		features[i] = (double)row->features[i];
}

double config_score_row(const struct config_score *score,
			const struct config_row *row)
{
	double features[CONFIG_FEATURES], raw;

	widen(row, features);
	gbt_raw(score->model, features, &raw);
	return raw;
}

int config_score_explain(struct config_score *score,
			 const struct config_row *row, double *shares,
			 struct error **err)
{
	double features[CONFIG_FEATURES], all[CONFIG_FEATURES + 1];

	if (!score->explainer)
		score->explainer = gbt_explainer_new(score->model, err);
	if (!score->explainer)
		return -1;
	widen(row, features);
	gbt_explain(score->explainer, features, all);
	memcpy(shares, all, CONFIG_FEATURES * sizeof(double));
	return 0;
}
