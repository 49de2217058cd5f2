/* "key=value" lines and lists of numbers, as LightGBM writes them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/error.h"
#include "runtime/learn/gbt/vector.h"

/* A part of a line; borrowed. `line` 0: there was none. */
struct gbt_span {
	const char *at, *end;
	uint32_t line;
};

struct gbt_lines {
	const char *file; /* how errors name it */
	const char *at, *end;
	uint32_t line; /* of the one that was read last, from 1 */
};

/* The next line that is not empty, without its end. False at the end. */
bool gbt_line(struct gbt_lines *lines, struct gbt_span *line);

/* Cut "key=value" at the first "=": `line` becomes the value. */
bool gbt_line_key(struct gbt_span *line, struct gbt_span *key);

bool gbt_span_is(const struct gbt_span *span, const char *text);

/* The next word between spaces; false when there is none. */
bool gbt_word(struct gbt_span *span, struct gbt_span *word);

/* A whole word as a number: decimal, inf or nan; false if it is none. */
bool gbt_word_number(const struct gbt_span *word, double *number);

/*
 * Numbers between spaces, appended as doubles or as int32_t to an empty list;
 * there must be `count`. 0 or -1 with ERROR_INVALID "FILE:LINE: …".
 */
int gbt_read_doubles(const struct gbt_lines *lines, struct gbt_span span,
		     size_t count, struct gbt_vector *out, struct error **err);
int gbt_read_ints(const struct gbt_lines *lines, struct gbt_span span,
		  size_t count, struct gbt_vector *out, struct error **err);

/* ERROR_INVALID "FILE:LINE: what". Returns -1. */
int gbt_lines_fail(const struct gbt_lines *lines, uint32_t line,
		   struct error **err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
