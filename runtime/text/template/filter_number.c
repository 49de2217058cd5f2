/* Filters of numbers. */
#include <math.h>

#include "runtime/text/template/big.h"
#include "runtime/text/template/filter.h"

static int filter_abs(struct call *call, struct value *out)
{
	static const char *const names[] = {NULL};
	struct value value = call->subject;

	if (call_bind(call, names, 0, NULL))
		return -1;
	if (value.kind == VALUE_FLOAT) {
		*out = value_float(fabs(value.number));
		return 0;
	}
	if (!is_integer(value))
		return fail_type(call->render,
				 "bad operand type for abs(): '%s'",
				 value_type_name(value));
	if (big_compare(value, value_int(0)) < 0)
		*out = big_negate(call->render, value);
	else
		*out = value.kind == VALUE_BOOL ? value_int(value.truth)
						: value;
	return 0;
}

/* int(value), or int(float(value)): 1 when it is no number. */
static int to_int(struct call *call, struct value value, int base,
		  struct value *out)
{
	double number;

	if (is_string(value)) {
		if (number_parse(call->render, value, base, out))
			return 0;
		if (!number_parse_float(value, &number))
			return 1;
	} else if (value.kind == VALUE_FLOAT) {
		number = value.number;
	} else if (is_integer(value)) {
		*out = value.kind == VALUE_BOOL ? value_int(value.truth)
						: value;
		return 0;
	} else {
		return value.kind == VALUE_UNDEFINED
			       ? render_missing(call->render, value)
			       : 1;
	}
	if (isnan(number))
		return 1;
	return number_truncate(call->render, number, out);
}

static int filter_int(struct call *call, struct value *out)
{
	static const char *const names[] = {"default", "base", NULL};
	struct value arguments[2];
	int64_t base;
	int status;

	if (call_bind(call, names, 0, arguments) ||
	    argument_int_or(call->render, arguments[1], 10, &base))
		return -1;
	if (base != 0 && (base < 2 || base > 36))
		status = 1;
	else
		status = to_int(call, call->subject, (int)base, out);
	if (status == 1)
		*out = arguments[0].kind == VALUE_ABSENT ? value_int(0)
							 : arguments[0];
	return status < 0 ? -1 : 0;
}

static int filter_float(struct call *call, struct value *out)
{
	static const char *const names[] = {"default", NULL};
	struct value value = call->subject;
	struct value fallback;
	double number = 0;

	if (call_bind(call, names, 0, &fallback))
		return -1;
	if (value.kind == VALUE_UNDEFINED)
		return render_missing(call->render, value);
	if (is_number(value)) {
		if (number_double(call->render, value, &number))
			return -1;
	} else if (!is_string(value) || !number_parse_float(value, &number)) {
		*out = fallback.kind == VALUE_ABSENT ? value_float(0)
						     : fallback;
		return 0;
	}
	*out = value_float(number);
	return 0;
}

/* Half to even among the multiples of a power of ten. */
static int round_integer(struct render *render, struct value value,
			 int64_t digits, struct value *out)
{
	struct value unit;
	struct value rest;
	struct value half;
	struct value quotient;
	struct value parity;
	int order;

	*out = value.kind == VALUE_BOOL ? value_int(value.truth) : value;
	if (digits >= 0)
		return 0;
	if (digits < -BIG_DIGITS_MAX) {
		*out = value_int(0);
		return 0;
	}
	if (big_power(render, value_int(10), (uint64_t)-digits, &unit) ||
	    big_divide(render, *out, unit, &quotient, &rest) ||
	    big_divide(render, quotient, value_int(2), NULL, &parity) ||
	    big_add(render, rest, rest, &half))
		return -1;
	order = big_compare(half, unit);
	if (order > 0 || (order == 0 && parity.integer == 1)) {
		if (big_add(render, quotient, value_int(1), &quotient))
			return -1;
	}
	return big_multiply(render, quotient, unit, out);
}

/* func(value * 10**precision) / 10**precision */
static int round_by(struct call *call, double (*function)(double),
		    int64_t precision, struct value *out)
{
	double power = pow(10, (double)precision);
	double number;

	if (number_double(call->render, call->subject, &number))
		return -1;
	number = function(number * power);
	if (isnan(number) || isinf(number))
		return number_truncate(call->render, number, out);
	if (power == 0)
		return render_fail(call->render, RENDER_ZERO_DIVISION,
				   "float division by zero");
	*out = value_float(number / power);
	return 0;
}

static int filter_round(struct call *call, struct value *out)
{
	static const char *const names[] = {"precision", "method", NULL};
	struct value arguments[2];
	int64_t precision;

	if (call_bind(call, names, 0, arguments) ||
	    argument_int_or(call->render, arguments[0], 0, &precision))
		return -1;
	if (arguments[1].kind == VALUE_ABSENT)
		arguments[1] = LITERAL("common");
	if (!text_is(arguments[1], "common") &&
	    !text_is(arguments[1], "ceil") && !text_is(arguments[1], "floor"))
		return render_fail(call->render, RENDER_FILTER,
				   "method must be common, ceil or floor");
	if (!is_number(call->subject))
		return fail_type(call->render,
				 "type %s doesn't define __round__ method",
				 value_type_name(call->subject));
	if (precision > 400 || precision < -400)
		precision = precision > 0 ? 400 : -400;
	if (text_is(arguments[1], "ceil"))
		return round_by(call, ceil, precision, out);
	if (text_is(arguments[1], "floor"))
		return round_by(call, floor, precision, out);
	if (is_integer(call->subject))
		return round_integer(call->render, call->subject, precision,
				     out);
	*out = value_float(number_round(call->subject.number, (int)precision));
	return 0;
}

static int size_number(struct call *call, double *out)
{
	struct value value = call->subject;

	if (value.kind == VALUE_UNDEFINED)
		return render_missing(call->render, value);
	if (is_number(value))
		return number_double(call->render, value, out);
	if (!is_string(value))
		return fail_type(call->render,
				 "float() argument must be a string or a real "
				 "number, not '%s'",
				 value_type_name(value));
	if (!number_parse_float(value, out))
		return render_fail(call->render, RENDER_VALUE,
				   "could not convert string to float");
	return 0;
}

static int filter_filesizeformat(struct call *call, struct value *out)
{
	static const char *const names[] = {"binary", NULL};
	static const char prefixes[] = "kMGTPEZY";
	struct value argument;
	struct buf buf;
	double base;
	double bytes = 0;
	double unit;
	bool binary;
	int i = 0;

	if (call_bind(call, names, 0, &argument) ||
	    argument_bool(call->render, argument, false, &binary) ||
	    size_number(call, &bytes))
		return -1;
	base = binary ? 1024 : 1000;
	text_init(&buf);
	if (bytes == 1) {
		buf_puts(&buf, "1 Byte");
	} else if (bytes < base) {
		buf_printf(&buf, "%.0f Bytes", trunc(bytes) + 0.0);
	} else {
		unit = base * base;
		while (i < 7 && bytes >= unit) {
			unit *= base;
			i++;
		}
		buf_printf(&buf, "%.1f %c%s", base * bytes / unit,
			   binary && i == 0 ? 'K' : prefixes[i],
			   binary ? "iB" : "B");
	}
	return text_take(call->render, &buf, out);
}

static const struct call_entry entries[] = {
	{"abs", filter_abs},     {"filesizeformat", filter_filesizeformat},
	{"float", filter_float}, {"int", filter_int},
	{"round", filter_round},
};

const struct method_table filters_number = {entries, COUNT(entries)};
