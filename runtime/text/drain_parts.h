/* What the files of drain share. */
#pragma once

#include <stdbool.h>

#include "runtime/text/drain.h"

#define VARIABLE UINT64_C(0) /* the token of a place that varies */

/* The words of a line: hashes of them, and where they stand. */
struct drain_words {
	uint64_t tokens[DRAIN_TOKENS];
	uint32_t begins[DRAIN_TOKENS], ends[DRAIN_TOKENS];
	uint32_t count;
	uint64_t hash; /* of all */
};

struct drain_template {
	uint64_t *tokens;        /* owned */
	uint32_t *begins, *ends; /* in `line`; owned by `tokens` */
	char *line;              /* owned: the first one */
	uint64_t key;            /* its name */
	uint64_t lines;
	uint32_t count; /* tokens */
	uint32_t next;  /* with as many tokens; UINT32_MAX: none */
};

/* The template of lines that were there in the same words. */
struct drain_seen {
	uint64_t hash; /* 0: nothing */
	uint32_t template;
};

enum { SEEN_SLOTS = 1 << 15 };

struct drain {
	struct drain_template *templates;
	size_t count, capacity;
	uint32_t first[DRAIN_TOKENS + 1]; /* by number of tokens */
	struct drain_seen *seen;
	struct drain_words words;
};

void drain_split(struct drain_words *words, const char *line, size_t length);

/* A new template of these words; takes nothing. Its number. */
uint32_t drain_make(struct drain *drain, const struct drain_words *words,
		    const char *line);
