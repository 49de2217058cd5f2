/* The words of a project, and which of them a strange word may mean. */
#pragma once

#include "runtime/learn/config/intern.h"

enum { WORD_LONGEST = 40 };

/* Zeroed memory is an empty one. */
struct vocabulary {
	struct intern words; /* in small letters */
	uint32_t *seen;      /* by number */
	uint32_t room;
};

void vocabulary_release(struct vocabulary *vocabulary);
/* Counts `by` (1 or -1) for a word; longer ones than WORD_LONGEST are cut. */
void vocabulary_add(struct vocabulary *vocabulary, const char *word,
		    size_t length, int by);
uint32_t vocabulary_seen(const struct vocabulary *vocabulary, const char *word,
			 size_t length);
/*
 * The nearest known word, or NULL: one mistake away, two for a word of seven
 * letters. Sets `*far`. Borrowed until the next addition.
 */
const char *vocabulary_nearest(const struct vocabulary *vocabulary,
			       const char *word, size_t length, int *far);
/* The hash of a word, whatever its capitals are. */
uint64_t vocabulary_hash(const char *word, size_t length);
