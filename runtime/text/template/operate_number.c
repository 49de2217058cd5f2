/* Arithmetic on numbers: Python's, where integers never overflow. */
#include <math.h>
#include <stdlib.h>

#include "runtime/text/template/big.h"
#include "runtime/text/template/operate.h"

int number_double(struct render *render, struct value value, double *out)
{
	switch (value.kind) {
	case VALUE_FLOAT:
		*out = value.number;
		return 0;
	case VALUE_BIG:
		*out = big_double(value);
		if (isinf(*out))
			return render_fail(render, RENDER_VALUE,
					   "int too large to convert to float");
		return 0;
	default:
		*out = (double)integer_of(value);
		return 0;
	}
}

static int by_zero(struct render *render, const char *what)
{
	return render_fail(render, RENDER_ZERO_DIVISION, "%s", what);
}

/* Python's floor modulo: the sign is the divisor's. */
static double float_modulo(double left, double right)
{
	double rest = fmod(left, right);

	if (rest == 0)
		return copysign(0, right);
	return (rest < 0) != (right < 0) ? rest + right : rest;
}

static double float_floor(double left, double right)
{
	double rest = fmod(left, right);
	double whole = (left - rest) / right;
	double floored;

	if (rest != 0 && (rest < 0) != (right < 0))
		whole -= 1;
	if (whole == 0)
		return copysign(0, left / right);
	floored = floor(whole);
	return whole - floored > 0.5 ? floored + 1 : floored;
}

static int float_power(struct render *render, double left, double right,
		       struct value *out)
{
	double result = pow(left, right);

	if (left == 0 && right < 0)
		return by_zero(render,
			       "0.0 cannot be raised to a negative power");
	if (isnan(result) && !isnan(left) && !isnan(right))
		return render_fail(render, RENDER_VALUE,
				   "a negative number has no such power");
	if (isinf(result) && !isinf(left) && !isinf(right))
		return render_fail(render, RENDER_VALUE,
				   "(34, 'Numerical result out of range')");
	*out = value_float(result);
	return 0;
}

static int float_operate(struct render *render, enum value_operator operator,
			 double left, double right, struct value *out)
{
	switch (operator) {
	case OPERATOR_ADD:
		*out = value_float(left + right);
		return 0;
	case OPERATOR_SUBTRACT:
		*out = value_float(left - right);
		return 0;
	case OPERATOR_MULTIPLY:
		*out = value_float(left * right);
		return 0;
	case OPERATOR_DIVIDE:
		if (right == 0)
			return by_zero(render, "float division by zero");
		*out = value_float(left / right);
		return 0;
	case OPERATOR_FLOOR_DIVIDE:
		if (right == 0)
			return by_zero(render, "float floor division by zero");
		*out = value_float(float_floor(left, right));
		return 0;
	case OPERATOR_MODULO:
		if (right == 0)
			return by_zero(render, "float modulo");
		*out = value_float(float_modulo(left, right));
		return 0;
	case OPERATOR_POWER:
		return float_power(render, left, right, out);
	}
	return -1;
}

/*
 * left / right with one rounding: as an integer of more than 64 bits, whose
 * last bit says whether anything is left over.
 */
static int divide_exactly(struct render *render, struct value left,
			  struct value right, double ratio, struct value *out)
{
	int shift = 68 - (ratio == 0 ? -1022 : ilogb(ratio));
	struct value unit;
	struct value quotient;
	struct value rest;

	if (big_power(render, value_int(2), (uint64_t)abs(shift), &unit) ||
	    big_multiply(render, shift > 0 ? left : right, unit,
			 shift > 0 ? &left : &right) ||
	    big_divide(render, left, right, &quotient, &rest))
		return -1;
	if ((rest.kind != VALUE_INT || rest.integer != 0) &&
	    (big_add(render, quotient, quotient, &quotient) ||
	     big_add(render, quotient, value_int(1), &quotient)))
		return -1;
	else if (rest.kind == VALUE_INT && rest.integer == 0)
		shift--;
	*out = value_float(ldexp(big_double(quotient), -shift - 1));
	return 0;
}

/* Exact where both are doubles; else one rounding of what is exact. */
static int true_divide(struct render *render, struct value left,
		       struct value right, struct value *out)
{
	double a;
	double b;

	if (right.kind != VALUE_BIG && integer_of(right) == 0)
		return by_zero(render, "division by zero");
	if (left.kind != VALUE_BIG && right.kind != VALUE_BIG) {
		*out = value_float((double)((long double)integer_of(left) /
					    (long double)integer_of(right)));
		return 0;
	}
	if (number_double(render, left, &a) || number_double(render, right, &b))
		return -1;
	return divide_exactly(render, left, right, a / b, out);
}

static int floor_divide(struct render *render, struct value left,
			struct value right, struct value *quotient,
			struct value *rest)
{
	int64_t a;
	int64_t b;
	int64_t modulo;

	if (left.kind == VALUE_BIG || right.kind == VALUE_BIG ||
	    (integer_of(left) == INT64_MIN && integer_of(right) == -1))
		return big_divide(render, left, right, quotient, rest);
	a = integer_of(left);
	b = integer_of(right);
	modulo = a % b;
	if (modulo != 0 && (modulo < 0) != (b < 0))
		modulo += b;
	if (rest)
		*rest = value_int(modulo);
	if (quotient)
		*quotient =
			value_int(a / b - (a % b != 0 && (a < 0) != (b < 0)));
	return 0;
}

static int integer_power(struct render *render, struct value base,
			 struct value exponent, struct value *out)
{
	double a;
	double b;

	if (exponent.kind == VALUE_BIG && !exponent.big->negative) {
		if (base.kind != VALUE_BIG && integer_of(base) >= 0 &&
		    integer_of(base) <= 1) {
			*out = value_int(integer_of(base));
			return 0;
		}
		return render_fail(render, RENDER_LIMIT,
				   "an integer of more than %d digits",
				   BIG_DIGITS_MAX);
	}
	if (exponent.kind != VALUE_BIG && integer_of(exponent) >= 0)
		return big_power(render, base, (uint64_t)integer_of(exponent),
				 out);
	if (number_double(render, base, &a) ||
	    number_double(render, exponent, &b))
		return -1;
	return float_power(render, a, b, out);
}

/* 0: done without leaving 64 bits. */
static int quick(enum value_operator operator, struct value left,
		 struct value right, struct value *out)
{
	int64_t a = integer_of(left);
	int64_t b = integer_of(right);
	int64_t result;
	bool over;

	switch (operator) {
	case OPERATOR_ADD:
		over = __builtin_add_overflow(a, b, &result);
		break;
	case OPERATOR_SUBTRACT:
		over = __builtin_sub_overflow(a, b, &result);
		break;
	case OPERATOR_MULTIPLY:
		over = __builtin_mul_overflow(a, b, &result);
		break;
	default:
		return -1;
	}
	*out = value_int(result);
	return over ? -1 : 0;
}

static bool is_zero(struct value value)
{
	return value.kind != VALUE_BIG && integer_of(value) == 0;
}

static int integer_operate(struct render *render, enum value_operator operator,
			   struct value left, struct value right,
			   struct value *out)
{
	switch (operator) {
	case OPERATOR_ADD:
		return big_add(render, left, right, out);
	case OPERATOR_SUBTRACT:
		return big_subtract(render, left, right, out);
	case OPERATOR_MULTIPLY:
		return big_multiply(render, left, right, out);
	case OPERATOR_DIVIDE:
		return true_divide(render, left, right, out);
	case OPERATOR_FLOOR_DIVIDE:
		if (is_zero(right))
			return by_zero(render,
				       "integer division or modulo by zero");
		return floor_divide(render, left, right, out, NULL);
	case OPERATOR_MODULO:
		if (is_zero(right))
			return by_zero(render, "integer modulo by zero");
		return floor_divide(render, left, right, NULL, out);
	case OPERATOR_POWER:
		return integer_power(render, left, right, out);
	}
	return -1;
}

int number_operate(struct render *render, enum value_operator operator,
		   struct value left, struct value right, struct value *out)
{
	double a;
	double b;

	if (left.kind != VALUE_FLOAT && right.kind != VALUE_FLOAT) {
		if (left.kind != VALUE_BIG && right.kind != VALUE_BIG &&
		    quick(operator, left, right, out) == 0)
			return 0;
		return integer_operate(render, operator, left, right, out);
	}
	if (number_double(render, left, &a) || number_double(render, right, &b))
		return -1;
	return float_operate(render, operator, a, b, out);
}

static int compare_double(double left, double right)
{
	if (isnan(left) || isnan(right))
		return 2;
	return left < right ? -1 : left > right;
}

/* Not by way of double, which has fewer bits than the integer. */
static int compare_mixed(struct value integer, double number)
{
	int64_t a;
	double whole;

	if (isnan(number) || integer.kind == VALUE_BIG)
		return compare_double(
			integer.kind == VALUE_BIG ? big_double(integer) : 0,
			number);
	if (number >= 9223372036854775808.0)
		return -1;
	if (number < -9223372036854775808.0)
		return 1;
	a = integer_of(integer);
	whole = floor(number);
	if (a != (int64_t)whole)
		return a < (int64_t)whole ? -1 : 1;
	return number > whole ? -1 : 0;
}

int number_compare(struct value left, struct value right)
{
	int order;

	if (left.kind == VALUE_FLOAT && right.kind == VALUE_FLOAT)
		return compare_double(left.number, right.number);
	if (right.kind == VALUE_FLOAT)
		return compare_mixed(left, right.number);
	if (left.kind == VALUE_FLOAT) {
		order = compare_mixed(right, left.number);
		return order == 2 ? 2 : -order;
	}
	if (left.kind == VALUE_BIG || right.kind == VALUE_BIG)
		return big_compare(left, right);
	return integer_of(left) < integer_of(right)
		       ? -1
		       : integer_of(left) > integer_of(right);
}
