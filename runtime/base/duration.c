#include "runtime/base/duration.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int64_t ms;
} units[] = {
	{"ms", 1},      {"s", 1000},     {"m", 60000},
	{"h", 3600000}, {"d", 86400000}, {"w", 604800000},
};

static int64_t unit_ms(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == length &&
		    strncmp(units[i].name, name, length) == 0)
			return units[i].ms;
	return 0;
}

/* Read one "1.5h" at `*at`; -1 if there is none. */
static int read_part(const char **at, double *sum)
{
	const char *unit = *at + strspn(*at, "0123456789.");
	size_t length = strspn(unit, "abcdefghijklmnopqrstuvwxyz");
	int64_t scale = unit_ms(unit, length);
	char *end;
	double number;

	if (!isdigit((unsigned char)**at) || scale == 0)
		return -1;
	number = strtod(*at, &end);
	if (end != unit)
		return -1;
	*sum += number * (double)scale;
	*at = unit + length;
	return 0;
}

int duration_parse(const char *text, int64_t *ms, struct error **err)
{
	const char *at = text;
	double sum = 0;

	if (*text && strspn(text, "0123456789") == strlen(text)) {
		sum = strtod(text, NULL);
	} else {
		do {
			if (read_part(&at, &sum) != 0)
				return error_set(err, ERROR_INVALID,
						 "'%s' is not a duration "
						 "(like 250ms, 10s, 5m, 1h30m)",
						 text);
		} while (*at);
	}
	if (!(sum < 9e15))
		return error_set(err, ERROR_INVALID, "'%s' is too long", text);
	*ms = llround(sum);
	return 0;
}

void duration_format(int64_t ms, char *text)
{
	int64_t s = ms / 1000;
	size_t i = sizeof(units) / sizeof(units[0]) - 2; /* no weeks */

	if (ms < 1000) {
		snprintf(text, DURATION_SIZE, "%lldms", (long long)ms);
		return;
	}
	if (ms < 10000 && ms % 1000 >= 100) {
		snprintf(text, DURATION_SIZE, "%lld.%llds", (long long)s,
			 (long long)(ms % 1000 / 100));
		return;
	}
	while (units[i].ms > ms)
		i--;
	int64_t rest = i > 1 ? ms % units[i].ms / units[i - 1].ms : 0;
	int used = snprintf(text, DURATION_SIZE, "%lld%s",
			    (long long)(ms / units[i].ms), units[i].name);

	if (rest)
		snprintf(text + used, (size_t)(DURATION_SIZE - used), " %lld%s",
			 (long long)rest, units[i - 1].name);
}
