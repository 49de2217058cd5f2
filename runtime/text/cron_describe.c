#include <string.h>

#include "runtime/text/cron.h"

/* How the members of a list are written. */
enum style { NUMBER, CLOCK, WEEKDAY_NAME, MONTH_NAME };

struct list {
	struct buf *out;
	enum style style;
	uint64_t bits;
	int suffix; /* CLOCK: the minute behind the hour */
};

static void put_value(const struct list *list, int value)
{
	static const char *const weekdays[] = {
		"Sunday",   "Monday", "Tuesday", "Wednesday",
		"Thursday", "Friday", "Saturday"};
	static const char *const months[] = {
		"",        "January",  "February", "March",  "April",
		"May",     "June",     "July",     "August", "September",
		"October", "November", "December"};

	switch (list->style) {
	case NUMBER:
		buf_printf(list->out, "%d", value);
		break;
	case CLOCK:
		buf_printf(list->out, "%02d:%02d", value, list->suffix);
		break;
	case WEEKDAY_NAME:
		buf_puts(list->out, weekdays[value]);
		break;
	case MONTH_NAME:
		buf_puts(list->out, months[value]);
		break;
	}
}

/* The last of the run of set bits that begins at `first`. */
static int run_end(uint64_t bits, int first)
{
	while (bits >> (first + 1) & 1)
		first++;
	return first;
}

/* "1, 3 and 5 to 9" */
static void put_list(const struct list *list)
{
	uint64_t left = list->bits;
	bool first = true;

	while (left) {
		int from = __builtin_ctzll(left);
		int to = run_end(left, from);

		/* Clock times are moments: between two lies nothing. */
		if (to - from < 2 || list->style == CLOCK)
			to = from;
		left &= ~(uint64_t)0 << to << 1;
		if (!first)
			buf_puts(list->out, left ? ", " : " and ");
		first = false;
		put_value(list, from);
		if (to > from) {
			buf_puts(list->out, " to ");
			put_value(list, to);
		}
	}
}

static void put(struct buf *out, enum style style, uint64_t bits)
{
	struct list list = {out, style, bits, 0};

	put_list(&list);
}

/* n if the bits are 0, n, 2n, … below `end` and n divides it, else 0. */
static int step_of(uint64_t bits, int end)
{
	for (int step = 1; step <= end / 2; step++) {
		uint64_t expected = 0;

		for (int i = 0; i < end; i += step)
			expected |= (uint64_t)1 << i;
		if (bits == expected)
			return end % step ? 0 : step;
	}
	return 0;
}

static void put_every(struct buf *out, int step, const char *unit)
{
	if (step == 1)
		buf_printf(out, "every %s", unit);
	else
		buf_printf(out, "every %d %ss", step, unit);
}

static void put_hours(const struct cron *cron, struct buf *out)
{
	int step = step_of(cron->hours, 24);

	if (step == 1)
		return;
	if (step) {
		buf_puts(out, " of ");
		put_every(out, step, "hour");
		return;
	}
	buf_puts(out, __builtin_popcount(cron->hours) > 1 ? " of the hours "
							  : " of hour ");
	put(out, NUMBER, cron->hours);
}

static void put_time(const struct cron *cron, struct buf *out)
{
	int minute = __builtin_ctzll(cron->minutes);
	bool one = !(cron->minutes & (cron->minutes - 1));
	int step = step_of(cron->minutes, 60);
	int hours = step_of(cron->hours, 24);

	if (one && !hours && __builtin_popcount(cron->hours) <= 6) {
		struct list list = {out, CLOCK, cron->hours, minute};

		buf_puts(out, "at ");
		put_list(&list);
	} else if (one && hours) {
		put_every(out, hours, "hour");
		if (minute || hours > 1)
			buf_printf(out, " at minute %d", minute);
	} else if (step) {
		put_every(out, step, "minute");
		put_hours(cron, out);
	} else {
		buf_puts(out, one ? "at minute " : "at the minutes ");
		put(out, NUMBER, cron->minutes);
		put_hours(cron, out);
	}
}

static void put_days(const struct cron *cron, struct buf *out)
{
	bool by_day = cron->last_day || cron->days != 0xfffffffeu;
	bool by_weekday = cron->weekdays != 0x7f;

	if (by_day) {
		buf_puts(out, " on ");
		if (cron->days) {
			buf_puts(out, cron->days & (cron->days - 1)
					      ? "the days "
					      : "day ");
			put(out, NUMBER, cron->days);
		}
		if (cron->last_day)
			buf_puts(out, cron->days ? " and the last day"
						 : "the last day");
		buf_puts(out, " of the month");
	}
	if (by_weekday) {
		bool both = cron->any_day || cron->any_weekday;

		if (by_day)
			buf_puts(out, both ? " if it is " : " and on ");
		else
			buf_puts(out, " on ");
		put(out, WEEKDAY_NAME, cron->weekdays);
	}
}

void cron_describe(const struct cron *cron, struct buf *out)
{
	bool moments;

	put_time(cron, out);
	moments = !cron->any_hour;
	put_days(cron, out);
	if (cron->months != 0x1ffe) {
		buf_puts(out, " in ");
		put(out, MONTH_NAME, cron->months);
	} else if (moments && cron->weekdays == 0x7f &&
		   cron->days == 0xfffffffeu) {
		buf_puts(out, " every day");
	}
}
