/* The parts of value_operate. Private to this folder. */
#pragma once

#include "runtime/text/template/library.h"

/* Both sides are numbers. */
int number_operate(struct render *render, enum value_operator operator,
		   struct value left, struct value right, struct value *out);

/* The order of two numbers, exact between int and float; 2 with a nan. */
int number_compare(struct value left, struct value right);

/* left % right for a string on the left: printf as in Python. */
int format_percent(struct render *render, struct value format,
		   struct value arguments, struct value *out);

/* left - right between dates and durations. */
int datetime_operate(struct render *render, enum value_operator operator,
		     struct value left, struct value right, struct value *out);
bool is_datetime(struct value value);
int datetime_compare(struct value left, struct value right);

/* Items start, start + step, … of a range object. */
struct value range_new(struct render *render, int64_t start, int64_t stop,
		       int64_t step);
bool is_range(struct value value);
int range_slice(struct render *render, struct value range, const int64_t at[3],
		struct value *out);
bool range_contains(struct value range, int64_t item);
