#include "runtime/learn/anomaly/anomaly.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The band's ends, and what a deviation is called an alert from. Both were
 * chosen on public series of many kinds, and hardly matter. */
#define TAIL 0.005
#define ALERT 0.14
#define CALM (ALERT / 2) /* an alert ends below */

#define FAR 5.0    /* one view counts at most so many widths */
#define GROWTH 1.5 /* a deviation this much larger is news again */
#define REST 0.03  /* of all rows: how long a deviation hides others */
#define REST_LEAST 20

enum view { VALUE, VARIATION, MEAN };

void anomaly_init(struct anomaly *anomaly)
{
	memset(anomaly, 0, sizeof(*anomaly));
	for (int i = 0; i < ANOMALY_VIEWS; i++)
		sketch_init(&anomaly->views[i]);
	anomaly->time = NAN;
}

/* Values that rose 40 times and never fell are a counter, until they fall as
 * often as a counter would never be reset. */
static void look_for_counter(struct anomaly *anomaly, double value)
{
	enum { RISES = 40 };

	if (anomaly->count > 0) {
		anomaly->rises += value > anomaly->former;
		anomaly->falls += value < anomaly->former;
	}
	if (anomaly->counter)
		anomaly->counter = anomaly->falls * 20 <= anomaly->rises;
	else if (anomaly->falls == 0 && anomaly->rises >= RISES &&
		 anomaly->count <= ANOMALY_LEAST)
		anomaly->counter = true;
}

/* What is judged of a value: of a counter its increase. */
static double judged(const struct anomaly *anomaly, double value)
{
	if (!anomaly->counter)
		return value;
	return value >= anomaly->former ? value - anomaly->former : value;
}

static double variation(const struct anomaly *anomaly)
{
	uint64_t n =
		anomaly->count < ANOMALY_SHORT ? anomaly->count : ANOMALY_SHORT;
	double mean = 0, sum = 0;

	for (uint64_t i = 0; i < n; i++)
		mean += anomaly->recent[(anomaly->count - 1 - i) %
					ANOMALY_LONG] /
			(double)n;
	for (uint64_t i = 0; i < n; i++) {
		double off = anomaly->recent[(anomaly->count - 1 - i) %
					     ANOMALY_LONG] -
			     mean;

		sum += off * off;
	}
	return sqrt(sum / (double)n);
}

static void remember(struct anomaly *anomaly, double value)
{
	uint64_t at = anomaly->count++ % ANOMALY_LONG;

	if (anomaly->count > ANOMALY_LONG)
		anomaly->sum -= anomaly->recent[at];
	anomaly->recent[at] = value;
	anomaly->sum += value;
	if (at == 0) { /* errors of the sum do not pile up */
		anomaly->sum = 0;
		for (uint64_t i = 0; i < ANOMALY_LONG && i < anomaly->count;
		     i++)
			anomaly->sum += anomaly->recent[i];
	}
}

/* How far `value` is out of the band that its history makes, in widths. */
static double excess(const struct sketch *history, double value)
{
	double low = sketch_quantile(history, TAIL);
	double high = sketch_quantile(history, 1 - TAIL);
	double width = fmax(high - low,
			    fmax(1e-6 * fmax(fabs(low), fabs(high)), 1e-12));
	double out = fmax(fmax(value - high, low - value), 0);

	return fmin(out / width, FAR);
}

/* What is new after the last deviation: 0 while that one hides it. */
static double news(struct anomaly *anomaly, double deviation)
{
	double rest = fmax(REST_LEAST, REST * (double)anomaly->rows);

	if (deviation <= 0)
		return 0;
	if (anomaly->level > 0 &&
	    (double)(anomaly->rows - anomaly->last) < rest &&
	    deviation <= anomaly->level * GROWTH)
		return 0;
	anomaly->level = deviation;
	anomaly->last = anomaly->rows;
	return deviation;
}

static void explain(const struct anomaly_point *point, const double *parts,
		    double band, double mean, char *text)
{
	enum view most = VALUE; /* the plainest, when it is enough */

	if (parts[VALUE] < ALERT)
		most = parts[VARIATION] > parts[MEAN] ? VARIATION : MEAN;
	if (parts[most] < parts[VALUE])
		most = VALUE;
	if (most == VALUE)
		snprintf(text, ANOMALY_REASON,
			 "%.6g is %s than 99.5 %% of all values before "
			 "(%.6g), by %.1f widths of the usual band",
			 point->value,
			 point->value > point->upper ? "higher" : "lower",
			 point->value > point->upper ? point->upper
						     : point->lower,
			 parts[most]);
	else if (most == VARIATION)
		snprintf(text, ANOMALY_REASON,
			 "the last %d values vary by %.6g, %s", ANOMALY_SHORT,
			 band, "which is out of the usual range of variation");
	else
		snprintf(text, ANOMALY_REASON,
			 "the mean of the last %d values, %.6g, has left its "
			 "usual range: the level has shifted",
			 ANOMALY_LONG, mean);
}

static void judge(struct anomaly *anomaly, struct anomaly_point *point)
{
	double values[ANOMALY_VIEWS], parts[ANOMALY_VIEWS] = {0}, fresh;
	uint64_t n =
		anomaly->count < ANOMALY_LONG ? anomaly->count : ANOMALY_LONG;
	bool ready = anomaly->views[VALUE].count >= ANOMALY_LEAST;

	values[VALUE] = point->value;
	values[VARIATION] = variation(anomaly);
	values[MEAN] = anomaly->sum / (double)n;
	for (int i = 0; ready && i < ANOMALY_VIEWS; i++) {
		parts[i] = excess(&anomaly->views[i], values[i]);
		point->deviation += parts[i];
	}
	if (ready) {
		point->lower = sketch_quantile(&anomaly->views[VALUE], TAIL);
		point->upper =
			sketch_quantile(&anomaly->views[VALUE], 1 - TAIL);
	}
	fresh = news(anomaly, point->deviation);
	point->score = fresh / (fresh + ALERT);
	if (fresh >= ALERT)
		explain(point, parts, values[VARIATION], values[MEAN],
			point->reason);
	anomaly->alert =
		anomaly->alert ? point->deviation >= CALM : fresh >= ALERT;
	for (int i = 0; i < ANOMALY_VIEWS; i++)
		sketch_add(&anomaly->views[i], values[i]);
}

/* Says that rows are missing, or that the clock went backwards. */
static void look_at_clock(struct anomaly *anomaly, double time,
			  struct anomaly_point *point)
{
	double distance = time - anomaly->time;

	if (isnan(time))
		return;
	if (!isnan(anomaly->time) && distance < 0)
		snprintf(point->reason, ANOMALY_REASON,
			 "the clock went back by %g s", -distance);
	else if (anomaly->step > 0 && distance > 10 * anomaly->step)
		snprintf(point->reason, ANOMALY_REASON,
			 "nothing came for %g s, usually %g s", distance,
			 anomaly->step);
	if (distance > 0)
		anomaly->step =
			anomaly->step > 0
				? anomaly->step +
					  .1 * (fmin(distance,
						     2 * anomaly->step) -
						anomaly->step)
				: distance;
	anomaly->time = time;
}

void anomaly_add(struct anomaly *anomaly, double time, double value,
		 struct anomaly_point *point)
{
	*point = (struct anomaly_point){.lower = NAN, .upper = NAN};
	anomaly->rows++;
	look_at_clock(anomaly, time, point);
	point->value = value;
	point->missing = !isfinite(value);
	if (point->missing) {
		snprintf(point->reason, ANOMALY_REASON, "no value");
		point->alert = anomaly->alert;
		return;
	}
	look_for_counter(anomaly, value);
	point->value = judged(anomaly, value);
	anomaly->former = value;
	remember(anomaly, point->value);
	judge(anomaly, point);
	point->alert = anomaly->alert;
}
