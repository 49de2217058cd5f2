#include "runtime/learn/flaky/flaky.h"

#include <math.h>

/* Of the model of a steady test: */
static const double SPURIOUS = 0.0005; /* a change without a reason */
static const double BREAKS = 0.1;      /* after the first passing result */
static const double MENDED = 0.3;      /* after the first failing one */
static const double SELDOM = 0.01;     /* either, after many */

/* Of the dice: a prior of half a result each, and a window of 100. */
static const double PRIOR = 0.5;
static const double KEEP = 0.99;

static const double ACTIVATE = 4.6; /* a hundred times as likely */
static const double RESOLVE = 1;
static const double FORGET = 0.995;
static const double SCORE_MAX = 9; /* so that minds can be changed */
static const double SCORE_MIN = -2.5;

/* How likely this result is of a test that changes with the code alone. */
static double steady(const struct flaky_state *state, bool failed, bool same)
{
	double change = state->failed ? MENDED : BREAKS;

	/* what has been so for long will be so for longer */
	change = fmax(SELDOM, change / state->streak);
	if (same)
		change = SPURIOUS;
	return failed != state->failed ? change : 1 - change;
}

/* How likely it is of dice that fell as they did so far. */
static double random_result(const struct flaky_state *state, bool failed)
{
	double share = (state->failing + PRIOR) / (state->weight + 2 * PRIOR);

	share = fmin(fmax(share, SELDOM), 1 - SELDOM);
	return failed ? share : 1 - share;
}

static void judge(struct flaky_state *state)
{
	if (state->results < FLAKY_SAMPLE)
		return;
	if (state->score >= ACTIVATE)
		state->flaky = true;
	else if (state->score <= RESOLVE)
		state->flaky = false;
}

void flaky_update(struct flaky_state *state, bool failed, bool same_revision)
{
	if (state->results > 0) {
		double ratio = log(random_result(state, failed)) -
			       log(steady(state, failed, same_revision));

		state->score =
			fmin(fmax(state->score * FORGET + ratio, SCORE_MIN),
			     SCORE_MAX);
		if (same_revision && failed != state->failed)
			state->retried++;
	}
	if (state->results > 0 && failed == state->failed)
		state->streak++;
	else
		state->streak = 1;
	state->failed = failed;
	state->weight = state->weight * KEEP + 1;
	state->failing = state->failing * KEEP + (failed ? 1 : 0);
	state->results++;
	judge(state);
}

bool flaky_is_mass(uint32_t broken, uint32_t count)
{
	return broken >= FLAKY_MASS && broken >= count / FLAKY_MASS_SHARE;
}
