/* Cron expressions: five fields, or @daily and its kin. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/buf.h"
#include "runtime/base/error.h"
#include "runtime/text/zone.h"

/* Small on purpose: a server holds ten thousand of them. */
struct cron {
	uint64_t minutes; /* bit n: minute n */
	uint32_t hours;
	uint32_t days;     /* bits 1 to 31 */
	uint16_t months;   /* bits 1 to 12 */
	uint8_t weekdays;  /* bits 0 (Sunday) to 6 */
	bool last_day : 1; /* `L`: the last day of the month */
	bool any_day : 1;  /* the field began with `*`: both days must match */
	bool any_weekday : 1;
	bool any_hour : 1; /* follows the clock on the wall through DST */
};

enum { CRON_NEVER = -1 };

/*
 * Read "minute hour day month weekday" (numbers, `*`, lists, ranges, `/step`,
 * names JAN-DEC and SUN-SAT, 7 for Sunday, `L` for the month's last day) or
 * @yearly @annually @monthly @weekly @daily @midnight @hourly. If both days
 * are restricted, either suffices, as in every cron since Vixie's. Errors name
 * the field and what it takes.
 */
int cron_parse(struct cron *cron, const char *expr, struct error **err);

/*
 * The first time after `after_ms` that matches, in milliseconds, or CRON_NEVER
 * when there is none within eight years.
 *
 * Where clocks change: an expression whose hour begins with `*` follows the
 * clock on the wall (every ten minutes stays every ten minutes). All others
 * name hours: times that a change skips run once, at the first instant after
 * the gap; times that come twice run the first time only.
 */
int64_t cron_next(const struct cron *cron, const struct zone *zone,
		  int64_t after_ms);

/* Append a short sentence: "at 02:15 on Monday to Friday". */
void cron_describe(const struct cron *cron, struct buf *out);
