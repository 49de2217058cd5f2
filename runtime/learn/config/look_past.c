/* Was the value here before, or in another environment, or at another key? */
#include <math.h>

#include "runtime/learn/config/look.h"

static void by_counts(struct look *look)
{
	uint64_t same = look->value->same, name = look->it->name.hash;
	double value = look_seen(look, COUNT_VALUE, same, 0);
	double here = look_seen(look, COUNT_NAME_VALUE, name, same);

	look_set(look, FEATURE_value_seen, look_log(value));
	look_set(look, FEATURE_value_name, look_log(here));
	look_set(look, FEATURE_value_key,
		 look_log(look_seen(look, COUNT_KEY_VALUE, look->key, same)));
	look_set(look, FEATURE_normal_key,
		 look_log(look_seen(look, COUNT_KEY_NORMAL, look->key,
				    look->value->normal)));
	look_set(look, FEATURE_elsewhere, value > 0 && here == 0);
	look_set(look, FEATURE_value_keys,
		 fmin(look_seen(look, COUNT_VALUE_KEYS, same, 0), 10));
}

static void by_own(struct look *look)
{
	const struct cell *cell = &look->it->cells[look->environment];
	bool some = false, found = false;

	if (!cell->past || look->scan->auditing)
		return;
	for (int i = 0; i < PAST_MAX; i++) {
		uint32_t id = cell->past[i];

		if (id == 0)
			continue;
		some = true;
		found |= look->scan->values[id].same == look->value->same;
	}
	if (some)
		look_set(look, FEATURE_value_own, found);
}

static void by_siblings(struct look *look)
{
	double same = 0, normal = 0, different = 0;
	size_t count = look->sibling_count;

	for (size_t i = 0; i < count; i++) {
		const struct config_value *there = look->siblings[i];
		bool first = true;

		same += there->same == look->value->same;
		normal += there->normal == look->value->normal;
		for (size_t j = 0; j < i; j++)
			first &= look->siblings[j]->normal != there->normal;
		different += first;
	}
	if (count > 0) {
		look_set(look, FEATURE_value_siblings, same / (double)count);
		look_set(look, FEATURE_normal_siblings, normal / (double)count);
	}
	if (count > 1)
		look_set(look, FEATURE_siblings_alike,
			 different / (double)count);
}

/* The same item again in one list. */
static void by_list(struct look *look)
{
	const struct parent *parent = &look->scan->parents[look->it->parent];
	const struct config_name *name = &look->it->name;
	double twice = 0;

	if (name->base_length == 0 || name->base[0] != '[')
		return;
	for (uint32_t i = 0; i < parent->count; i++) {
		const struct config_value *item = NULL;

		if (parent->kids[i] != look->key)
			item = state_after(look->scan, look->environment,
					   parent->kids[i]);
		twice += item && item->same == look->value->same;
	}
	look_set(look, FEATURE_item_twice, twice);
}

void look_past(struct look *look)
{
	uint64_t before = look->before ? look->before->same : 0;

	if (!look->scan->auditing) {
		look_set(look, FEATURE_same_pairs,
			 fmin(look_counted(look, REVIEW_PAIR,
					   look->it->name.hash,
					   before * 31 + look->value->same) -
				      1,
			      5));
		look_set(look, FEATURE_same_values,
			 fmin(look_counted(look, REVIEW_VALUE,
					   look->value->same, 0) -
				      1,
			      5));
	}
	by_counts(look);
	by_own(look);
	by_siblings(look);
	by_list(look);
}
