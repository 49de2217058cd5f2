/* Templates of log lines, found while the lines go by. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "runtime/base/buf.h"
#include "runtime/base/error.h"

/*
 * After P. He, J. Zhu, Z. Zheng, M. Lyu: Drain, an Online Log Parsing Approach
 * with Fixed Depth Tree, 2017, with three differences that raised the share of
 * lines in the right group on public logs: tokens end at '=', ':' and ',' too;
 * the first word counts twice; a place that is already variable fits any word
 * by half. What has a digit, and long hexadecimal words, are variable from the
 * start.
 *
 * A line costs one pass over its bytes and a look into a table; only a line
 * that was not there in the same words is compared with the templates of as
 * many words.
 */
struct drain;

enum {
	DRAIN_TOKENS = 256,       /* of a line; the rest is one variable */
	DRAIN_LINE_BYTES = 16384, /* more of a line is not looked at */
	DRAIN_TEMPLATES = 20000,  /* later lines go to the nearest one */
};

struct drain *drain_new(void);
void drain_free(struct drain *drain); /* NULL is fine */

/* The number of the line's template, from 0; a new one when none fits. */
uint32_t drain_add(struct drain *drain, const char *line, size_t length);

size_t drain_count(const struct drain *drain);

/* How many lines a template had. */
uint64_t drain_lines(const struct drain *drain, uint32_t number);

/*
 * A template's name: made of the first line's words, so the same log gives the
 * same names, and it stays while the template becomes more general.
 */
uint64_t drain_key(const struct drain *drain, uint32_t number);

/* The template as text: its first line with <*> at the variable places. */
void drain_text(const struct drain *drain, uint32_t number, struct buf *text);

/* All that is known, as bytes that drain_load reads. */
void drain_save(const struct drain *drain, struct buf *bytes);

/* ERROR_INVALID when the bytes are damaged or of another version: NULL. */
struct drain *drain_load(const void *bytes, size_t length, struct error **err);
