#include "runtime/text/template/nearest.h"

enum { LONGEST = 64 };

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance, in which two swapped characters are one change. */
size_t text_distance(struct value left, struct value right)
{
	size_t rows[3][LONGEST + 1];
	const char *a = left.bytes;
	const char *b = right.bytes;

	if (left.length > LONGEST || right.length > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= right.length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= left.length; i++) {
		size_t *row = rows[i % 3];
		const size_t *last = rows[(i + 2) % 3];

		row[0] = i;
		for (size_t j = 1; j <= right.length; j++) {
			size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);

			best = smaller(best, smaller(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				best = smaller(best,
					       rows[(i + 1) % 3][j - 2] + 1);
			row[j] = best;
		}
	}
	return rows[left.length % 3][right.length];
}

size_t text_distance_max(struct value name)
{
	if (name.length < 2)
		return 1;
	return name.length < 6 ? 2 : name.length / 3 + 1;
}

void nearest_try(struct nearest *nearest, struct value name)
{
	size_t distance;

	if (name.kind != VALUE_STRING || (name.flags & VALUE_TAINTED))
		return;
	distance = text_distance(nearest->name, name);
	if (distance >= nearest->distance)
		return;
	nearest->distance = distance;
	nearest->found = name;
}
