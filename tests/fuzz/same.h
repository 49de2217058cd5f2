/* For fuzz targets: are two values the same? */
#pragma once

#include <math.h>
#include <stdbool.h>

#include "runtime/text/value.h"

static inline bool same_value(struct value left, struct value right);

static inline bool same_dict(const struct value_dict *left,
			     const struct value_dict *right)
{
	struct value_entry *entry;
	uint32_t at = 0;

	if (left->count != right->count)
		return false;
	while ((entry = value_dict_next(left, &at))) {
		struct value *other = value_dict_get(right, entry->key);

		/* nan is not itself, as a key either */
		if (!other && entry->key.kind == VALUE_FLOAT)
			continue;
		if (!other || !same_value(entry->value, *other))
			return false;
	}
	return true;
}

static inline bool same_value(struct value left, struct value right)
{
	if (left.kind != right.kind)
		return false;
	if (left.kind == VALUE_DICT)
		return same_dict(left.dict, right.dict);
	if (left.kind == VALUE_FLOAT && isnan(left.number))
		return isnan(right.number);
	if (left.kind != VALUE_LIST)
		return value_same_key(left, right);
	if (left.list->count != right.list->count)
		return false;
	for (uint32_t i = 0; i < left.list->count; i++)
		if (!same_value(left.list->items[i], right.list->items[i]))
			return false;
	return true;
}
