/* Integers of any size, from digits of any base. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runtime/text/value.h"

/*
 * The integer of `length` digits of `base` (2 to 16; characters that are no
 * digits, such as '_', are passed over): VALUE_INT when 64 bits are enough,
 * else VALUE_BIG. Takes time in the square of the length, which the caller
 * therefore limits.
 */
struct value value_big_read(struct arena *arena, const char *digits,
			    size_t length, unsigned base, bool negative);
