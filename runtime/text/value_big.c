#include "runtime/text/value_big.h"

#include <stdint.h>
#include <string.h>

enum { RADIX = 1000000000 };

static unsigned digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A' + 10);
	return UINT32_MAX;
}

/* big = big * factor + term */
static void scale(struct value_big *big, uint32_t factor, uint32_t term)
{
	uint64_t carry = term;

	for (uint32_t i = 0; i < big->count; i++) {
		carry += (uint64_t)big->digits[i] * factor;
		big->digits[i] = (uint32_t)(carry % RADIX);
		carry /= RADIX;
	}
	if (carry > 0)
		big->digits[big->count++] = (uint32_t)carry;
}

struct value value_big_read(struct arena *arena, const char *digits,
			    size_t length, unsigned base, bool negative)
{
	uint64_t small = 0;
	uint64_t least = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
	struct value_big *big = NULL;

	for (size_t i = 0; i < length; i++) {
		unsigned next = digit(digits[i]);

		if (next >= base)
			continue;
		if (!big && small <= (least - next) / base) {
			small = small * base + next;
			continue;
		}
		if (!big) {
			/* A digit is at most 4 bits, a place 29. */
			size_t places = (length + 64) / 7 + 4;

			big = arena_alloc(arena,
					  sizeof(*big) +
						  places * sizeof(uint32_t));
			*big = (struct value_big){.negative = negative};
			for (; small > 0; small /= RADIX)
				big->digits[big->count++] =
					(uint32_t)(small % RADIX);
		}
		scale(big, base, next);
	}
	if (big)
		return (struct value){.kind = VALUE_BIG, .big = big};
	return value_int(negative ? (int64_t)(0 - small) : (int64_t)small);
}
