/* Which of many metrics moved first and most around an incident? */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct culprit_metric {
	const double *values; /* borrowed, in the order of time; NaN: none */
	/* What was found: */
	bool moved;
	size_t onset;         /* the first value of the change */
	double before, after; /* medians */
	double size;  /* mean distance from `before` since, in spreads of it */
	double score; /* 0 to 1: how likely it is where the incident began */
};

struct culprit_options {
	size_t calm; /* values before the incident, at least CULPRIT_CALM */
};

enum { CULPRIT_CALM = 8, CULPRIT_METRICS_MAX = 10000 };

/*
 * Fills what was found of each metric; all have `length` values. A change is
 * seen by two-sided cumulative sums of the distances from the calm median in
 * robust spreads (E. S. Page, Continuous inspection schemes, 1954), whose
 * allowance and bound are those that the metric's own calm time asks for; its
 * onset is where the sum last was 0. The score falls with the time after the
 * first metric that moved and grows with the size.
 */
void culprit_find(struct culprit_metric *metrics, size_t count, size_t length,
		  const struct culprit_options *options);
