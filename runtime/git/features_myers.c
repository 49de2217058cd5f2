#include "runtime/git/features_myers.h"

#define COST_LOW 256  /* no short cut below it */
#define SNAKE 20      /* so many equal lines are a good sign */
#define WORTH 4       /* how far a path must be for its cost */
#define FAR INT32_MAX /* beyond every line */

struct box {
	int32_t low1; /* lines of old … */
	int32_t high1;
	int32_t low2; /* … and of new */
	int32_t high2;
	bool minimal; /* without short cuts */
};

struct split {
	int32_t at1;
	int32_t at2;
	bool minimal_low;
	bool minimal_high;
};

/* One search from both corners of a box: the diagonals reached so far. */
struct search {
	const struct box *box;
	int32_t forward_low, forward_high;
	int32_t backward_low, backward_high;
	int32_t diagonal_low, diagonal_high;
	int32_t forward_mid, backward_mid;
	bool odd;
	bool snake;
};

uint32_t myers_root(size_t number)
{
	uint32_t root = 1;

	for (; number > 0; number >>= 2)
		root <<= 1;
	return root;
}

size_t myers_room(size_t old_count, size_t new_count)
{
	return 2 * (old_count + new_count + 3) + 2;
}

static int32_t min(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static int32_t max(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

static void split_at(struct split *split, int32_t at1, int32_t at2)
{
	split->at1 = at1;
	split->at2 = at2;
	split->minimal_low = split->minimal_high = true;
}

/* One more edit from the lower corner. True: both searches have met. */
static bool go_forward(struct myers *myers, struct search *search,
		       struct split *split)
{
	const struct box *box = search->box;
	int32_t *reach = myers->forward;

	if (search->forward_low > search->diagonal_low)
		reach[--search->forward_low - 1] = -1;
	else
		search->forward_low++;
	if (search->forward_high < search->diagonal_high)
		reach[++search->forward_high + 1] = -1;
	else
		search->forward_high--;
	for (int32_t d = search->forward_high; d >= search->forward_low;
	     d -= 2) {
		int32_t at1 = reach[d - 1] >= reach[d + 1] ? reach[d - 1] + 1
							   : reach[d + 1];
		int32_t start = at1;
		int32_t at2 = at1 - d;

		while (at1 < box->high1 && at2 < box->high2 &&
		       myers->old[at1] == myers->new[at2]) {
			at1++;
			at2++;
		}
		if (at1 - start > SNAKE)
			search->snake = true;
		reach[d] = at1;
		if (search->odd && search->backward_low <= d &&
		    d <= search->backward_high && myers->backward[d] <= at1) {
			split_at(split, at1, at2);
			return true;
		}
	}
	return false;
}

/* The same from the upper corner. */
static bool go_backward(struct myers *myers, struct search *search,
			struct split *split)
{
	const struct box *box = search->box;
	int32_t *reach = myers->backward;

	if (search->backward_low > search->diagonal_low)
		reach[--search->backward_low - 1] = FAR;
	else
		search->backward_low++;
	if (search->backward_high < search->diagonal_high)
		reach[++search->backward_high + 1] = FAR;
	else
		search->backward_high--;
	for (int32_t d = search->backward_high; d >= search->backward_low;
	     d -= 2) {
		int32_t at1 = reach[d - 1] < reach[d + 1] ? reach[d - 1]
							  : reach[d + 1] - 1;
		int32_t start = at1;
		int32_t at2 = at1 - d;

		while (at1 > box->low1 && at2 > box->low2 &&
		       myers->old[at1 - 1] == myers->new[at2 - 1]) {
			at1--;
			at2--;
		}
		if (start - at1 > SNAKE)
			search->snake = true;
		reach[d] = at1;
		if (!search->odd && search->forward_low <= d &&
		    d <= search->forward_high && at1 <= myers->forward[d]) {
			split_at(split, at1, at2);
			return true;
		}
	}
	return false;
}

/* Are the SNAKE lines that end before (or begin at) this point equal? */
static bool on_snake(const struct myers *myers, int32_t at1, int32_t at2)
{
	for (int32_t k = 0; k < SNAKE; k++)
		if (myers->old[at1 + k] != myers->new[at2 + k])
			return false;
	return true;
}

/* A diagonal that came far for its cost, and ends a long run of equal lines. */
static bool find_good_forward(const struct myers *myers,
			      const struct search *search, int32_t cost,
			      struct split *split)
{
	const struct box *box = search->box;
	int32_t best = 0;

	for (int32_t d = search->forward_high; d >= search->forward_low;
	     d -= 2) {
		int32_t off = d > search->forward_mid ? d - search->forward_mid
						      : search->forward_mid - d;
		int32_t at1 = myers->forward[d];
		int32_t at2 = at1 - d;
		int32_t way = (at1 - box->low1) + (at2 - box->low2) - off;

		if (way <= WORTH * cost || way <= best ||
		    at1 < box->low1 + SNAKE || at1 >= box->high1 ||
		    at2 < box->low2 + SNAKE || at2 >= box->high2 ||
		    !on_snake(myers, at1 - SNAKE, at2 - SNAKE))
			continue;
		best = way;
		*split = (struct split){at1, at2, true, false};
	}
	return best > 0;
}

static bool find_good_backward(const struct myers *myers,
			       const struct search *search, int32_t cost,
			       struct split *split)
{
	const struct box *box = search->box;
	int32_t best = 0;

	for (int32_t d = search->backward_high; d >= search->backward_low;
	     d -= 2) {
		int32_t off = d > search->backward_mid
				      ? d - search->backward_mid
				      : search->backward_mid - d;
		int32_t at1 = myers->backward[d];
		int32_t at2 = at1 - d;
		int32_t way = (box->high1 - at1) + (box->high2 - at2) - off;

		if (way <= WORTH * cost || way <= best || at1 <= box->low1 ||
		    at1 > box->high1 - SNAKE || at2 <= box->low2 ||
		    at2 > box->high2 - SNAKE || !on_snake(myers, at1, at2))
			continue;
		best = way;
		*split = (struct split){at1, at2, false, true};
	}
	return best > 0;
}

/* It took too long: go on from whichever point is farthest. */
static void give_up(const struct myers *myers, const struct search *search,
		    struct split *split)
{
	const struct box *box = search->box;
	int64_t forward = -1;
	int64_t backward = INT64_MAX;
	int32_t forward1 = -1;
	int32_t backward1 = FAR;

	for (int32_t d = search->forward_high; d >= search->forward_low;
	     d -= 2) {
		int32_t at1 = min(myers->forward[d], box->high1);

		if (box->high2 < at1 - d)
			at1 = box->high2 + d;
		if (forward < (int64_t)at1 + at1 - d) {
			forward = (int64_t)at1 + at1 - d;
			forward1 = at1;
		}
	}
	for (int32_t d = search->backward_high; d >= search->backward_low;
	     d -= 2) {
		int32_t at1 = max(box->low1, myers->backward[d]);

		if (at1 - d < box->low2)
			at1 = box->low2 + d;
		if ((int64_t)at1 + at1 - d < backward) {
			backward = (int64_t)at1 + at1 - d;
			backward1 = at1;
		}
	}
	if ((int64_t)box->high1 + box->high2 - backward <
	    forward - ((int64_t)box->low1 + box->low2))
		*split = (struct split){forward1, (int32_t)(forward - forward1),
					true, false};
	else
		*split = (struct split){backward1,
					(int32_t)(backward - backward1), false,
					true};
}

/* A point that a short edit script goes through. */
static void find_split(struct myers *myers, const struct box *box,
		       struct split *split)
{
	int32_t forward_mid = box->low1 - box->low2;
	int32_t backward_mid = box->high1 - box->high2;
	struct search search = {.box = box,
				.forward_low = forward_mid,
				.forward_high = forward_mid,
				.backward_low = backward_mid,
				.backward_high = backward_mid,
				.diagonal_low = box->low1 - box->high2,
				.diagonal_high = box->high1 - box->low2,
				.forward_mid = forward_mid,
				.backward_mid = backward_mid,
				.odd = (forward_mid - backward_mid) & 1};

	myers->forward[forward_mid] = box->low1;
	myers->backward[backward_mid] = box->high1;
	for (int32_t cost = 1;; cost++) {
		search.snake = false;
		if (go_forward(myers, &search, split) ||
		    go_backward(myers, &search, split))
			return;
		if (box->minimal)
			continue;
		if (search.snake && cost > COST_LOW &&
		    (find_good_forward(myers, &search, cost, split) ||
		     find_good_backward(myers, &search, cost, split)))
			return;
		if (cost >= myers->cost_max) {
			give_up(myers, &search, split);
			return;
		}
	}
}

static void shrink(const struct myers *myers, struct box *box)
{
	while (box->low1 < box->high1 && box->low2 < box->high2 &&
	       myers->old[box->low1] == myers->new[box->low2]) {
		box->low1++;
		box->low2++;
	}
	while (box->low1 < box->high1 && box->low2 < box->high2 &&
	       myers->old[box->high1 - 1] == myers->new[box->high2 - 1]) {
		box->high1--;
		box->high2--;
	}
}

static void compare(struct myers *myers, struct box box)
{
	for (;;) {
		struct split split = {0};
		struct box lower;

		shrink(myers, &box);
		if (box.low1 == box.high1 || box.low2 == box.high2)
			break;
		find_split(myers, &box, &split);
		lower = box;
		lower.high1 = split.at1;
		lower.high2 = split.at2;
		lower.minimal = split.minimal_low;
		compare(myers, lower);
		box.low1 = split.at1;
		box.low2 = split.at2;
		box.minimal = split.minimal_high;
	}
	myers->deleted += (uint32_t)(box.high1 - box.low1);
	myers->added += (uint32_t)(box.high2 - box.low2);
}

void myers_run(struct myers *myers, size_t old_count, size_t new_count,
	       int32_t *room)
{
	size_t diagonals = old_count + new_count + 3;
	struct box box = {.high1 = (int32_t)old_count,
			  .high2 = (int32_t)new_count};
	uint32_t root = myers_root(diagonals);

	myers->forward = room + new_count + 1;
	myers->backward = myers->forward + diagonals;
	myers->cost_max = (int32_t)(root < COST_LOW ? COST_LOW : root);
	myers->deleted = myers->added = 0;
	compare(myers, box);
}
