/* Words that name an environment: "prod" in a value tells where it is from. */
#pragma once

#include "runtime/learn/config/value.h"

enum { ALIASES_MAX = 64, ALIAS_LENGTH = 40 };

struct aliases {
	struct alias {
		char text[ALIAS_LENGTH];
		size_t length;
	} list[ALIASES_MAX]; /* the longest first */
	size_t count;
};

/* Begins with the usual ones: production, staging, test, … */
void aliases_init(struct aliases *aliases);
/* Also those in the name of an environment: "staging-eu" and its parts. */
void aliases_add(struct aliases *aliases, const char *environment);
/* Fills `normal` and `aliases` of the value. */
void aliases_read(const struct aliases *aliases, struct config_value *value);
/* Which aliases are words of an environment's name, one bit each. */
uint64_t aliases_of(const struct aliases *aliases, const char *environment);
/* The same for the same word in every project. */
uint64_t aliases_hash(const struct aliases *aliases, unsigned alias);
