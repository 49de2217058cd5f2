/* Words and forms of lines that logs of failures are told by. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runtime/learn/triage/lines.h"

/* clang-format off */
#define TRIAGE_MARK_LIST(X) \
	/* words */ \
	X(error) X(fail) X(exception) X(assert) X(cannot) X(missing) \
	X(fatal) X(time) X(memory) X(denied) X(network) X(dependency) \
	X(warning) X(good) X(fetch) X(exit) X(test) X(lint) X(compile) \
	X(build) X(nothing) \
	/* forms */ \
	X(blank) X(stack) X(place) X(ruler) X(caret) X(command) X(exited) \
	X(bad_count) X(no_bad_count) X(cross) X(tick) X(url) X(percent) \
	X(level_bad) X(level_fine) X(bullet) X(chatter) X(plus) X(minus) \
	X(quoted) X(colon_end) X(bracket) X(capitals) X(hash) X(code) \
	X(camel) X(equals) X(summary)
/* clang-format on */

enum triage_mark {
#define X(name) MARK_##name,
	TRIAGE_MARK_LIST(X)
#undef X
		TRIAGE_MARKS
};

static inline bool triage_has(triage_marks marks, enum triage_mark mark)
{
	return marks >> mark & 1;
}

static inline triage_marks triage_bit(enum triage_mark mark)
{
	return (triage_marks)1 << mark;
}

/* Makes the words ready; any number of times, from any thread. */
void triage_lexicon_open(void);
/* What the words of a line say. */
triage_marks triage_words_of(const char *text, size_t length);
/* What its form says, too. */
triage_marks triage_marks_of(const char *text, size_t length);
