/* What calls bring along: sorting arguments, and tables of functions. */
#include "runtime/text/template/library.h"

#include <stdio.h>

static int find_name(const char *const *names, struct value name)
{
	for (int i = 0; names[i]; i++)
		if (text_is(name, names[i]))
			return i;
	return -1;
}

/* "'a', 'b' and 'c'": the names from `out` that are still absent. */
static int missing(struct call *call, const char *const *names,
		   uint32_t required, const struct value *out)
{
	char text[300] = "";
	size_t length = 0;
	uint32_t total = 0;
	uint32_t seen = 0;

	for (uint32_t i = 0; i < required; i++)
		total += out[i].kind == VALUE_ABSENT;
	for (uint32_t i = 0; i < required && length < 200; i++) {
		if (out[i].kind != VALUE_ABSENT)
			continue;
		seen++;
		length += (size_t)snprintf(text + length, sizeof(text) - length,
					   "%s'%s'",
					   seen == 1       ? ""
					   : seen == total ? " and "
							   : ", ",
					   names[i]);
	}
	return fail_type(call->render,
			 "%s() missing %u required positional argument%s: %s",
			 call->name, total, total == 1 ? "" : "s", text);
}

static int bind_named(struct call *call, const char *const *names,
		      struct value *out)
{
	for (uint32_t i = 0; i < call->named_count; i++) {
		struct value name = call->named[i].name;
		int at = find_name(names, name);

		if (at < 0)
			return fail_type(call->render,
					 "%s() got an unexpected keyword "
					 "argument '%.*s'",
					 call->name, (int)name.length,
					 name.bytes);
		if (out[at].kind != VALUE_ABSENT)
			return fail_type(call->render,
					 "%s() got multiple values for "
					 "argument '%s'",
					 call->name, names[at]);
		out[at] = call->named[i].value;
	}
	return 0;
}

int call_bind(struct call *call, const char *const *names, uint32_t required,
	      struct value *out)
{
	uint32_t most = 0;

	while (names[most]) {
		out[most] = most < call->count
				    ? call->arguments[most]
				    : (struct value){.kind = VALUE_ABSENT};
		most++;
	}
	if (call->count > most)
		return fail_type(call->render,
				 "%s() takes at most %u argument%s (%u given)",
				 call->name, most, most == 1 ? "" : "s",
				 call->count);
	if (bind_named(call, names, out))
		return -1;
	for (uint32_t i = 0; i < required; i++)
		if (out[i].kind == VALUE_ABSENT)
			return missing(call, names, required, out);
	return 0;
}

int argument_int(struct render *render, struct value value, int64_t *out)
{
	if (value.kind == VALUE_UNDEFINED)
		return render_missing(render, value);
	if (!is_integer(value))
		return fail_type(
			render,
			"'%s' object cannot be interpreted as an integer",
			value_type_name(value));
	if (value.kind == VALUE_BIG)
		*out = value.big->negative ? INT64_MIN : INT64_MAX;
	else
		*out = integer_of(value);
	return 0;
}

int argument_int_or(struct render *render, struct value value, int64_t fallback,
		    int64_t *out)
{
	*out = fallback;
	if (value.kind == VALUE_ABSENT)
		return 0;
	return argument_int(render, value, out);
}

int argument_bool(struct render *render, struct value value, bool fallback,
		  bool *out)
{
	*out = fallback;
	if (value.kind == VALUE_ABSENT)
		return 0;
	return value_true(render, value, out);
}

int argument_text(struct call *call, struct value value, const char *what)
{
	if (is_string(value))
		return 0;
	if (value.kind == VALUE_UNDEFINED)
		return render_missing(call->render, value);
	return fail_type(call->render, "%s() %s must be str, not %s",
			 call->name, what, value_type_name(value));
}

static int compare_name(const char *name, struct value other)
{
	size_t length = strlen(name);
	size_t common = length < other.length ? length : other.length;
	int order = common ? memcmp(name, other.bytes, common) : 0;

	if (order != 0)
		return order;
	return length < other.length ? -1 : length > other.length;
}

const struct call_entry *entry_find(const struct call_entry *entries,
				    size_t count, struct value name)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = compare_name(entries[middle].name, name);

		if (order == 0)
			return &entries[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

enum { NAME_MAX_LENGTH = 40 };

/* Levenshtein's distance; at most NAME_MAX_LENGTH for names that long. */
static size_t distance_of(const char *name, struct value other)
{
	size_t row[NAME_MAX_LENGTH + 1];
	size_t length = strlen(name);

	if (length > NAME_MAX_LENGTH || other.length > NAME_MAX_LENGTH)
		return NAME_MAX_LENGTH;
	for (size_t i = 0; i <= length; i++)
		row[i] = i;
	for (size_t j = 1; j <= other.length; j++) {
		size_t corner = row[0];

		row[0] = j;
		for (size_t i = 1; i <= length; i++) {
			size_t change =
				corner + (name[i - 1] != other.bytes[j - 1]);
			size_t best = row[i] < row[i - 1] ? row[i] : row[i - 1];

			corner = row[i];
			row[i] = change < best + 1 ? change : best + 1;
		}
	}
	return row[length];
}

const char *entry_nearest(const struct call_entry *entries, size_t count,
			  struct value name, size_t *distance)
{
	const char *nearest = NULL;

	for (size_t i = 0; i < count; i++) {
		size_t far = distance_of(entries[i].name, name);

		if (far < *distance) {
			*distance = far;
			nearest = entries[i].name;
		}
	}
	return nearest;
}
