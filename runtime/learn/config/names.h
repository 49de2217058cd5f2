/* What a key is called: the end of its path, and the words in it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { NAME_WORDS = 12 };

struct config_name {
	const char *base; /* the last part of the path, in the path */
	size_t base_length;
	size_t parent_length; /* the path before the last "/" */
	uint64_t hash;    /* in small letters; items have their list's + "[]" */
	uint64_t tail[2]; /* the last two words: "memory" of "max_memory" */
	unsigned tails;
	struct {
		uint16_t start, length; /* in `base`, letters only, 3 or more */
	} word[NAME_WORDS];
	unsigned words;
};

void config_name_read(struct config_name *name, const char *path,
		      size_t length);
