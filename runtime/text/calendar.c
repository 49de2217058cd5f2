#include "runtime/text/calendar.h"

int64_t calendar_floor_div(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

/*
 * Years that begin in March put the leap day last, so that the days before a
 * month are a straight line: (153 * month + 2) / 5. 719468 days lie between
 * 0000-03-01 and 1970-01-01; 400 years have 146097.
 */
int64_t calendar_day(int64_t year, int month, int day)
{
	int64_t shifted = year - (month <= 2);
	int64_t era = calendar_floor_div(shifted, 400);
	int64_t in_era = shifted - era * 400;
	int64_t in_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 +
	       in_year - 719468;
}

void calendar_date(struct calendar_date *date, int64_t day)
{
	int64_t shifted = day + 719468;
	int64_t era = calendar_floor_div(shifted, 146097);
	int64_t in_era = shifted - era * 146097;
	int64_t year =
		(in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) /
		365;
	int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * in_year + 2) / 153;

	date->day = (int)(in_year - (153 * month + 2) / 5 + 1);
	date->month = (int)(month < 10 ? month + 3 : month - 9);
	date->year = era * 400 + year + (date->month <= 2);
}

int calendar_month_days(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31};

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

int calendar_weekday(int64_t day)
{
	int64_t weekday = (day + 4) % 7;

	return (int)(weekday < 0 ? weekday + 7 : weekday);
}
