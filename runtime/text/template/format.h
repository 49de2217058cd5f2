/* Numbers and strings in a given form: what % and str.format share. */
#pragma once

#include "runtime/text/template/method.h"

enum { FORMAT_PRECISION_MAX = 10000 };

/* [[fill]align][sign][#][0][width][grouping][.precision][type] */
struct format_spec {
	uint32_t fill;
	char align;    /* < > ^ =, or 0: the kind's own */
	char sign;     /* + - or a space */
	char grouping; /* , or _ or 0 */
	char type;
	bool alternate;
	int64_t width;
	int64_t precision; /* -1: none */
	int64_t digits;    /* of integers: at least so many */
};

int format_string(struct render *render, const struct format_spec *spec,
		  struct value text, struct buf *out);
int format_integer(struct render *render, const struct format_spec *spec,
		   struct value integer, struct buf *out);
int format_float(struct render *render, const struct format_spec *spec,
		 double number, struct buf *out);

/* Append ascii(value): repr with everything else escaped. */
int format_ascii(struct render *render, struct value value, struct buf *out);
