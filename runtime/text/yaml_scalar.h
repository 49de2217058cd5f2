/* What a plain scalar of YAML means. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runtime/text/value.h"

enum { YAML_DIGITS_MAX = 4300 }; /* of an integer */

/*
 * The core schema of YAML 1.2, or with `old` YAML 1.1 as PyYAML reads it. What
 * is no null, boolean or number is a string that borrows `text`. Dates of 1.1
 * are strings too, and so are integers of more than YAML_DIGITS_MAX digits.
 */
struct value yaml_resolve(struct arena *arena, bool old, const char *text,
			  size_t length);

/* Is a plain scalar of this text a date or time in YAML 1.1? */
bool yaml_is_date(const char *text, size_t length);
