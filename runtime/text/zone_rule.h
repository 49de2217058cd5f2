/* Rules of POSIX TZ strings: what holds behind the last change that a time zone
 * file lists. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/text/zone.h"

/* The day of a rule: Mmonth.week.weekday, Jn (no leap days), or n (from 0). */
struct zone_rule_date {
	char kind; /* 'M', 'J' or 'n' */
	int month;
	int week;
	int day;
	int32_t time; /* seconds after midnight, may be negative */
};

/* What a POSIX TZ string says, like "CET-1CEST,M3.5.0,M10.5.0/3". */
struct zone_rule {
	int32_t standard;
	int32_t daylight;
	bool changes; /* does it have daylight saving time at all? */
	struct zone_rule_date begin;
	struct zone_rule_date end;
};

/* Read a rule from text without a final NUL. Returns 0 or -1. */
int zone_rule_read(struct zone_rule *rule, const char *text, size_t length);

/* The span that holds `at`, by the rule alone. */
struct zone_span zone_rule_span(const struct zone_rule *rule, int64_t at);
