/* Numbers as text and back: integers of any size, shortest floats. */
#pragma once

#include "runtime/base/buf.h"
#include "runtime/text/value.h"

void text_int(struct buf *buf, int64_t integer);

/* Python's repr: the fewest digits that read back as `number`. */
void text_float(struct buf *buf, double number);

/* The decimal digits of an integer beyond 64 bits. */
void text_big(struct buf *buf, const struct value_big *big);

/* How many decimal digits that are. */
size_t text_big_digits(const struct value_big *big);

/*
 * The integer that `count` decimal digits are; beyond 64 bits it is made in
 * `arena`. The caller limits `count`.
 */
struct value text_read_integer(struct arena *arena, const char *digits,
			       size_t count, bool negative);

/* A fresh big integer's kind: an int if it fits; leading zeros go. */
struct value text_settle(struct value_big *big);
