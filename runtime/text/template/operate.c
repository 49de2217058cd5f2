/* The operators: which kinds go together, and Python's words when not. */
#include "runtime/text/template/operate.h"

#include <stdarg.h>
#include <stdio.h>

#include "runtime/text/template/big.h"

static const char *symbol(enum value_operator operator)
{
	static const char *const symbols[] = {
		[OPERATOR_ADD] = "+",
		[OPERATOR_SUBTRACT] = "-",
		[OPERATOR_MULTIPLY] = "*",
		[OPERATOR_DIVIDE] = "/",
		[OPERATOR_FLOOR_DIVIDE] = "//",
		[OPERATOR_MODULO] = "%",
		[OPERATOR_POWER] = "** or pow()",
	};

	return symbols[operator];
}

const char *value_type_name(struct value value)
{
	static const char *const names[] = {
		[VALUE_ABSENT] = "NoneType", [VALUE_UNDEFINED] = "Undefined",
		[VALUE_NONE] = "NoneType",   [VALUE_BOOL] = "bool",
		[VALUE_INT] = "int",         [VALUE_BIG] = "int",
		[VALUE_FLOAT] = "float",     [VALUE_STRING] = "str",
		[VALUE_LIST] = "list",       [VALUE_TUPLE] = "tuple",
		[VALUE_DICT] = "dict",
	};

	if (value.kind == VALUE_OBJECT)
		return value.object->class->name;
	if (value.kind == VALUE_STRING && (value.flags & VALUE_SAFE))
		return "Markup";
	return names[value.kind];
}

int fail_type(struct render *render, const char *format, ...)
{
	char text[400];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return render_fail(render, RENDER_TYPE, "%s", text);
}

static int unsupported(struct render *render, enum value_operator operator,
		       struct value left, struct value right)
{
	return fail_type(render,
			 "unsupported operand type(s) for %s: '%s' and '%s'",
			 symbol(operator), value_type_name(left),
			 value_type_name(right));
}

/* A safe string escapes what is joined to it. */
static int join_safe(struct render *render, struct value left,
		     struct value right, struct value *out)
{
	struct buf buf;
	int status;

	text_init(&buf);
	status = value_escape(render, left, &buf) ||
		 value_escape(render, right, &buf);
	if (text_done(render, status, &buf, out))
		return -1;
	out->flags |= VALUE_SAFE;
	return 0;
}

static int join_strings(struct render *render, struct value left,
			struct value right, struct value *out)
{
	char *bytes;

	if ((left.flags | right.flags) & VALUE_SAFE)
		return join_safe(render, left, right, out);
	bytes = text_new(render, (size_t)left.length + right.length, out);
	if (!bytes)
		return -1;
	if (left.length > 0)
		memcpy(bytes, left.bytes, left.length);
	if (right.length > 0)
		memcpy(bytes + left.length, right.bytes, right.length);
	return 0;
}

static struct value *new_items(struct render *render, enum value_kind kind,
			       uint64_t count, struct value *out)
{
	struct arena *arena = render_arena(render);
	struct value *items =
		room_new(render, count ? count : 1, sizeof(*items));

	if (!items || render_count(render, count))
		return NULL;
	*out = kind == VALUE_TUPLE ? value_tuple_new(arena, 0)
				   : value_list_new(arena, 0);
	out->list->items = items;
	out->list->count = out->list->capacity = (uint32_t)count;
	return items;
}

static int join_items(struct render *render, struct value left,
		      struct value right, struct value *out)
{
	uint32_t first = left.list->count;
	uint32_t second = right.list->count;
	struct value *items =
		new_items(render, left.kind, (uint64_t)first + second, out);

	if (!items)
		return -1;
	if (first > 0)
		memcpy(items, left.list->items, first * sizeof(*items));
	if (second > 0)
		memcpy(items + first, right.list->items,
		       second * sizeof(*items));
	return 0;
}

static int add(struct render *render, struct value left, struct value right,
	       struct value *out)
{
	if (is_string(left) && is_string(right))
		return join_strings(render, left, right, out);
	if (is_sequence(left) && left.kind == right.kind)
		return join_items(render, left, right, out);
	if (is_string(left) || is_sequence(left))
		return fail_type(render,
				 "can only concatenate %s (not \"%s\") to %s",
				 value_type_name(left), value_type_name(right),
				 value_type_name(left));
	return unsupported(render, OPERATOR_ADD, left, right);
}

static int repeat_string(struct render *render, struct value value,
			 uint64_t times, struct value *out)
{
	uint64_t total;
	char *bytes;

	if (__builtin_mul_overflow(value.length, times, &total))
		total = SIZE_MAX;
	bytes = text_new(render, total, out);
	if (!bytes)
		return -1;
	out->flags = value.flags;
	if (value.length == 1)
		memset(bytes, value.bytes[0], times);
	else
		for (uint64_t i = 0; total > 0 && i < times; i++)
			memcpy(bytes + i * value.length, value.bytes,
			       value.length);
	return 0;
}

static int repeat_items(struct render *render, struct value value,
			uint64_t times, struct value *out)
{
	uint32_t count = value.list->count;
	uint64_t total;
	struct value *items;

	if (__builtin_mul_overflow(count, times, &total))
		total = UINT64_MAX;
	items = new_items(render, value.kind, total, out);
	if (!items)
		return -1;
	for (uint64_t i = 0; i < total; i++)
		items[i] = value.list->items[i % count];
	return 0;
}

static int multiply(struct render *render, struct value left,
		    struct value right, struct value *out)
{
	struct value times = right;
	struct value what = left;
	int64_t count;

	if (!is_string(what) && !is_sequence(what)) {
		what = right;
		times = left;
	}
	if (!is_string(what) && !is_sequence(what))
		return unsupported(render, OPERATOR_MULTIPLY, left, right);
	if (!is_integer(times))
		return fail_type(render,
				 "can't multiply sequence by non-int of type "
				 "'%s'",
				 value_type_name(times));
	if (argument_int(render, times, &count))
		return -1;
	if (count < 0)
		count = 0;
	return is_string(what)
		       ? repeat_string(render, what, (uint64_t)count, out)
		       : repeat_items(render, what, (uint64_t)count, out);
}

int value_operate(struct render *render, enum value_operator operator,
		  struct value left, struct value right, struct value *out)
{
	if (is_number(left) && is_number(right))
		return number_operate(render, operator, left, right, out);
	if (left.kind == VALUE_UNDEFINED)
		return render_missing(render, left);
	if (operator== OPERATOR_MODULO && is_string(left))
		return format_percent(render, left, right, out);
	if (right.kind == VALUE_UNDEFINED)
		return render_missing(render, right);
	if (is_datetime(left))
		return datetime_operate(render, operator, left, right, out);
	switch (operator) {
	case OPERATOR_ADD:
		return add(render, left, right, out);
	case OPERATOR_MULTIPLY:
		return multiply(render, left, right, out);
	default:
		return unsupported(render, operator, left, right);
	}
}

int value_negate(struct render *render, struct value value, struct value *out)
{
	if (value.kind == VALUE_UNDEFINED)
		return render_missing(render, value);
	if (value.kind == VALUE_FLOAT) {
		*out = value_float(-value.number);
		return 0;
	}
	if (!is_integer(value))
		return fail_type(render, "bad operand type for unary -: '%s'",
				 value_type_name(value));
	*out = big_negate(render, value);
	return 0;
}
