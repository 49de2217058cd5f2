/* Many rows at once. */
#include "runtime/learn/gbt/batch.h"

void gbt_raw_batch(const struct gbt_model *model, const double *rows,
		   size_t count, double *raw)
{
	for (size_t i = 0; i < count; i++)
		gbt_raw(model, rows + i * model->features,
			raw + i * model->outputs);
}
