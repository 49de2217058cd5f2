/* Big integers: read from digits, and written. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/buf.h"
#include "runtime/text/value.h"

/*
 * The integer of `length` digits of `base` (2 to 16; characters that are no
 * digits, such as '_', are passed over): VALUE_INT when 64 bits are enough,
 * else VALUE_BIG. Takes time in the square of the length, which the caller
 * therefore limits.
 */
struct value value_big_read(struct arena *arena, const char *digits,
			    size_t length, unsigned base, bool negative);

/* Append `big` in decimal. */
void value_big_write(struct buf *out, const struct value_big *big);

/* The nearest float; infinite when it is too large. */
double value_big_float(const struct value_big *big);
