/* Kind, format and shape: does the value look like those around it? */
#include <math.h>

#include "runtime/learn/config/look.h"

/* The share of siblings that differ. */
static void by_siblings(struct look *look)
{
	double kinds = 0, formats = 0, count = (double)look->sibling_count;

	if (look->sibling_count == 0)
		return;
	for (size_t i = 0; i < look->sibling_count; i++) {
		kinds += look->siblings[i]->kind != look->value->kind;
		formats += look->siblings[i]->format != look->value->format;
	}
	look_set(look, FEATURE_kind_siblings, kinds / count);
	look_set(look, FEATURE_format_siblings, formats / count);
}

/* How other keys of this name are. */
static void by_name(struct look *look)
{
	const struct config_value *value = look->value;
	uint64_t name = look->it->name.hash;
	double seen = look_seen(look, COUNT_NAME, name, 0);

	look_set(look, FEATURE_name_seen, look_log(seen));
	if (seen == 0)
		return;
	look_set(look, FEATURE_kind_name,
		 (1 + seen -
		  look_seen(look, COUNT_NAME_KIND, name, value->kind)) /
			 (seen + 2));
	look_set(look, FEATURE_format_name,
		 (1 + seen -
		  look_seen(look, COUNT_NAME_FORMAT, name, value->format)) /
			 (seen + 2));
	look_set(look, FEATURE_shape_name,
		 look_log(look_seen(look, COUNT_NAME_SHAPE, name,
				    value->shape)));
	look_set(look, FEATURE_coarse_name,
		 look_log(look_seen(look, COUNT_NAME_COARSE, name,
				    value->coarse)) -
			 look_log(seen));
}

/* How keys are that end with the same word: "…_timeout". */
static void by_tail(struct look *look)
{
	const struct config_name *name = &look->it->name;
	const struct config_value *value = look->value;
	uint64_t tail = name->tail[1] + 1;
	double seen;

	if (name->tails == 0)
		return;
	seen = look_seen(look, COUNT_NAME, tail, 0);
	look_set(look, FEATURE_tail_seen, look_log(seen));
	if (seen == 0)
		return;
	look_set(look, FEATURE_format_tail,
		 (1 + seen -
		  look_seen(look, COUNT_NAME_FORMAT, tail, value->format)) /
			 (seen + 2));
	look_set(look, FEATURE_coarse_tail,
		 (1 + seen -
		  look_seen(look, COUNT_NAME_COARSE, tail, value->coarse)) /
			 (seen + 2));
}

static void by_key(struct look *look)
{
	double seen = look_seen(look, COUNT_KEY, look->key, 0);

	if (seen == 0)
		return;
	look_set(look, FEATURE_kind_key,
		 look_seen(look, COUNT_KEY_KIND, look->key, look->value->kind) /
			 seen);
	look_set(look, FEATURE_format_key,
		 look_seen(look, COUNT_KEY_FORMAT, look->key,
			   look->value->format) /
			 seen);
}

void look_agreement(struct look *look)
{
	const struct config_value *value = look->value, *before = look->before;

	look_set(look, FEATURE_is_new, !before);
	look_set(look, FEATURE_kind, value->kind);
	look_set(look, FEATURE_length, fmin((double)value->length, 200));
	if (before) {
		look_set(look, FEATURE_kind_before,
			 before->kind != value->kind);
		look_set(look, FEATURE_format_before,
			 before->format != value->format);
	}
	by_siblings(look);
	by_name(look);
	by_tail(look);
	by_key(look);
}
