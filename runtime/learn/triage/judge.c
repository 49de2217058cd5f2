#include "runtime/learn/triage/judge.h"

#include <math.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/predict.h"
#include "runtime/learn/triage/look.h"

enum { NAME_MAX_BYTES = 64 };

struct triage_judge {
	struct gbt_model *model;
};

/* Are the model's features ours, in our order? */
static int check(const struct gbt_model *model, struct error **err)
{
	char name[NAME_MAX_BYTES];

	if (model->features != triage_features() || model->outputs != 1)
		return error_set(err, ERROR_INVALID,
				 "a model of %u features, expected %u",
				 model->features, triage_features());
	for (uint32_t i = 0; i < model->features; i++) {
		triage_feature_name(i, name, sizeof(name));
		if (strcmp(gbt_string(&model->names, i), name) != 0)
			return error_set(err, ERROR_INVALID,
					 "feature %u is '%s', expected '%s'", i,
					 gbt_string(&model->names, i), name);
	}
	return 0;
}

struct triage_judge *triage_judge_open(const void *image, size_t size,
				       struct error **err)
{
	struct triage_judge *judge;
	struct gbt_model *model;
	void *copy = mem_alloc(size + 1);

	memcpy(copy, image, size);
	model = gbt_model_adopt(copy, size, err);
	if (!model)
		return NULL;
	if (check(model, err) < 0) {
		gbt_model_free(model);
		return NULL;
	}
	judge = mem_alloc(sizeof(*judge));
	judge->model = model;
	return judge;
}

void triage_judge_free(struct triage_judge *judge)
{
	if (!judge)
		return;
	gbt_model_free(judge->model);
	mem_free(judge);
}

void triage_judge_lines(const struct triage_judge *judge,
			struct triage_lines *lines)
{
	float row[TRIAGE_FEATURES_MAX];
	double wide[TRIAGE_FEATURES_MAX], score;

	for (uint32_t i = 0; i < lines->count; i++) {
		struct triage_line *line = &lines->list[i];

		line->score = 0;
		if (triage_has(line->marks, MARK_blank) ||
		    triage_has(line->marks, MARK_chatter))
			continue;
		triage_look(lines, i, row);
		for (unsigned n = 0; n < judge->model->features; n++)
			wide[n] = row[n];
		gbt_predict(judge->model, wide, &score);
		line->score = (float)score;
	}
}
