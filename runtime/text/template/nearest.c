#include "runtime/text/template/nearest.h"

enum { LONGEST = 64 };

static size_t smallest(size_t a, size_t b, size_t c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

/* Levenshtein's distance. */
size_t text_distance(struct value left, struct value right)
{
	size_t row[LONGEST + 1];

	if (left.length > LONGEST || right.length > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= right.length; j++)
		row[j] = j;
	for (size_t i = 1; i <= left.length; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= right.length; j++) {
			size_t up = row[j];
			size_t change = left.bytes[i - 1] != right.bytes[j - 1];

			row[j] = smallest(up + 1, row[j - 1] + 1,
					  corner + change);
			corner = up;
		}
	}
	return row[right.length];
}

size_t text_distance_max(struct value name)
{
	return name.length / 3 + 2;
}

void nearest_try(struct nearest *nearest, struct value name)
{
	size_t distance;

	if (name.kind != VALUE_STRING)
		return;
	distance = text_distance(nearest->name, name);
	if (distance >= nearest->distance)
		return;
	nearest->distance = distance;
	nearest->found = name;
}
