/* Phrases that tell the kind of a failure. */
#pragma once

#include "runtime/learn/triage/triage.h"

enum { TRIAGE_PHRASES_MAX = 256 };

struct triage_phrase {
	const char *text; /* in small letters */
	enum triage_class class;
};

const struct triage_phrase *triage_phrases(unsigned *count);
