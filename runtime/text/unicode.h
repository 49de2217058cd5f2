/* Unicode: UTF-8 by code points, their properties and letter case. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The code point at `*at`, which moves past it. A byte that is not part of
 * UTF-8 comes back as itself with UNICODE_RAW added, so nothing is lost.
 */
enum { UNICODE_RAW = 0x200000, UNICODE_MAX = 0x10ffff };
uint32_t unicode_next(const char **at, const char *end);

/* Write a code point as UTF-8, or a raw byte: 1 to 4 bytes. */
size_t unicode_put(char out[4], uint32_t point);

/* How many code points `length` bytes are. */
size_t unicode_length(const char *bytes, size_t length);

/* Where code point number `index` begins; the end if there are fewer. */
const char *unicode_at(const char *bytes, size_t length, size_t index);

bool unicode_ascii(const char *bytes, size_t length);

enum unicode_property {
	UNICODE_PRINTABLE,
	UNICODE_ALPHA,
	UNICODE_DECIMAL,
	UNICODE_DIGIT,   /* decimal ones included */
	UNICODE_NUMERIC, /* digits included */
	UNICODE_ALNUM,
	UNICODE_SPACE,
	UNICODE_UPPER,
	UNICODE_LOWER,
	UNICODE_TITLE,
};

/* As in Python's str.isprintable, isalpha, … for one character. */
bool unicode_is(uint32_t point, enum unicode_property property);

/* The value of a decimal digit of any script, or -1. */
int unicode_digit(uint32_t point);

enum unicode_case {
	UNICODE_TO_LOWER,
	UNICODE_TO_UPPER,
	UNICODE_TO_TITLE,
	UNICODE_TO_FOLD,
};

/* `point` in another case: 1 to 3 code points in `out`; returns how many. */
int unicode_convert(uint32_t point, enum unicode_case to, uint32_t out[3]);
