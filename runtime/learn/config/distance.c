#include "runtime/learn/config/distance.h"

#include <stdbool.h>
#include <string.h>

struct rows {
	int before[DISTANCE_TEXT_MAX + 1];
	int last[DISTANCE_TEXT_MAX + 1];
	int now[DISTANCE_TEXT_MAX + 1];
};

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* Fills the row of a[i]; returns its least number. */
static int fill(struct rows *rows, const char *a, size_t i, const char *b,
		size_t length)
{
	int lowest = rows->now[0] = (int)i;

	for (size_t j = 1; j <= length; j++) {
		int way = least(rows->last[j], rows->now[j - 1]) + 1;

		way = least(way, rows->last[j - 1] + (a[i - 1] != b[j - 1]));
		if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
		    a[i - 2] == b[j - 1])
			way = least(way, rows->before[j - 2] + 1);
		rows->now[j] = way;
		lowest = least(lowest, way);
	}
	return lowest;
}

int distance(const char *a, size_t a_length, const char *b, size_t b_length,
	     int limit)
{
	struct rows rows;
	size_t apart =
		a_length > b_length ? a_length - b_length : b_length - a_length;

	if (apart > (size_t)limit || a_length > DISTANCE_TEXT_MAX ||
	    b_length > DISTANCE_TEXT_MAX)
		return limit + 1;
	for (size_t j = 0; j <= b_length; j++)
		rows.last[j] = (int)j;
	memset(rows.before, 0, sizeof(rows.before));
	for (size_t i = 1; i <= a_length; i++) {
		if (fill(&rows, a, i, b, b_length) > limit)
			return limit + 1;
		memcpy(rows.before, rows.last, (b_length + 1) * sizeof(int));
		memcpy(rows.last, rows.now, (b_length + 1) * sizeof(int));
	}
	return least(rows.last[b_length], limit + 1);
}
