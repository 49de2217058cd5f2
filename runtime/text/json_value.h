/* JSON as values: order, big integers, and 1 apart from 1.0 are kept. */
#pragma once

#include "runtime/base/buf.h"
#include "runtime/base/error.h"
#include "runtime/text/value.h"

enum { JSON_DEPTH_MAX = 500 };

/*
 * Read one document, which lives in `arena` (its maximum is the limit on
 * size). As Python's json.loads: the last of double keys wins, NaN and
 * Infinity are numbers. An error names line and column.
 */
int json_value_read(struct arena *arena, const char *text, size_t length,
		    struct value *out, struct error **err);

/* How to write: all zero is json.dumps without options. */
struct json_style {
	int indent; /* with `lines`: spaces a level */
	bool lines; /* an item a line */
	bool sort_keys;
	bool unicode;           /* not everything in ASCII */
	const char *item, *key; /* separators; NULL: ", " and ": " */
};

/*
 * Append `value` as JSON. What JSON does not have (objects, undefined values,
 * keys that are tuples) is an error.
 */
int json_value_write(struct value value, const struct json_style *style,
		     struct buf *out, struct error **err);

/*
 * Append a JSON string; without `unicode` in ASCII. Bytes that are no UTF-8
 * are written as U+FFFD.
 */
void json_write_string(struct buf *out, const char *bytes, size_t length,
		       bool unicode);
