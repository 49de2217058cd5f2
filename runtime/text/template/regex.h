/* Regular expressions: Python's syntax on PCRE2, with limits on matching. */
#pragma once

#include "runtime/text/template/library.h"

enum regex_flag {
	REGEX_IGNORE_CASE = 1,
	REGEX_MULTILINE = 2,
	REGEX_VERBOSE = 4,
	REGEX_DOTALL = 8,
};

struct regex;

/*
 * Compile `pattern`, or find it among those this rendering has compiled
 * already. NULL after render_fail. Lives as long as the rendering.
 */
struct regex *regex_compile(struct render *render, struct value pattern,
			    unsigned flags);

/* The parts of a match: start and end of each group; (size_t)-1: no part. */
struct regex_match {
	const size_t *groups;
	uint32_t count; /* the whole match included */
};

enum regex_where {
	REGEX_SEARCH,
	REGEX_MATCH,     /* at the start */
	REGEX_FULLMATCH, /* all of it */
	REGEX_NEXT,      /* as SEARCH, but not an empty match at the start */
};

/* Match from byte `start` on: 1, 0, or -1 after render_fail. */
int regex_run(struct regex *regex, struct value text, size_t start,
	      enum regex_where where, struct regex_match *out);

/* How many groups there are, and the number of a named one; or -1. */
uint32_t regex_groups(const struct regex *regex);
int regex_group(const struct regex *regex, struct value name);

/* A group of the last match, or VALUE_ABSENT when it took no part. */
struct value regex_part(const struct regex_match *match, struct value text,
			uint32_t group);

/* re.sub: `replacement` with \1, \g<name> and so on. */
int regex_replace(struct render *render, struct regex *regex, struct value text,
		  struct value replacement, struct value *out);
