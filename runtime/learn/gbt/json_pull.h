/* JSON, a value at a time: for readers that know what they look for. */
#pragma once

#include "runtime/learn/gbt/lines.h"

enum { GBT_JSON_DEPTH = 64, GBT_JSON_STRING = 1 << 16 };

/*
 * Where a reader is. All functions return -1 with ERROR_INVALID
 * "FILE:LINE: what, expected what" once something is wrong.
 */
struct gbt_json {
	const char *file, *start, *at, *end; /* borrowed */
	struct error **err;
	int depth;
	bool first; /* nothing was read in this array or object yet */
};

void gbt_json_init(struct gbt_json *json, const char *text, size_t length,
		   const char *file, struct error **err);

/* Go into an object ('{') or an array ('['). */
int gbt_json_enter(struct gbt_json *json, char kind);

/*
 * 1: there is a next key, whose value must be read or skipped; 0: the object
 * has ended. `key` is as written, between its quotes.
 */
int gbt_json_key(struct gbt_json *json, struct gbt_span *key);

/* 1: there is a next element; 0: the array has ended. */
int gbt_json_element(struct gbt_json *json);

/* A number, also NaN, Infinity, true (1), false (0) or one in quotes. */
int gbt_json_number(struct gbt_json *json, double *number);

/* A string: owned, without NUL inside, freed with mem_free. */
int gbt_json_string(struct gbt_json *json, char **string);

/* An array of numbers, appended as doubles. */
int gbt_json_numbers(struct gbt_json *json, struct gbt_vector *out);

int gbt_json_skip(struct gbt_json *json); /* any value */

/* Only spaces may follow. */
int gbt_json_end(struct gbt_json *json);

int gbt_json_fail(struct gbt_json *json, const char *what);
