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

static int merge(struct render *render, struct sort_item *items, size_t middle,
		 size_t count, struct sort_item *room, bool reverse)
{
	size_t left = 0;
	size_t right = middle;
	size_t to = 0;

	memcpy(room, items, middle * sizeof(*items));
	while (left < middle && right < count) {
		bool swap;

		if (before(render, &room[left], &items[right], reverse, &swap))
			return -1;
		items[to++] = swap ? items[right++] : room[left++];
	}
	memcpy(items + to, room + left, (middle - left) * sizeof(*items));
	return 0;
}

static int sort_range(struct render *render, struct sort_item *items,
		      size_t count, struct sort_item *room, bool reverse)
{
	size_t middle = count / 2;
	bool swap;

	if (count < 2)
		return 0;
	if (sort_range(render, items, middle, room, reverse) ||
	    sort_range(render, items + middle, count - middle, room, reverse))
		return -1;
	if (before(render, &items[middle - 1], &items[middle], reverse, &swap))
		return -1;
	if (!swap)
		return 0; /* in order already */
	return merge(render, items, middle, count, room, reverse);
}

int sort_items(struct render *render, struct sort_item *items, size_t count,
	       bool reverse)
{
	struct sort_item *room = room_new(render, count + 1, sizeof(*room));

	if (!room || render_count(render, count))
		return -1;
	return sort_range(render, items, count, room, reverse);
}
