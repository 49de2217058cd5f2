/* The nearest right name to a wrong one, for messages. */
#pragma once

#include "runtime/text/value.h"

/* How many changes make `left` of `right`; long names are never near. */
size_t text_distance(struct value left, struct value right);

/* How far a name may be from `name` to be meant. */
size_t text_distance_max(struct value name);

/* What was nearest so far; start with .distance = text_distance_max. */
struct nearest {
	struct value name, found; /* found.kind is VALUE_ABSENT: nothing */
	size_t distance;
};

void nearest_try(struct nearest *nearest, struct value name);
