/* Dates of templates: made by to_datetime, printed by strftime. */
#pragma once

#include <time.h>

#include "runtime/text/template/library.h"

/* A date: microseconds since 1970, without a time zone. */
struct value datetime_new(struct render *render, int64_t micro);

/* strftime; `micro` is what %f prints. */
int time_format(struct render *render, struct value format, const struct tm *tm,
		int64_t micro, struct value *out);
