/* Equality, order, containment and truth. */
#include <math.h>

#include "runtime/text/template/object.h"
#include "runtime/text/template/operate.h"

enum { BYTES_PER_STEP = 256 }; /* of strings that are compared */

static int equal_at(struct render *render, struct value left,
		    struct value right, uint32_t depth, bool *out);

static int equal_strings(struct render *render, struct value left,
			 struct value right, bool *out)
{
	*out = false;
	if (left.length != right.length)
		return 0;
	if (render_count(render, left.length / BYTES_PER_STEP))
		return -1;
	*out = string_equal(left, right);
	return 0;
}

static int equal_items(struct render *render, const struct value_list *left,
		       const struct value_list *right, uint32_t depth,
		       bool *out)
{
	*out = left->count == right->count;
	if (*out && left != right && render_count(render, left->count))
		return -1;
	for (uint32_t i = 0; *out && left != right && i < left->count; i++)
		if (equal_at(render, left->items[i], right->items[i], depth,
			     out))
			return -1;
	return 0;
}

static int equal_dicts(struct render *render, const struct value_dict *left,
		       const struct value_dict *right, uint32_t depth,
		       bool *out)
{
	const struct value_entry *entry;
	uint32_t at = 0;

	*out = left->count == right->count;
	if (left == right)
		return 0;
	if (*out && render_count(render, left->count))
		return -1;
	while (*out && (entry = value_dict_next(left, &at))) {
		const struct value *other = value_dict_get(right, entry->key);

		*out = other != NULL;
		if (other && equal_at(render, entry->value, *other, depth, out))
			return -1;
	}
	return 0;
}

/* Undefined things are equal to each other, if the mode lets us ask. */
static int equal_undefined(struct render *render, struct value left,
			   struct value right, bool *out)
{
	if (render_defined(render, left) || render_defined(render, right))
		return -1;
	*out = left.kind == right.kind;
	return 0;
}

static int equal_at(struct render *render, struct value left,
		    struct value right, uint32_t depth, bool *out)
{
	if (is_number(left) && is_number(right)) {
		*out = number_compare(left, right) == 0;
		return 0;
	}
	if (left.kind == VALUE_UNDEFINED || right.kind == VALUE_UNDEFINED)
		return equal_undefined(render, left, right, out);
	*out = false;
	if (left.kind != right.kind)
		return 0;
	if (depth > NESTING_MAX)
		return render_fail(render, RENDER_LIMIT,
				   "containers nested too deeply");
	switch (left.kind) {
	case VALUE_STRING:
		return equal_strings(render, left, right, out);
	case VALUE_LIST:
	case VALUE_TUPLE:
		return equal_items(render, left.list, right.list, depth + 1,
				   out);
	case VALUE_DICT:
		return equal_dicts(render, left.dict, right.dict, depth + 1,
				   out);
	case VALUE_OBJECT:
		*out = left.object == right.object ||
		       (is_datetime(left) && is_datetime(right) &&
			datetime_compare(left, right) == 0);
		return 0;
	default:
		*out = true; /* None */
		return 0;
	}
}

int value_equal(struct render *render, struct value left, struct value right,
		bool *out)
{
	return equal_at(render, left, right, 0, out);
}

static int compare_strings(struct value left, struct value right)
{
	uint32_t common =
		left.length < right.length ? left.length : right.length;
	int order = common ? memcmp(left.bytes, right.bytes, common) : 0;

	if (order == 0)
		return left.length < right.length ? -1
						  : left.length > right.length;
	return order < 0 ? -1 : 1;
}

static int no_order(struct render *render, const char *operator,
		    struct value left, struct value right)
{
	return fail_type(render,
			 "'%s' not supported between instances of '%s' and "
			 "'%s'",
			 operator, value_type_name(left),
			 value_type_name(right));
}

/* What is compared: for messages, and to end what is too deep. */
struct order {
	struct render *render;
	const char *operator;
	uint32_t depth;
};

static int compare_at(struct order order, struct value left, struct value right,
		      int *out);

/* The first pair that is not equal decides. */
static int compare_items(struct order order, const struct value_list *left,
			 const struct value_list *right, int *out)
{
	struct render *render = order.render;
	uint32_t common =
		left->count < right->count ? left->count : right->count;

	if (order.depth > NESTING_MAX)
		return render_fail(render, RENDER_LIMIT,
				   "containers nested too deeply");
	for (uint32_t i = 0; i < common; i++) {
		bool equal;

		if (render_count(render, 1) ||
		    equal_at(render, left->items[i], right->items[i],
			     order.depth, &equal))
			return -1;
		if (!equal)
			return compare_at(order, left->items[i],
					  right->items[i], out);
	}
	*out = left->count < right->count ? -1 : left->count > right->count;
	return 0;
}

static int compare_at(struct order order, struct value left, struct value right,
		      int *out)
{
	*out = 0;
	if (is_string(left) && is_string(right)) {
		if (render_count(order.render, left.length / BYTES_PER_STEP))
			return -1;
		*out = compare_strings(left, right);
		return 0;
	}
	if (is_number(left) && is_number(right)) {
		*out = number_compare(left, right);
		return 0;
	}
	if (left.kind == VALUE_UNDEFINED)
		return render_missing(order.render, left);
	if (right.kind == VALUE_UNDEFINED)
		return render_missing(order.render, right);
	if (is_sequence(left) && left.kind == right.kind) {
		order.depth++;
		return compare_items(order, left.list, right.list, out);
	}
	if (is_datetime(left) && is_datetime(right)) {
		*out = datetime_compare(left, right);
		return 0;
	}
	return no_order(order.render, order.operator, left, right);
}

int value_compare(struct render *render, struct value left, struct value right,
		  int *out)
{
	return compare_at((struct order){render, "<", 0}, left, right, out);
}

int value_order(struct render *render, struct value left, const char *operator,
		struct value right, bool *out)
{
	int order = 0;

	if (compare_at((struct order){render, operator, 0}, left, right,
		       &order))
		return -1;
	if (order == 2)
		*out = false;
	else if (operator[0] == '<')
		*out = order < 0 || (order == 0 && operator[1] == '=');
	else
		*out = order > 0 || (order == 0 && operator[1] == '=');
	return 0;
}

static int contains_by_iteration(struct render *render, struct value container,
				 struct value item, bool *out)
{
	uint64_t at = 0;
	struct value each;
	int more;

	*out = false;
	while (!*out &&
	       (more = render_next(render, container, &at, &each)) != 0)
		if (more < 0 || render_count(render, 1) ||
		    value_equal(render, each, item, out))
			return -1;
	return 0;
}

static int string_contains(struct render *render, struct value container,
			   struct value item, bool *out)
{
	if (item.kind == VALUE_UNDEFINED)
		return fail_type(render,
				 "'in <string>' requires string as left "
				 "operand, not Undefined");
	if (!is_string(item))
		return fail_type(render,
				 "'in <string>' requires string as left "
				 "operand, not %s",
				 value_type_name(item));
	*out = item.length == 0 || memmem(container.bytes, container.length,
					  item.bytes, item.length) != NULL;
	return 0;
}

int value_contains(struct render *render, struct value container,
		   struct value item, bool *out)
{
	switch (container.kind) {
	case VALUE_STRING:
		return string_contains(render, container, item, out);
	case VALUE_DICT:
		if (!value_hashable(item))
			return fail_type(render, "unhashable type: '%s'",
					 value_type_name(item));
		*out = value_dict_get(container.dict, item) != NULL;
		return 0;
	case VALUE_UNDEFINED:
		*out = false;
		return render_defined(render, container);
	case VALUE_LIST:
	case VALUE_TUPLE:
		return contains_by_iteration(render, container, item, out);
	case VALUE_OBJECT:
		if (is_range(container) && item.kind == VALUE_INT) {
			*out = range_contains(container, item.integer);
			return 0;
		}
		if (view_of_keys(container) && value_hashable(item)) {
			*out = value_dict_get(view_of_keys(container), item) !=
			       NULL;
			return 0;
		}
		if (container.object->class->next)
			return contains_by_iteration(render, container, item,
						     out);
		break;
	default:
		break;
	}
	return fail_type(render, "argument of type '%s' is not iterable",
			 value_type_name(container));
}

int value_true(struct render *render, struct value value, bool *out)
{
	switch (value.kind) {
	case VALUE_BOOL:
		*out = value.truth;
		return 0;
	case VALUE_STRING:
		*out = value.length > 0;
		return 0;
	case VALUE_INT:
		*out = value.integer != 0;
		return 0;
	case VALUE_FLOAT:
		*out = value.number != 0;
		return 0;
	case VALUE_UNDEFINED:
		*out = false;
		return render_defined(render, value);
	case VALUE_LIST:
	case VALUE_TUPLE:
		*out = value.list->count > 0;
		return 0;
	case VALUE_DICT:
		*out = value.dict->count > 0;
		return 0;
	case VALUE_BIG:
		*out = true;
		return 0;
	case VALUE_OBJECT:
		*out = value_length(value) != 0;
		return 0;
	default:
		*out = false;
		return 0;
	}
}

int64_t value_length(struct value value)
{
	switch (value.kind) {
	case VALUE_STRING:
		return (int64_t)unicode_length(value.bytes, value.length);
	case VALUE_LIST:
	case VALUE_TUPLE:
		return value.list->count;
	case VALUE_DICT:
		return value.dict->count;
	case VALUE_UNDEFINED:
		return 0;
	case VALUE_OBJECT:
		return value.object->class->length
			       ? value.object->class->length(value)
			       : -1;
	default:
		return -1;
	}
}
