/* Ansible's filters of numbers: log, pow, root, sizes for people. */
#include <math.h>
#include <stdio.h>

#include "runtime/text/template/ansible.h"
#include "runtime/text/template/big.h"

/* The subject and one argument as doubles. */
static int bind_numbers(struct call *call, const char *name, double fallback,
			double out[2])
{
	const char *const names[] = {name, NULL};
	struct value argument;

	if (call_bind(call, names, isnan(fallback), &argument))
		return -1;
	if (argument.kind == VALUE_ABSENT)
		argument = value_float(fallback);
	if (call->subject.kind == VALUE_UNDEFINED)
		return render_missing(call->render, call->subject);
	if (!is_number(call->subject) || !is_number(argument))
		return render_fail(
			call->render, RENDER_FILTER,
			"%s() can only be used on numbers: must be real "
			"number, not %s",
			call->name,
			value_type_name(is_number(call->subject)
						? argument
						: call->subject));
	return number_double(call->render, call->subject, &out[0]) ||
			       number_double(call->render, argument, &out[1])
		       ? -1
		       : 0;
}

static int domain_error(struct call *call)
{
	return render_fail(call->render, RENDER_VALUE, "math domain error");
}

static int filter_log(struct call *call, struct value *out)
{
	double numbers[2] = {0, 0};

	if (bind_numbers(call, "base", M_E, numbers))
		return -1;
	if (numbers[0] <= 0 || numbers[1] <= 0)
		return domain_error(call);
	if (numbers[1] == 1)
		return render_fail(call->render, RENDER_ZERO_DIVISION,
				   "float division by zero");
	*out = value_float(numbers[1] == 10
				   ? log10(numbers[0])
				   : log(numbers[0]) / log(numbers[1]));
	return 0;
}

static int power(struct call *call, double base, double exponent,
		 struct value *out)
{
	double result = pow(base, exponent);

	if ((isnan(result) && !isnan(base) && !isnan(exponent)) ||
	    (base == 0 && exponent < 0))
		return domain_error(call);
	if (isinf(result) && !isinf(base) && !isinf(exponent))
		return render_fail(call->render, RENDER_VALUE,
				   "math range error");
	*out = value_float(result);
	return 0;
}

static int filter_pow(struct call *call, struct value *out)
{
	double numbers[2] = {0, 0};

	if (bind_numbers(call, "y", NAN, numbers))
		return -1;
	return power(call, numbers[0], numbers[1], out);
}

static int filter_root(struct call *call, struct value *out)
{
	double numbers[2] = {0, 0};

	if (bind_numbers(call, "base", 2, numbers))
		return -1;
	if (numbers[1] == 0)
		return render_fail(call->render, RENDER_ZERO_DIVISION,
				   "float division by zero");
	if (numbers[1] == 2) {
		if (numbers[0] < 0)
			return render_fail(call->render, RENDER_FILTER,
					   "root() can only be used on "
					   "numbers: math domain error");
		*out = value_float(sqrt(numbers[0]));
		return 0;
	}
	if (numbers[0] < 0)
		return render_fail(call->render, RENDER_FILTER,
				   "root() can only be used on numbers: math "
				   "domain error");
	return power(call, numbers[0], 1.0 / numbers[1], out);
}

static const char units[] = "YZEPTGMKB";

static double unit_size(char unit)
{
	const char *found = unit ? strchr(units, unit) : NULL;

	return found ? ldexp(1, 10 * (int)(strlen(found) - 1)) : 0;
}

static int filter_human_readable(struct call *call, struct value *out)
{
	static const char *const names[] = {"isbits", "unit", NULL};
	struct value arguments[2];
	const char *at = units;
	struct buf buf;
	double size;
	bool bits;
	char wanted = '\0';

	if (call_bind(call, names, 0, arguments) ||
	    argument_bool(call->render, arguments[0], false, &bits) ||
	    render_defined(call->render, call->subject))
		return -1;
	if (!is_number(call->subject))
		return render_fail(call->render, RENDER_FILTER,
				   "human_readable() failed on bad input: "
				   "'>=' not supported between instances of "
				   "'%s' and 'int'",
				   value_type_name(call->subject));
	if (number_double(call->render, call->subject, &size))
		return -1;
	if (is_string(arguments[1]) && arguments[1].length == 1)
		wanted = (char)(arguments[1].bytes[0] &
				(arguments[1].bytes[0] >= 'a' ? ~0x20 : ~0));
	while (*at != 'B' &&
	       (ansible_given(arguments[1]) ? *at != wanted
					    : size < unit_size(*at)))
		at++;
	text_init(&buf);
	if (*at == 'B')
		buf_printf(&buf, "%.2f %s", size, bits ? "bits" : "Bytes");
	else
		buf_printf(&buf, "%.2f %c%c", size / unit_size(*at), *at,
			   bits ? 'b' : 'B');
	return text_take(call->render, &buf, out);
}

static int bad_size(struct call *call, struct value text)
{
	return render_fail(call->render, RENDER_FILTER,
			   "human_to_bytes() can't interpret following "
			   "string: %.*s",
			   (int)text.length, text.bytes);
}

/* "1.5", then letters: where each starts. */
static const char *skip_number(const char *at, const char *end, double *out)
{
	char digits[64];
	size_t length = 0;
	bool point = false;

	for (; at < end && length < sizeof(digits) - 1; at++) {
		bool digit = *at >= '0' && *at <= '9';

		if (!digit && (*at != '.' || point))
			break;
		point = point || *at == '.';
		digits[length++] = *at;
	}
	digits[length] = '\0';
	return number_parse_float(value_borrow(digits, length), out) ? at
								     : NULL;
}

static struct value letters(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && (*at | 0x20) >= 'a' && (*at | 0x20) <= 'z')
		at++;
	return value_borrow(start, (size_t)(at - start));
}

/* "MB" and "Mb" differ: bytes want the one, bits the other. */
static bool valid_unit(struct value unit, bool bits)
{
	char lower[64];
	uint32_t i;

	if (unit.length < 2)
		return true;
	for (i = 0; i < unit.length && i < sizeof(lower) - 1; i++)
		lower[i] = (char)(unit.bytes[i] | 0x20);
	lower[i] = '\0';
	return strstr(lower, bits ? "bit" : "byte") ||
	       unit.bytes[1] == (bits ? 'b' : 'B');
}

static int filter_human_to_bytes(struct call *call, struct value *out)
{
	static const char *const names[] = {"default_unit", "isbits", NULL};
	struct value arguments[2];
	struct value text;
	struct value unit;
	const char *at;
	const char *end;
	double number;
	double size = 1;
	bool bits;

	if (call_bind(call, names, 0, arguments) ||
	    argument_bool(call->render, arguments[1], false, &bits) ||
	    ansible_text(call, call->subject, &text))
		return -1;
	at = text.bytes;
	end = at + text.length;
	while (at < end && unicode_is((unsigned char)*at, UNICODE_SPACE))
		at++;
	at = skip_number(at, end, &number);
	if (!at)
		return bad_size(call, text);
	while (at < end && unicode_is((unsigned char)*at, UNICODE_SPACE))
		at++;
	unit = letters(at, end);
	if (unit.length == 0 && is_string(arguments[0]))
		unit = arguments[0];
	if (unit.length > 0) {
		size = unit_size((char)(unit.bytes[0] & ~0x20));
		if (size == 0 || !valid_unit(unit, bits))
			return bad_size(call, text);
	}
	return number_truncate(call->render, number_round(number * size, 0),
			       out);
}

static const struct call_entry entries[] = {
	{"human_readable", filter_human_readable},
	{"human_to_bytes", filter_human_to_bytes},
	{"log", filter_log},
	{"pow", filter_pow},
	{"root", filter_root},
};

const struct method_table filters_ansible_math = {entries, COUNT(entries)};
