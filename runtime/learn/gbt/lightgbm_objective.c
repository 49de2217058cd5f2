/* LightGBM's names of objectives. */
#include <string.h>

#include "runtime/learn/gbt/lightgbm_parts.h"

static const struct {
	const char *name;
	enum gbt_objective objective;
	enum gbt_transform transform;
} objectives[] = {
	{"binary", GBT_BINARY, GBT_SIGMOID},
	{"cross_entropy", GBT_CROSS_ENTROPY, GBT_SIGMOID},
	{"xentropy", GBT_CROSS_ENTROPY, GBT_SIGMOID},
	{"cross_entropy_lambda", GBT_OTHER, GBT_SOFTPLUS},
	{"xentlambda", GBT_OTHER, GBT_SOFTPLUS},
	{"multiclass", GBT_MULTICLASS, GBT_SOFTMAX},
	{"multiclassova", GBT_ONE_VS_ALL, GBT_SIGMOID},
	{"regression", GBT_REGRESSION, GBT_IDENTITY},
	{"regression_l2", GBT_REGRESSION, GBT_IDENTITY},
	{"regression_l1", GBT_L1, GBT_IDENTITY},
	{"huber", GBT_HUBER, GBT_IDENTITY},
	{"fair", GBT_OTHER, GBT_IDENTITY},
	{"mape", GBT_OTHER, GBT_IDENTITY},
	{"quantile", GBT_QUANTILE, GBT_IDENTITY},
	{"poisson", GBT_POISSON, GBT_EXP},
	{"gamma", GBT_GAMMA, GBT_EXP},
	{"tweedie", GBT_TWEEDIE, GBT_EXP},
	{"lambdarank", GBT_RANK, GBT_IDENTITY},
	{"rank_xendcg", GBT_RANK, GBT_IDENTITY},
	{"custom", GBT_OTHER, GBT_IDENTITY},
};

/* "sigmoid:2", "sqrt", … */
static void read_option(struct gbt_span word, struct gbt_shape *shape)
{
	static const char sigmoid[] = "sigmoid:", alpha[] = "alpha:";
	size_t length = (size_t)(word.end - word.at);

	if (gbt_span_is(&word, "sqrt"))
		shape->transform = GBT_SQUARE;
	if (length >= sizeof(sigmoid) &&
	    memcmp(word.at, sigmoid, sizeof(sigmoid) - 1) == 0) {
		word.at += sizeof(sigmoid) - 1;
		gbt_word_number(&word, &shape->sigmoid);
	} else if (length >= sizeof(alpha) &&
		   memcmp(word.at, alpha, sizeof(alpha) - 1) == 0) {
		word.at += sizeof(alpha) - 1;
		gbt_word_number(&word, &shape->alpha);
	}
}

int gbt_lightgbm_objective(const struct gbt_lines *lines, struct gbt_span span,
			   struct gbt_shape *shape, struct error **err)
{
	struct gbt_span name, word;
	size_t count = sizeof(objectives) / sizeof(*objectives), i = 0;

	shape->objective = GBT_OTHER;
	if (!gbt_word(&span, &name))
		return 0;
	while (i < count && !gbt_span_is(&name, objectives[i].name))
		i++;
	if (i == count)
		return gbt_lines_fail(lines, span.line, err,
				      "the objective '%.*s', expected one that"
				      " LightGBM has",
				      (int)(name.end - name.at > 40
						    ? 40
						    : name.end - name.at),
				      name.at);
	shape->objective = objectives[i].objective;
	shape->transform = objectives[i].transform;
	while (gbt_word(&span, &word))
		read_option(word, shape);
	return 0;
}
