/* The Gregorian calendar as arithmetic, forwards and backwards for ever. */
#pragma once

#include <stdint.h>

struct calendar_date {
	int64_t year;
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
};

/* Days since 1970-01-01, and back. */
int64_t calendar_day(int64_t year, int month, int day);
void calendar_date(struct calendar_date *date, int64_t day);

int calendar_month_days(int64_t year, int month);
int calendar_weekday(int64_t day); /* 0: Sunday */

/* Division and remainder that round towards the past, also before 1970. */
int64_t calendar_floor_div(int64_t value, int64_t by);
