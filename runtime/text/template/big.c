/* Schoolbook arithmetic on digits of base 10^9, lowest first. */
#include "runtime/text/template/big.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/text/template/library.h"

enum { BASE = 1000000000, BASE_DIGITS = 9, DIGITS_MAX = 20000 / 9 };

/* What Python prints at most. */
enum { PRINT_MAX = 4300 };

__extension__ typedef unsigned __int128 wide;

/* An operand as sign and magnitude; a small one lives in `room`. */
struct operand {
	bool negative;
	uint32_t count;
	const uint32_t *digits;
	uint32_t room[3];
};

static void open_operand(struct operand *operand, struct value value)
{
	int64_t integer;
	uint64_t left;

	if (value.kind == VALUE_BIG) {
		operand->negative = value.big->negative;
		operand->count = value.big->count;
		operand->digits = value.big->digits;
		return;
	}
	integer = integer_of(value);
	left = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
	operand->negative = integer < 0;
	operand->digits = operand->room;
	for (operand->count = 0; left > 0; left /= BASE)
		operand->room[operand->count++] = (uint32_t)(left % BASE);
}

static struct value_big *new_big(struct render *render, size_t count)
{
	size_t size = sizeof(struct value_big) + count * sizeof(uint32_t);
	struct value_big *big;

	if (count > DIGITS_MAX) {
		render_fail(render, RENDER_LIMIT,
			    "an integer of more than %d digits",
			    BIG_DIGITS_MAX);
		return NULL;
	}
	if (render_count(render, count) || render_room(render, size))
		return NULL;
	big = arena_alloc(render_arena(render), size);
	memset(big, 0, size);
	big->count = (uint32_t)count;
	return big;
}

static int compare_magnitude(const struct operand *left,
			     const struct operand *right)
{
	if (left->count != right->count)
		return left->count < right->count ? -1 : 1;
	for (uint32_t i = left->count; i > 0; i--)
		if (left->digits[i - 1] != right->digits[i - 1])
			return left->digits[i - 1] < right->digits[i - 1] ? -1
									  : 1;
	return 0;
}

int big_compare(struct value left, struct value right)
{
	struct operand a;
	struct operand b;
	int order;

	open_operand(&a, left);
	open_operand(&b, right);
	if (a.negative != b.negative)
		return a.negative ? -1 : 1;
	order = compare_magnitude(&a, &b);
	return a.negative ? -order : order;
}

static uint32_t digit(const struct operand *operand, uint32_t at)
{
	return at < operand->count ? operand->digits[at] : 0;
}

static int sum(struct render *render, const struct operand *left,
	       const struct operand *right, struct value *out)
{
	uint32_t count =
		left->count > right->count ? left->count : right->count;
	struct value_big *big = new_big(render, (size_t)count + 1);
	uint32_t carry = 0;

	if (!big)
		return -1;
	big->negative = left->negative;
	for (uint32_t i = 0; i <= count; i++) {
		carry += digit(left, i) + digit(right, i);
		big->digits[i] = carry % BASE;
		carry /= BASE;
	}
	*out = text_settle(big);
	return 0;
}

/* The magnitude of `left` is not less than that of `right`. */
static int difference(struct render *render, const struct operand *left,
		      const struct operand *right, struct value *out)
{
	struct value_big *big = new_big(render, left->count);
	int64_t borrow = 0;

	if (!big)
		return -1;
	big->negative = left->negative;
	for (uint32_t i = 0; i < left->count; i++) {
		int64_t rest =
			(int64_t)left->digits[i] - digit(right, i) - borrow;

		borrow = rest < 0;
		big->digits[i] = (uint32_t)(rest + (borrow ? BASE : 0));
	}
	*out = text_settle(big);
	return 0;
}

static int add_signed(struct render *render, struct operand *left,
		      struct operand *right, struct value *out)
{
	if (left->negative == right->negative)
		return sum(render, left, right, out);
	if (compare_magnitude(left, right) >= 0)
		return difference(render, left, right, out);
	return difference(render, right, left, out);
}

int big_add(struct render *render, struct value left, struct value right,
	    struct value *out)
{
	struct operand a;
	struct operand b;

	open_operand(&a, left);
	open_operand(&b, right);
	return add_signed(render, &a, &b, out);
}

int big_subtract(struct render *render, struct value left, struct value right,
		 struct value *out)
{
	struct operand a;
	struct operand b;

	open_operand(&a, left);
	open_operand(&b, right);
	b.negative = !b.negative;
	return add_signed(render, &a, &b, out);
}

int big_multiply(struct render *render, struct value left, struct value right,
		 struct value *out)
{
	struct operand a;
	struct operand b;
	struct value_big *big;

	open_operand(&a, left);
	open_operand(&b, right);
	big = new_big(render, (size_t)a.count + b.count);
	if (!big || render_count(render, (uint64_t)a.count * b.count))
		return -1;
	big->negative = a.negative != b.negative;
	for (uint32_t i = 0; i < a.count; i++) {
		uint64_t carry = 0;

		for (uint32_t j = 0; j < b.count || carry; j++) {
			carry += big->digits[i + j] +
				 (uint64_t)a.digits[i] * digit(&b, j);
			big->digits[i + j] = (uint32_t)(carry % BASE);
			carry /= BASE;
		}
	}
	*out = text_settle(big);
	return 0;
}

/* rest -= divisor * factor, shifted by `at`; adds back while negative. */
static uint32_t subtract_multiple(uint32_t *rest, const struct operand *divisor,
				  uint32_t at, uint64_t factor)
{
	int64_t borrow = 0;
	uint32_t count = divisor->count;

	for (uint32_t i = 0; i <= count; i++) {
		int64_t value = (int64_t)rest[at + i] + borrow -
				(int64_t)(factor * digit(divisor, i));
		int64_t kept = value % BASE;

		borrow = value / BASE;
		if (kept < 0) {
			kept += BASE;
			borrow--;
		}
		rest[at + i] = (uint32_t)kept;
	}
	while (borrow < 0) {
		uint32_t carry = 0;

		factor--;
		for (uint32_t i = 0; i <= count; i++) {
			carry += rest[at + i] + digit(divisor, i);
			rest[at + i] = carry % BASE;
			carry /= BASE;
		}
		borrow += carry;
	}
	return (uint32_t)factor;
}

/*
 * Long division of magnitudes: `rest` holds the dividend with one more digit
 * and ends as the remainder. The guess from the leading three digits by two is
 * at most one too large.
 */
static void divide_magnitude(uint32_t *rest, uint32_t count,
			     const struct operand *divisor, uint32_t *quotient)
{
	uint32_t size = divisor->count;
	uint64_t top = (uint64_t)divisor->digits[size - 1] * BASE +
		       (size > 1 ? divisor->digits[size - 2] : 0);

	for (uint32_t at = count - size + 1; at > 0; at--) {
		uint32_t *high = rest + at - 1 + size;
		wide lead = (wide)*high * BASE + high[-1];
		uint64_t guess;

		lead = lead * BASE + (size > 1 ? high[-2] : 0);
		guess = (uint64_t)(lead / top);
		if (guess >= BASE)
			guess = BASE - 1;
		quotient[at - 1] =
			subtract_multiple(rest, divisor, at - 1, guess);
	}
}

/* Floor: with a rest and different signs, one less and the divisor more. */
static int floor_result(struct render *render, struct value right,
			bool different, struct value *quotient,
			struct value *rest)
{
	if (!different || (rest->kind == VALUE_INT && rest->integer == 0))
		return 0;
	if (big_subtract(render, *quotient, value_int(1), quotient))
		return -1;
	return big_add(render, *rest, right, rest);
}

int big_divide(struct render *render, struct value left, struct value right,
	       struct value *quotient, struct value *rest)
{
	struct operand a;
	struct operand b;
	struct value_big *whole;
	struct value_big *left_over;
	struct value results[2];

	open_operand(&a, left);
	open_operand(&b, right);
	whole = new_big(render, (size_t)a.count + 1);
	left_over = new_big(render, (size_t)a.count + 1);
	if (!whole || !left_over ||
	    render_count(render, (uint64_t)a.count * b.count))
		return -1;
	whole->negative = a.negative != b.negative;
	left_over->negative = a.negative;
	if (a.count > 0)
		memcpy(left_over->digits, a.digits,
		       a.count * sizeof(*a.digits));
	if (a.count >= b.count)
		divide_magnitude(left_over->digits, a.count, &b, whole->digits);
	results[0] = text_settle(whole);
	results[1] = text_settle(left_over);
	if (floor_result(render, right, a.negative != b.negative, &results[0],
			 &results[1]))
		return -1;
	if (quotient)
		*quotient = results[0];
	if (rest)
		*rest = results[1];
	return 0;
}

int big_power(struct render *render, struct value base, uint64_t exponent,
	      struct value *out)
{
	struct value result = value_int(1);

	while (exponent > 0) {
		if ((exponent & 1) &&
		    big_multiply(render, result, base, &result))
			return -1;
		exponent >>= 1;
		if (exponent > 0 && big_multiply(render, base, base, &base))
			return -1;
		if (render_count(render, 1))
			return -1;
	}
	*out = result;
	return 0;
}

struct value big_negate(struct render *render, struct value value)
{
	struct value out = value;

	if (value.kind != VALUE_BIG && integer_of(value) != INT64_MIN)
		return value_int(-integer_of(value));
	big_subtract(render, value_int(0), value, &out);
	return out;
}

int big_parse(struct render *render, const char *digits, size_t count,
	      bool negative, struct value *out)
{
	if (count > BIG_DIGITS_MAX)
		return render_fail(render, RENDER_LIMIT,
				   "an integer of more than %d digits",
				   BIG_DIGITS_MAX);
	if (render_count(render, count / BASE_DIGITS) ||
	    render_room(render, count))
		return -1;
	*out = text_read_integer(render_arena(render), digits, count, negative);
	return 0;
}

int big_print(struct render *render, struct value value, struct buf *out)
{
	if (text_big_digits(value.big) > PRINT_MAX)
		return render_fail(render, RENDER_VALUE,
				   "Exceeds the limit (%d digits) for integer "
				   "string conversion",
				   PRINT_MAX);
	text_big(out, value.big);
	return 0;
}

double big_double(struct value value)
{
	struct operand operand;
	char text[BASE_DIGITS * 40 + 32];
	size_t length = 0;

	open_operand(&operand, value);
	if (operand.count > 36)
		return operand.negative ? -INFINITY : INFINITY;
	text[length++] = operand.negative ? '-' : '+';
	text[length++] = '0';
	for (uint32_t i = operand.count; i > 0; i--)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
					   "%09u", operand.digits[i - 1]);
	text[length] = '\0';
	return strtod(text, NULL);
}

int big_from_double(struct render *render, double number, struct value *out)
{
	char text[400];
	size_t start;

	snprintf(text, sizeof(text), "%.0f", number);
	start = text[0] == '-';
	return big_parse(render, text + start, strlen(text + start), start > 0,
			 out);
}
