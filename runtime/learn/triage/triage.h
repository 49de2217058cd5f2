/* From the log of a failed build to the lines that say why it failed. */
#pragma once

#include "runtime/learn/triage/judge.h"

#define TRIAGE_CLASS_LIST(X)                                                   \
	X(test_failure)                                                        \
	X(compile_error)                                                       \
	X(lint)                                                                \
	X(dependency_network)                                                  \
	X(disk_memory)                                                         \
	X(timeout)                                                             \
	X(infrastructure)                                                      \
	X(permission)                                                          \
	X(configuration)

enum triage_class {
#define X(name) TRIAGE_##name,
	TRIAGE_CLASS_LIST(X)
#undef X
		TRIAGE_CLASSES
};

enum { TRIAGE_RANGES_MAX = 4096, TRIAGE_SIGNATURE = 16 };

struct triage_range {
	uint32_t from, to; /* entries of the lines, both in it */
	float score;       /* the sum of what its lines have */
};

struct triage {
	struct triage_range ranges[TRIAGE_RANGES_MAX]; /* in their order */
	unsigned count; /* 0: nothing was found */
	enum triage_class class;
	float confidence; /* in the class, 0 to 1 */
	/* The same for the same failure tomorrow: hexadecimal digits. */
	char signature[TRIAGE_SIGNATURE + 1];
};

const char *triage_class_name(enum triage_class class);

/*
 * Lines must have their scores. Of a log without a passing one the smallest
 * set of lines with the largest expected F1 is taken (Lewis, Evaluating and
 * optimizing autonomous text classification systems, 1995), in two ranges at
 * most; of one that was compared, all new lines that may be an error.
 */
void triage_choose(struct triage *triage, const struct triage_lines *lines);
void triage_choose_new(struct triage *triage, const struct triage_lines *lines);

/* What kind of failure the ranges speak of, and their signature. */
void triage_classify(struct triage *triage, const struct triage_lines *lines);
void triage_sign(struct triage *triage, const struct triage_lines *lines);
