#include "runtime/learn/gbt/expected.h"

#include <string.h>

#include "runtime/base/mem.h"

static int check(const struct gbt_model *model,
		 const struct gbt_expected *expected, struct error **err)
{
	char name[GBT_EXPECTED_NAME];

	if (model->features != expected->features || model->outputs != 1)
		return error_set(err, ERROR_INVALID,
				 "a model of %u features, expected %u",
				 model->features, expected->features);
	for (uint32_t i = 0; i < expected->features; i++) {
		expected->name(i, name, sizeof(name));
		if (strcmp(gbt_string(&model->names, i), name) != 0)
			return error_set(err, ERROR_INVALID,
					 "feature %u is '%s', expected '%s'", i,
					 gbt_string(&model->names, i), name);
	}
	return 0;
}

struct gbt_model *gbt_model_expect(const void *image, size_t size,
				   const struct gbt_expected *expected,
				   struct error **err)
{
	struct gbt_model *model;
	void *copy = mem_alloc(size + 1);

	memcpy(copy, image, size);
	model = gbt_model_adopt(copy, size, err);
	if (model && check(model, expected, err) < 0) {
		gbt_model_free(model);
		return NULL;
	}
	return model;
}
