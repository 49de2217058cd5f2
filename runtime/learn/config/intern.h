/* Texts to small numbers: each text is kept once. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct interned {
	char *text; /* owned, ends with NUL */
	size_t length;
	uint64_t hash;
};

/* Number 0 is nobody's. Zeroed memory is an empty one. */
struct intern {
	struct interned *items; /* by number */
	uint32_t count;         /* with number 0, once there is one */
	uint32_t room;
	uint32_t *slots; /* 0: free */
	uint32_t slot_count;
};

enum { INTERN_MAX = 1 << 22 };

void intern_release(struct intern *intern);
/* The number of the text, new if need be; 0 when there are too many. */
uint32_t intern_add(struct intern *intern, const char *text, size_t length);
/* The number of the text, or 0. */
uint32_t intern_find(const struct intern *intern, const char *text,
		     size_t length);
