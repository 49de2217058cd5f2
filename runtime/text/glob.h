/* Globs: patterns over paths, branches, tags and event names. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/error.h"

/*
 * `*` matches any run of characters but '/', `**` any run at all (and a whole
 * segment `**` followed by '/' also none: "a/ ** /b" without the blanks matches
 * "a/b"), `?` one character but '/', `[a-z]` and `[!a-z]` one of or none of a
 * set (never '/'), `{a,b}` one of several patterns, `\` takes the next
 * character as it is. Characters are those of UTF-8; a leading dot is nothing
 * special. The whole text must match.
 *
 * Matching takes at most length of pattern times length of text, whatever the
 * pattern. A pattern that glob_check refuses matches nothing.
 */
enum { GLOB_MAX = 1024 }; /* bytes in a pattern */

bool glob_match(const char *pattern, const char *text);

/* Returns 0, or -1 and what is wrong with `pattern` (a leading '!' is fine). */
int glob_check(const char *pattern, struct error **err);

/*
 * A list as in a trigger: patterns with a leading '!' exclude, the last one
 * that matches decides ("\!" is a literal one). Without a match the text is
 * out, unless the list only excludes (or is empty). `which`, if not NULL, gets
 * the index of the pattern that decided, or `count` if none did.
 */
bool glob_list_match(const char *const *patterns, size_t count,
		     const char *text, size_t *which);
