/* Anomalies in a series of numbers, while it goes by. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/learn/anomaly/sketch.h"

/*
 * Three views of the series are each compared with all that they were before:
 * the value, how much the last 5 values vary, and the mean of the last 100. A
 * view that leaves the band of 99 % of its history counts by how far it does,
 * in widths of the band; the sum is the deviation. After a deviation, one that
 * is not half as large again counts nothing for a while: an incident is one
 * alert, and a level that stays is no news.
 *
 * One pass, about 30 KiB a series, the same settings for all.
 */
enum {
	ANOMALY_SHORT = 5,  /* values whose variation is watched */
	ANOMALY_LONG = 100, /* values whose mean is watched */
	ANOMALY_LEAST = 50, /* values before anything is said */
	ANOMALY_VIEWS = 3,
	ANOMALY_REASON = 200,
};

struct anomaly {
	struct sketch views[ANOMALY_VIEWS];
	double recent[ANOMALY_LONG]; /* a ring */
	double sum;
	uint64_t count;        /* values, without those that were missing */
	uint64_t rows, last;   /* rows; of the last deviation that counted */
	double level;          /* of that deviation */
	double former;         /* value, of a counter */
	double time, step;     /* of the last row; usual distance */
	unsigned rises, falls; /* until it is known to be a counter */
	bool counter, alert;
};

struct anomaly_point {
	double score;        /* 0..1; 0.5 and more is an alert */
	double deviation;    /* before a former one hides it */
	double value;        /* what was judged: of counters the rate */
	double lower, upper; /* the expected band; NaN until there is one */
	bool alert;          /* with hysteresis */
	bool missing;        /* there was no value */
	char reason[ANOMALY_REASON]; /* "" when there is nothing to say */
};

void anomaly_init(struct anomaly *anomaly);

/*
 * The next row. `time` in seconds, rising, or NaN when nobody knows; `value`
 * NaN: missing. Values that only rise are a counter: its increase by row is
 * judged, and a fall is a reset.
 */
void anomaly_add(struct anomaly *anomaly, double time, double value,
		 struct anomaly_point *point);
