/* The forms in which tools print a secret. */
#pragma once

#include <stddef.h>

/* Byte strings, sorted and unique after forms_finish. */
struct forms {
	struct form {
		char *bytes; /* owned */
		size_t length;
	} * list; /* owned */
	size_t count;
	size_t capacity;
};

/* Add a secret, its lines, and every form of them that is long enough.
 * Returns 0, or -1 when it is too short for any. */
int forms_add(struct forms *forms, const char *secret, size_t length);
void forms_finish(struct forms *forms);
void forms_release(struct forms *forms);
