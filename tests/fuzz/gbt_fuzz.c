/* Models: whatever the bytes are, an error or a model that can be used. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/explain.h"
#include "runtime/learn/gbt/fast.h"
#include "runtime/learn/gbt/image.h"
#include "runtime/learn/gbt/lightgbm.h"
#include "runtime/learn/gbt/predict.h"
#include "runtime/learn/gbt/xgboost.h"
#include "tests/fuzz/fuzz.h"

enum { SMALL = 1 << 16 };

static void explain(const struct gbt_model *model, const double *row)
{
	struct gbt_explainer *explainer = gbt_explainer_new(model, NULL);
	double *out = mem_array(model->outputs * (model->features + 1UL),
				sizeof(*out));

	if (explainer)
		gbt_explain(explainer, row, out);
	gbt_explainer_free(explainer);
	mem_free(out);
}

/* The fast ways must say what the plain one does, to the bit. */
static void predict_fast(const struct gbt_model *model, const double *row,
			 const double *wanted)
{
	size_t width = model->outputs * sizeof(*wanted);
	double *rows = mem_array(2 * (model->features + 1UL), sizeof(*rows));
	double *out = mem_array(2UL * model->outputs, sizeof(*out));

	memcpy(rows, row, model->features * sizeof(*rows));
	memcpy(rows + model->features, row, model->features * sizeof(*rows));
	for (int way = 0; way <= (int)gbt_fast_best(); way++) {
		struct gbt_fast *fast =
			gbt_fast_new_for(model, (enum gbt_fast_way)way);

		gbt_fast_batch(fast, rows, 2, out);
		if (memcmp(out + model->outputs, wanted, width) != 0)
			abort();
		gbt_fast_raw(fast, row, out);
		if (memcmp(out, wanted, width) != 0)
			abort();
		gbt_fast_free(fast);
	}
	mem_free(rows);
	mem_free(out);
}

static void predict(const struct gbt_model *model, const double *row)
{
	double *out = mem_array(model->outputs, sizeof(*out));
	uint32_t *leaves = mem_array(model->tree_count + 1UL, sizeof(*leaves));

	gbt_raw(model, row, out);
	predict_fast(model, row, out);
	gbt_predict(model, row, out);
	gbt_leaves(model, row, leaves);
	mem_free(out);
	mem_free(leaves);
}

static void use(struct gbt_model *model)
{
	struct gbt_model *again;
	double *row;
	struct buf text;

	if (!model)
		return;
	if (model->features > SMALL || model->tree_count > SMALL) {
		gbt_model_free(model);
		return;
	}
	row = mem_array(model->features + 1UL, sizeof(*row));
	for (uint32_t i = 0; i < model->features; i++)
		row[i] = i % 3 ? (double)i / 2 - 1 : (double)NAN;
	predict(model, row);
	if (model->node_count < 1000 && model->features < 1000)
		explain(model, row);
	buf_init(&text, 16 << 20);
	if (gbt_lightgbm_write(model, &text, NULL) == 0) {
		again = gbt_lightgbm_read(text.data, text.length, "again",
					  NULL);
		if (!again && model->features)
			abort();
		gbt_model_free(again);
	}
	buf_release(&text);
	mem_free(row);
	gbt_model_free(model);
}

/* An image whose checksum is right, so that the rest is looked at. */
static void use_image(const uint8_t *data, size_t size)
{
	struct gbt_header *header;
	char *copy = mem_alloc(size + 1);

	memcpy(copy, data, size);
	header = (struct gbt_header *)copy;
	if (size >= gbt_header_size(GBT_IMAGE_PLAIN)) {
		header->size = size;
		header->checksum = gbt_image_checksum(copy, size);
	}
	use(gbt_model_adopt(copy, size, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	if (gbt_is_image(data, size))
		use_image(data, size);
	else if (size && data[0] == '{')
		use(gbt_xgboost_read(text, size, "f", NULL));
	else
		use(gbt_lightgbm_read(text, size, "f", NULL));
	return 0;
}
