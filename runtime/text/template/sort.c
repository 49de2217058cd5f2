/* A stable merge sort, because comparing may fail half-way. */
#include "runtime/text/template/library.h"

/* Should `right` come before `left`, which stood before it? */
static int before(struct render *render, const struct sort_item *left,
		  const struct sort_item *right, bool reverse, bool *out)
{
	const struct sort_item *first = reverse ? left : right;
	const struct sort_item *second = reverse ? right : left;
	int order;

	if (value_compare(render, first->key, second->key, &order))
		return -1;
	*out = order == -1;
	return 0;
}

struct sorter {
	struct render *render;
	struct sort_item *room; /* as much as there are items */
	bool reverse;
};

static int merge(const struct sorter *sorter, struct sort_item *items,
		 size_t middle, size_t count)
{
	struct sort_item *room = sorter->room;
	size_t left = 0;
	size_t right = middle;
	size_t to = 0;

	memcpy(room, items, middle * sizeof(*items));
	while (left < middle && right < count) {
		bool swap;

		if (before(sorter->render, &room[left], &items[right],
			   sorter->reverse, &swap))
			return -1;
		items[to++] = swap ? items[right++] : room[left++];
	}
	memcpy(items + to, room + left, (middle - left) * sizeof(*items));
	return 0;
}

static int sort_range(const struct sorter *sorter, struct sort_item *items,
		      size_t count)
{
	size_t middle = count / 2;
	bool swap;

	if (count < 2)
		return 0;
	if (sort_range(sorter, items, middle) ||
	    sort_range(sorter, items + middle, count - middle))
		return -1;
	if (before(sorter->render, &items[middle - 1], &items[middle],
		   sorter->reverse, &swap))
		return -1;
	if (!swap)
		return 0; /* in order already */
	return merge(sorter, items, middle, count);
}

int sort_items(struct render *render, struct sort_item *items, size_t count,
	       bool reverse)
{
	struct sorter sorter = {.render = render, .reverse = reverse};

	sorter.room = room_new(render, count + 1, sizeof(*sorter.room));
	if (!sorter.room || render_count(render, count))
		return -1;
	return sort_range(&sorter, items, count);
}
