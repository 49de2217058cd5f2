/* How many typing mistakes lie between two texts. */
#pragma once

#include <stddef.h>

enum { DISTANCE_TEXT_MAX = 200 }; /* longer texts are far from all others */

/*
 * The optimal string alignment distance (insert, delete, replace, swap two
 * neighbours; Damerau 1964), or `limit` + 1 when it is more than `limit`.
 */
int distance(const char *a, size_t a_length, const char *b, size_t b_length,
	     int limit);
