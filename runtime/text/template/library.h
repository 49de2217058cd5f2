/* What the parts of the templates' library share. Private to this folder. */
#pragma once

#include <string.h>

#include "runtime/text/number_text.h"
#include "runtime/text/template/call.h"
#include "runtime/text/unicode.h"

enum {
	TEXT_MAX = 256 << 20,   /* bytes of one string */
	NESTING_MAX = 500,      /* containers within containers */
	BIG_DIGITS_MAX = 20000, /* decimal digits of an integer */
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* A string literal as a value. */
#define LITERAL(text) value_borrow(text, sizeof(text) - 1)

/*
 * Room for a string of `length` bytes, which become `*out`; or NULL after
 * render_fail. To be filled by the caller.
 */
char *text_new(struct render *render, size_t length, struct value *out);

/* A buffer for a text in the making; text_take or buf_release ends it. */
static inline void text_init(struct buf *buf)
{
	buf_init(buf, TEXT_MAX);
}

/* Make the bytes of `buf` the string `*out` and release `buf`. */
int text_take(struct render *render, struct buf *buf, struct value *out);

/* As text_take, but only if `status` is 0; `buf` is released anyhow. */
int text_done(struct render *render, int status, struct buf *buf,
	      struct value *out);

void text_point(struct buf *buf, uint32_t point); /* append as UTF-8 */

/* `count` bytes for an array in the arena, or NULL after render_fail. */
void *room_new(struct render *render, uint64_t count, size_t size);

/* Of numbers: bool, int and big are integers. */
static inline bool is_integer(struct value value)
{
	return value.kind == VALUE_INT || value.kind == VALUE_BOOL ||
	       value.kind == VALUE_BIG;
}

static inline bool is_number(struct value value)
{
	return is_integer(value) || value.kind == VALUE_FLOAT;
}

static inline bool is_string(struct value value)
{
	return value.kind == VALUE_STRING;
}

static inline bool is_sequence(struct value value)
{
	return value.kind == VALUE_LIST || value.kind == VALUE_TUPLE;
}

/* The integer in a bool or int. */
static inline int64_t integer_of(struct value value)
{
	return value.kind == VALUE_BOOL ? value.truth : value.integer;
}

static inline bool text_is(struct value value, const char *text)
{
	return is_string(value) && value.length == strlen(text) &&
	       memcmp(value.bytes, text, value.length) == 0;
}

static inline bool string_equal(struct value left, struct value right)
{
	return left.length == right.length &&
	       memcmp(left.bytes, right.bytes, left.length) == 0;
}

/* A number as a double: 0, or OverflowError for an integer too large. */
int number_double(struct render *render, struct value value, double *out);

/* An integer from a double without its fraction; fails for inf and nan. */
int number_truncate(struct render *render, double number, struct value *out);

/* int(text, base) and float(text): false when the text is no number. */
bool number_parse(struct render *render, struct value text, int base,
		  struct value *out);
bool number_parse_float(struct value text, double *out);

/* round(number, digits) on the value that the double really has. */
double number_round(double number, int digits);

/*
 * The integer that an index or count must be: TypeError for anything else;
 * what is too large becomes the largest.
 */
int argument_int(struct render *render, struct value value, int64_t *out);

/* The same with a default when the argument was not given. */
int argument_int_or(struct render *render, struct value value, int64_t fallback,
		    int64_t *out);

/* bool(argument), or the default. */
int argument_bool(struct render *render, struct value value, bool fallback,
		  bool *out);

/* A string argument: else TypeError "… must be str, not int". */
int argument_text(struct call *call, struct value value, const char *what);

/* Fail as Python does when something has no such operation. */
int fail_type(struct render *render, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* All items of anything iterable as a new list. */
int value_items(struct render *render, struct value over, struct value *out);

/* Is `value` one of the sorts Python calls iterable? */
bool value_iterable(struct value value);

/* Sort items in place, stable; `reverse` keeps equal ones in order, too. */
struct sort_item {
	struct value key, item;
};
int sort_items(struct render *render, struct sort_item *items, size_t count,
	       bool reverse);

/* An iterator that hands out the items of `items` once: a generator. */
struct value iterator_over(struct render *render, const char *name,
			   struct value items);

/* A method with its subject, to be called later. */
struct value bound_method(struct render *render, struct value self,
			  const struct call_entry *entry);

/* Binary search in a table sorted by name; NULL when it is not there. */
const struct call_entry *entry_find(const struct call_entry *entries,
				    size_t count, struct value name);

/* The entry most like `name`, or NULL when none is near. */
const char *entry_nearest(const struct call_entry *entries, size_t count,
			  struct value name, size_t *distance);

/* Append `bytes` with &, <, >, ' and " escaped. */
void escape_bytes(struct buf *out, const char *bytes, size_t length);

/* Copy the entries of a dict, or pairs, into `dict`. */
int dict_merge(struct render *render, struct value_dict *dict,
	       struct value other);

/* The same with the arguments of a call: dict(…), update(…). */
int dict_of_call(struct call *call, struct value_dict *dict);
