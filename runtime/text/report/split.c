#include "runtime/text/report/split.h"

#include <stdlib.h>

#include "runtime/base/mem.h"

struct item {
	double seconds;
	uint32_t index;
};

static int longest_first(const void *left, const void *right)
{
	const struct item *a = left;
	const struct item *b = right;

	if (a->seconds != b->seconds)
		return a->seconds < b->seconds ? 1 : -1;
	return a->index < b->index ? -1 : 1;
}

/* Put part `at` of the heap where it belongs: the shortest is on top. */
static void sift_down(struct item *heap, uint32_t count, uint32_t at)
{
	struct item moved = heap[at];
	uint32_t child;

	while ((child = 2 * at + 1) < count) {
		if (child + 1 < count &&
		    longest_first(&heap[child], &heap[child + 1]) < 0)
			child++;
		if (longest_first(&heap[child], &moved) < 0)
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moved;
}

/* The tests whose time is known come first, the longest in front. */
static struct item *sorted(const double *seconds, uint32_t count)
{
	struct item *items = mem_array(count, sizeof(*items));
	uint32_t known = 0;
	double middle = 1;

	for (uint32_t i = 0; i < count; i++)
		if (seconds[i] >= 0)
			items[known++] = (struct item){seconds[i], i};
	qsort(items, known, sizeof(*items), longest_first);
	if (known > 0)
		middle = items[known / 2].seconds;
	for (uint32_t i = 0; i < count; i++)
		if (!(seconds[i] >= 0))
			items[known++] = (struct item){middle, i};
	qsort(items, count, sizeof(*items), longest_first);
	return items;
}

/* The longest test goes to the part that has least to do: at most 4/3 of the
 * best there is, and nearly it when tests are many. */
void split_tests(const double *seconds, uint32_t count, uint32_t parts,
		 uint32_t *part)
{
	struct item *heap, *items;

	if (count == 0)
		return;
	heap = mem_array(parts, sizeof(*heap));
	items = sorted(seconds, count);
	for (uint32_t i = 0; i < parts; i++)
		heap[i].index = parts - 1 - i;
	for (uint32_t i = parts; i > 0; i--)
		sift_down(heap, parts, i - 1);
	for (uint32_t i = 0; i < count; i++) {
		part[items[i].index] = parts - 1 - heap[0].index;
		/* tests of no time at all are spread, too */
		heap[0].seconds += items[i].seconds + 1e-6;
		sift_down(heap, parts, 0);
	}
	mem_free(heap);
	mem_free(items);
}
