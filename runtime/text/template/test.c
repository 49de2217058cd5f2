/* The tests behind `is`. */
#include "runtime/text/template/big.h"
#include "runtime/text/template/filter.h"

static int bind_none(struct call *call)
{
	static const char *const names[] = {NULL};

	return call_bind(call, names, 0, NULL);
}

static int answer(struct value *out, bool truth)
{
	*out = value_bool(truth);
	return 0;
}

static int bind_other(struct call *call, struct value *other)
{
	static const char *const names[] = {"other", NULL};

	return call_bind(call, names, 1, other);
}

static int test_defined(struct call *call, struct value *out)
{
	return bind_none(call)
		       ? -1
		       : answer(out, call->subject.kind != VALUE_UNDEFINED);
}

static int test_undefined(struct call *call, struct value *out)
{
	return bind_none(call)
		       ? -1
		       : answer(out, call->subject.kind == VALUE_UNDEFINED);
}

static int test_none(struct call *call, struct value *out)
{
	return bind_none(call) ? -1
			       : answer(out, call->subject.kind == VALUE_NONE);
}

static int test_boolean(struct call *call, struct value *out)
{
	return bind_none(call) ? -1
			       : answer(out, call->subject.kind == VALUE_BOOL);
}

static int truth_is(struct call *call, bool truth, struct value *out)
{
	return bind_none(call)
		       ? -1
		       : answer(out, call->subject.kind == VALUE_BOOL &&
					     call->subject.truth == truth);
}

static int test_true(struct call *call, struct value *out)
{
	return truth_is(call, true, out);
}

static int test_false(struct call *call, struct value *out)
{
	return truth_is(call, false, out);
}

static int test_integer(struct call *call, struct value *out)
{
	return bind_none(call)
		       ? -1
		       : answer(out, call->subject.kind == VALUE_INT ||
					     call->subject.kind == VALUE_BIG);
}

static int test_float(struct call *call, struct value *out)
{
	return bind_none(call) ? -1
			       : answer(out, call->subject.kind == VALUE_FLOAT);
}

static int test_number(struct call *call, struct value *out)
{
	return bind_none(call) ? -1 : answer(out, is_number(call->subject));
}

static int test_string(struct call *call, struct value *out)
{
	return bind_none(call) ? -1 : answer(out, is_string(call->subject));
}

static int test_mapping(struct call *call, struct value *out)
{
	return bind_none(call) ? -1
			       : answer(out, call->subject.kind == VALUE_DICT);
}

/* What has a length and items by number or key. */
static int test_sequence(struct call *call, struct value *out)
{
	struct value value = call->subject;
	bool is = value.kind == VALUE_DICT || is_string(value) ||
		  is_sequence(value) || value.kind == VALUE_UNDEFINED ||
		  (value.kind == VALUE_OBJECT && value.object->class->length &&
		   value.object->class->item);

	return bind_none(call) ? -1 : answer(out, is);
}

static int test_iterable(struct call *call, struct value *out)
{
	if (bind_none(call) || render_defined(call->render, call->subject))
		return -1;
	return answer(out, value_iterable(call->subject));
}

static int test_callable(struct call *call, struct value *out)
{
	bool is = call->subject.kind == VALUE_OBJECT &&
		  call->subject.object->class->call;

	return bind_none(call) ? -1
			       : answer(out, is || call->subject.kind ==
							     VALUE_UNDEFINED);
}

static int test_escaped(struct call *call, struct value *out)
{
	return bind_none(call)
		       ? -1
		       : answer(out,
				is_string(call->subject) &&
					(call->subject.flags & VALUE_SAFE));
}

static int in_case(struct call *call, const char *method, struct value *out)
{
	struct call inner = *call;

	if (bind_none(call) || subject_text(call, &inner.subject))
		return -1;
	return entry_find(string_tests.entries, string_tests.count,
			  value_borrow(method, strlen(method)))
		->function(&inner, out);
}

static int test_lower(struct call *call, struct value *out)
{
	return in_case(call, "islower", out);
}

static int test_upper(struct call *call, struct value *out)
{
	return in_case(call, "isupper", out);
}

static int modulo_is(struct call *call, struct value divisor, int64_t wanted,
		     struct value *out)
{
	struct value rest;
	bool equal;

	if (value_operate(call->render, OPERATOR_MODULO, call->subject, divisor,
			  &rest) ||
	    value_equal(call->render, rest, value_int(wanted), &equal))
		return -1;
	return answer(out, equal);
}

static int test_odd(struct call *call, struct value *out)
{
	return bind_none(call) ? -1 : modulo_is(call, value_int(2), 1, out);
}

static int test_even(struct call *call, struct value *out)
{
	return bind_none(call) ? -1 : modulo_is(call, value_int(2), 0, out);
}

static int test_divisibleby(struct call *call, struct value *out)
{
	static const char *const names[] = {"num", NULL};
	struct value divisor;

	if (call_bind(call, names, 1, &divisor))
		return -1;
	return modulo_is(call, divisor, 0, out);
}

static int equal_is(struct call *call, bool wanted, struct value *out)
{
	struct value other;
	bool equal;

	if (bind_other(call, &other) ||
	    value_equal(call->render, call->subject, other, &equal))
		return -1;
	return answer(out, equal == wanted);
}

static int test_eq(struct call *call, struct value *out)
{
	return equal_is(call, true, out);
}

static int test_ne(struct call *call, struct value *out)
{
	return equal_is(call, false, out);
}

static int ordered(struct call *call, const char *operator, struct value * out)
{
	struct value other;
	bool holds;

	if (bind_other(call, &other) ||
	    value_order(call->render, call->subject, operator, other, &holds))
		return -1;
	return answer(out, holds);
}

static int test_lt(struct call *call, struct value *out)
{
	return ordered(call, "<", out);
}

static int test_le(struct call *call, struct value *out)
{
	return ordered(call, "<=", out);
}

static int test_gt(struct call *call, struct value *out)
{
	return ordered(call, ">", out);
}

static int test_ge(struct call *call, struct value *out)
{
	return ordered(call, ">=", out);
}

static int test_in(struct call *call, struct value *out)
{
	static const char *const names[] = {"seq", NULL};
	struct value container;
	bool found;

	if (call_bind(call, names, 1, &container) ||
	    value_contains(call->render, container, call->subject, &found))
		return -1;
	return answer(out, found);
}

/* The same thing, not just an equal one. */
static bool same(struct value left, struct value right)
{
	if (left.kind != right.kind)
		return false;
	switch (left.kind) {
	case VALUE_LIST:
	case VALUE_TUPLE:
		return left.list == right.list;
	case VALUE_DICT:
		return left.dict == right.dict;
	case VALUE_OBJECT:
		return left.object == right.object;
	case VALUE_UNDEFINED:
		return left.undefined == right.undefined;
	default:
		return value_same_key(left, right);
	}
}

static int test_sameas(struct call *call, struct value *out)
{
	struct value other;

	if (bind_other(call, &other))
		return -1;
	return answer(out, same(call->subject, other));
}

/* Is there a filter, or a test, of this name? */
static int test_filter(struct call *call, struct value *out)
{
	return bind_none(call)
		       ? -1
		       : answer(out, is_string(call->subject) &&
					     filter_find(call->subject, true));
}

static int test_test(struct call *call, struct value *out)
{
	return bind_none(call)
		       ? -1
		       : answer(out, is_string(call->subject) &&
					     test_find(call->subject, true));
}

static const struct call_entry entries[] = {
	{"!=", test_ne},
	{"<", test_lt},
	{"<=", test_le},
	{"==", test_eq},
	{">", test_gt},
	{">=", test_ge},
	{"boolean", test_boolean},
	{"callable", test_callable},
	{"defined", test_defined},
	{"divisibleby", test_divisibleby},
	{"eq", test_eq},
	{"equalto", test_eq},
	{"escaped", test_escaped},
	{"even", test_even},
	{"false", test_false},
	{"filter", test_filter},
	{"float", test_float},
	{"ge", test_ge},
	{"greaterthan", test_gt},
	{"gt", test_gt},
	{"in", test_in},
	{"integer", test_integer},
	{"iterable", test_iterable},
	{"le", test_le},
	{"lessthan", test_lt},
	{"lower", test_lower},
	{"lt", test_lt},
	{"mapping", test_mapping},
	{"ne", test_ne},
	{"none", test_none},
	{"number", test_number},
	{"odd", test_odd},
	{"sameas", test_sameas},
	{"sequence", test_sequence},
	{"string", test_string},
	{"test", test_test},
	{"true", test_true},
	{"undefined", test_undefined},
	{"upper", test_upper},
};

const struct method_table tests_plain = {entries, COUNT(entries)};
