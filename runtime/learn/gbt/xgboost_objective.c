/* XGBoost's names of objectives, and what base_score is in each. */
#include <math.h>
#include <string.h>

#include "runtime/learn/gbt/xgboost_parts.h"

enum margin { MARGIN_SAME, MARGIN_LOGIT, MARGIN_LOG };

static const struct {
	const char *name;
	enum gbt_objective objective;
	enum gbt_transform transform;
	enum margin margin;
} objectives[] = {
	{"binary:logistic", GBT_BINARY, GBT_SIGMOID, MARGIN_LOGIT},
	{"binary:logitraw", GBT_BINARY, GBT_IDENTITY, MARGIN_LOGIT},
	{"binary:hinge", GBT_OTHER, GBT_POSITIVE, MARGIN_SAME},
	{"reg:logistic", GBT_CROSS_ENTROPY, GBT_SIGMOID, MARGIN_LOGIT},
	{"reg:squarederror", GBT_REGRESSION, GBT_IDENTITY, MARGIN_SAME},
	{"reg:linear", GBT_REGRESSION, GBT_IDENTITY, MARGIN_SAME},
	{"reg:squaredlogerror", GBT_OTHER, GBT_IDENTITY, MARGIN_SAME},
	{"reg:pseudohubererror", GBT_HUBER, GBT_IDENTITY, MARGIN_SAME},
	{"reg:absoluteerror", GBT_L1, GBT_IDENTITY, MARGIN_SAME},
	{"reg:quantileerror", GBT_QUANTILE, GBT_IDENTITY, MARGIN_SAME},
	{"reg:gamma", GBT_GAMMA, GBT_EXP, MARGIN_LOG},
	{"reg:tweedie", GBT_TWEEDIE, GBT_EXP, MARGIN_LOG},
	{"count:poisson", GBT_POISSON, GBT_EXP, MARGIN_LOG},
	{"survival:cox", GBT_OTHER, GBT_EXP, MARGIN_LOG},
	{"survival:aft", GBT_OTHER, GBT_EXP, MARGIN_LOG},
	{"multi:softprob", GBT_MULTICLASS, GBT_SOFTMAX, MARGIN_SAME},
	{"multi:softmax", GBT_MULTICLASS, GBT_LARGEST, MARGIN_SAME},
	{"rank:pairwise", GBT_RANK, GBT_IDENTITY, MARGIN_SAME},
	{"rank:ndcg", GBT_RANK, GBT_IDENTITY, MARGIN_SAME},
	{"rank:map", GBT_RANK, GBT_IDENTITY, MARGIN_SAME},
};

bool gbt_xgboost_objective(const char *name, struct gbt_shape *shape,
			   double *base, size_t count)
{
	size_t i = 0;

	while (i < sizeof(objectives) / sizeof(*objectives) &&
	       strcmp(name, objectives[i].name) != 0)
		i++;
	if (i == sizeof(objectives) / sizeof(*objectives))
		return false;
	shape->objective = objectives[i].objective;
	shape->transform = objectives[i].transform;
	for (size_t k = 0; k < count; k++) {
		base[k] = (float)base[k];
		if (objectives[i].margin == MARGIN_LOGIT)
			base[k] = (float)-log(1 / base[k] - 1);
		else if (objectives[i].margin == MARGIN_LOG)
			base[k] = (float)log(base[k]);
	}
	return true;
}
