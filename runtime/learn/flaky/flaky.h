/* Flaky tests: those whose result changes although the code does not. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Two explanations of a test's results are compared as they come: it is
 * steady, and changes with the code alone (it breaks seldom, and is mended
 * soon); or each result is a throw of the same dice. At the same revision a
 * steady test has no reason to change at all.
 */

/* What is remembered of a test; all zero: nothing yet. */
struct flaky_state {
	double weight, failing; /* results, and failures, the older the less */
	double score;     /* logarithm of how much likelier the dice are */
	uint32_t results; /* all of them */
	uint32_t streak;  /* how often the last result came in a row */
	uint32_t retried; /* changes at the same revision */
	bool failed;      /* the last result */
	bool flaky;       /* the verdict */
};

/*
 * Enter a result: did it fail, and was it of the revision that the result
 * before was of? The verdict becomes true at a score that is higher than the
 * one at which it becomes false, and never before FLAKY_SAMPLE results.
 */
void flaky_update(struct flaky_state *state, bool failed, bool same_revision);

/*
 * Are `broken` tests of `count`, all of which passed the last time, too many
 * to have failed by themselves? Then something else did: the machine, the
 * network, the build.
 */
bool flaky_is_mass(uint32_t broken, uint32_t count);

enum {
	FLAKY_SAMPLE = 8,     /* results before any verdict */
	FLAKY_MASS = 10,      /* tests that fail at once, at least … */
	FLAKY_MASS_SHARE = 5, /* … and one of so many */
};
