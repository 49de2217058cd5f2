#include "runtime/learn/triage/judge.h"

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/expected.h"
#include "runtime/learn/gbt/predict.h"
#include "runtime/learn/triage/look.h"

struct triage_judge {
	struct gbt_model *model;
};

struct triage_judge *triage_judge_open(const void *image, size_t size,
				       struct error **err)
{
	const struct gbt_expected expected = {triage_features(),
					      triage_feature_name};
	struct gbt_model *model = gbt_model_expect(image, size, &expected, err);
	struct triage_judge *judge;

	if (!model)
		return NULL;
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
