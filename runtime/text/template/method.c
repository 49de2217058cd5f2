/* Which methods a value has; and those of numbers. */
#include "runtime/text/template/method.h"

#include <math.h>

static int bind_none(struct call *call)
{
	static const char *const names[] = {NULL};

	return call_bind(call, names, 0, NULL);
}

static int float_is_integer(struct call *call, struct value *out)
{
	double number = call->subject.number;

	if (bind_none(call))
		return -1;
	*out = value_bool(isfinite(number) && number == trunc(number));
	return 0;
}

static int number_conjugate(struct call *call, struct value *out)
{
	if (bind_none(call))
		return -1;
	*out = call->subject;
	return 0;
}

static int int_bit_length(struct call *call, struct value *out)
{
	int64_t integer = integer_of(call->subject);
	uint64_t left = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
	int64_t bits = 0;

	if (bind_none(call))
		return -1;
	for (; left > 0; left >>= 1)
		bits++;
	*out = value_int(bits);
	return 0;
}

static const struct call_entry int_entries[] = {
	{"bit_length", int_bit_length},
	{"conjugate", number_conjugate},
};

static const struct call_entry float_entries[] = {
	{"conjugate", number_conjugate},
	{"is_integer", float_is_integer},
};

static const struct call_entry *look_up(const struct method_table *table,
					struct value name)
{
	return entry_find(table->entries, table->count, name);
}

const struct call_entry *method_find(struct value subject, struct value name)
{
	const struct call_entry *entry;

	if (!is_string(name))
		return NULL;
	switch (subject.kind) {
	case VALUE_STRING:
		entry = look_up(&string_methods, name);
		return entry ? entry : look_up(&string_tests, name);
	case VALUE_LIST:
		return look_up(&list_methods, name);
	case VALUE_TUPLE:
		return look_up(&tuple_methods, name);
	case VALUE_DICT:
		return look_up(&dict_methods, name);
	case VALUE_INT:
	case VALUE_BOOL:
		return entry_find(int_entries, COUNT(int_entries), name);
	case VALUE_FLOAT:
		return entry_find(float_entries, COUNT(float_entries), name);
	default:
		return NULL;
	}
}
