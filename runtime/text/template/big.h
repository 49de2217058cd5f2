/* Integers without a limit: what Python's int does beyond 64 bits. */
#pragma once

#include "runtime/text/template/call.h"

/*
 * All take integers of any kind (bool, int, big) and give an int when the
 * result fits into 64 bits. They fail when memory or the limit on digits is
 * exceeded.
 */
int big_add(struct render *render, struct value left, struct value right,
	    struct value *out);
int big_subtract(struct render *render, struct value left, struct value right,
		 struct value *out);
int big_multiply(struct render *render, struct value left, struct value right,
		 struct value *out);

/* Floor division; either result may be NULL. `right` must not be 0. */
int big_divide(struct render *render, struct value left, struct value right,
	       struct value *quotient, struct value *rest);
int big_power(struct render *render, struct value base, uint64_t exponent,
	      struct value *out);
struct value big_negate(struct render *render, struct value value);
int big_compare(struct value left, struct value right);

/* Decimal digits, of which there must be one or more. */
int big_parse(struct render *render, const char *digits, size_t count,
	      bool negative, struct value *out);

/* The decimal digits; ValueError beyond 4300, as in Python. */
int big_print(struct render *render, struct value value, struct buf *out);

double big_double(struct value value); /* correctly rounded; may be infinite */
int big_from_double(struct render *render, double number, struct value *out);
