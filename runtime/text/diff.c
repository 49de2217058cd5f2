#include "runtime/text/diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "runtime/base/mem.h"

struct line {
	const char *text;
	size_t length; /* with the newline */
};

struct lines {
	struct line *items; /* owned */
	size_t count;
};

/* Both texts, and for every line whether it is in the other one, too. */
struct diff {
	struct lines a, b;
	bool *removed, *added; /* by line; owned */
	struct diff_stats *stats;
};

static struct lines split(const struct diff_side *side)
{
	struct lines lines = {NULL, 0};
	const char *at = side->text, *end = at + side->length;
	size_t count = 1;

	for (const char *c = at; c < end; c++)
		count += *c == '\n';
	lines.items = mem_array(count, sizeof(*lines.items));
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		stop = stop ? stop + 1 : end;
		lines.items[lines.count++] =
			(struct line){at, (size_t)(stop - at)};
		at = stop;
	}
	return lines;
}

static bool same(const struct line *a, const struct line *b)
{
	return a->length == b->length &&
	       memcmp(a->text, b->text, a->length) == 0;
}

/* A part of both texts: where it begins, and how many lines it has. */
struct part {
	size_t a, b;
	ptrdiff_t n, m;
};

static void mark_all(struct diff *diff, const struct part *part)
{
	memset(diff->removed + part->a, true, (size_t)part->n);
	memset(diff->added + part->b, true, (size_t)part->m);
}

/* One round of Myers' search: the furthest points with `d` edits. */
static bool extend(const struct diff *diff, const struct part *part,
		   ptrdiff_t *reach, ptrdiff_t d)
{
	for (ptrdiff_t k = -d; k <= d; k += 2) {
		ptrdiff_t x = k == -d || (k != d && reach[k - 1] < reach[k + 1])
				      ? reach[k + 1]
				      : reach[k - 1] + 1;

		while (x < part->n && x - k < part->m && x - k >= 0 &&
		       same(&diff->a.items[part->a + (size_t)x],
			    &diff->b.items[part->b + (size_t)(x - k)]))
			x++;
		reach[k] = x;
		if (x >= part->n && x - k >= part->m)
			return true;
	}
	return false;
}

/* Go back from the end through the rounds, marking each edit. */
static void trace(struct diff *diff, const struct part *part,
		  ptrdiff_t **rounds, ptrdiff_t d)
{
	ptrdiff_t x = part->n, y = part->m;

	for (; d > 0; d--) {
		const ptrdiff_t *reach = rounds[d - 1] + d;
		ptrdiff_t k = x - y;
		bool down = k == -d || (k != d && reach[k - 1] < reach[k + 1]);
		ptrdiff_t former = down ? k + 1 : k - 1;

		x = reach[former];
		y = x - former;
		if (down)
			diff->added[part->b + (size_t)y] = true;
		else
			diff->removed[part->a + (size_t)x] = true;
	}
}

/*
 * Rounds are kept to go back: round d has 2d + 3 numbers, so DIFF_EDITS bounds
 * the memory.
 */
static void search(struct diff *diff, const struct part *part)
{
	ptrdiff_t most = part->n + part->m;
	ptrdiff_t limit = most < DIFF_EDITS ? most : DIFF_EDITS;
	ptrdiff_t **rounds = mem_array((size_t)limit + 1, sizeof(*rounds));
	ptrdiff_t *all = mem_array((size_t)(2 * limit + 3), sizeof(*all));
	ptrdiff_t *reach = all + limit + 1, d = 0;
	bool found = false;

	for (; d <= limit && !found; d++) {
		/* what round d begins with: -d-1 .. d+1 of the last one */
		found = extend(diff, part, reach, d);
		rounds[d] = mem_array((size_t)(2 * d + 3), sizeof(**rounds));
		memcpy(rounds[d], reach - d - 1,
		       (size_t)(2 * d + 3) * sizeof(**rounds));
	}
	if (found)
		trace(diff, part, rounds, d - 1);
	else
		mark_all(diff, part);
	for (ptrdiff_t i = 0; i < d; i++)
		mem_free(rounds[i]);
	mem_free(rounds);
	mem_free(all);
}

/* What is equal at both ends needs no search. */
static void compare(struct diff *diff)
{
	struct part part = {0, 0, (ptrdiff_t)diff->a.count,
			    (ptrdiff_t)diff->b.count};

	while (part.n > 0 && part.m > 0 &&
	       same(&diff->a.items[part.a], &diff->b.items[part.b])) {
		part.a++;
		part.b++;
		part.n--;
		part.m--;
	}
	while (part.n > 0 && part.m > 0 &&
	       same(&diff->a.items[part.a + (size_t)part.n - 1],
		    &diff->b.items[part.b + (size_t)part.m - 1])) {
		part.n--;
		part.m--;
	}
	if (part.n == 0 || part.m == 0)
		mark_all(diff, &part);
	else
		search(diff, &part);
}

static void put(struct buf *out, char sign, const struct line *line)
{
	buf_putc(out, sign);
	buf_append(out, line->text, line->length);
	if (line->length == 0 || line->text[line->length - 1] != '\n')
		buf_puts(out, "\n\\ No newline at end of file\n");
}

/* Lines from (a, b) on, until `stop` of a and `end` of b. */
static void put_hunk(const struct diff *diff, struct part part, struct buf *out)
{
	size_t a = part.a, b = part.b;
	size_t stop = a + (size_t)part.n, end = b + (size_t)part.m;

	buf_printf(out, "@@ -%zu,%zu +%zu,%zu @@\n", part.n ? a + 1 : a,
		   (size_t)part.n, part.m ? b + 1 : b, (size_t)part.m);
	while (a < stop || b < end) {
		if (a < stop && diff->removed[a]) {
			put(out, '-', &diff->a.items[a++]);
			diff->stats->removed++;
		} else if (b < end && diff->added[b]) {
			put(out, '+', &diff->b.items[b++]);
			diff->stats->added++;
		} else {
			put(out, ' ', &diff->a.items[a++]);
			b++;
		}
	}
}

static bool changed(const struct diff *diff, size_t a, size_t b)
{
	return (a < diff->a.count && diff->removed[a]) ||
	       (b < diff->b.count && diff->added[b]);
}

/*
 * The hunk that begins with the change at (*a, *b): it ends where more than
 * twice the context follows without one. Moves both behind it.
 */
static struct part find_hunk(const struct diff *diff, size_t context, size_t *a,
			     size_t *b)
{
	size_t before = *a < context ? *a : context, quiet = 0;
	struct part part;

	if (before > *b)
		before = *b;
	part.a = *a - before;
	part.b = *b - before;
	while ((*a < diff->a.count || *b < diff->b.count) &&
	       (changed(diff, *a, *b) || quiet < 2 * context + 1)) {
		bool gone = *a < diff->a.count && diff->removed[*a];
		bool new = !gone &&*b < diff->b.count && diff->added[*b];

		*a += !new;
		*b += !gone;
		quiet = gone || new ? 0 : quiet + 1;
	}
	quiet = quiet > context ? quiet - context : 0;
	part.n = (ptrdiff_t)(*a - quiet - part.a);
	part.m = (ptrdiff_t)(*b - quiet - part.b);
	return part;
}

static void put_hunks(const struct diff *diff, size_t context, struct buf *out)
{
	size_t a = 0, b = 0;

	while (a < diff->a.count || b < diff->b.count) {
		if (changed(diff, a, b)) {
			put_hunk(diff, find_hunk(diff, context, &a, &b), out);
		} else {
			a++;
			b++;
		}
	}
}

void diff_unified(const struct diff_side *before, const struct diff_side *after,
		  size_t context, struct buf *out, struct diff_stats *stats)
{
	struct diff diff = {
		.a = split(before), .b = split(after), .stats = stats};

	*stats = (struct diff_stats){0, 0};
	diff.removed = mem_array(diff.a.count + 1, sizeof(bool));
	diff.added = mem_array(diff.b.count + 1, sizeof(bool));
	if (before->length != after->length ||
	    memcmp(before->text, after->text, before->length) != 0) {
		buf_printf(out, "--- %s\n+++ %s\n", before->name, after->name);
		compare(&diff);
		put_hunks(&diff, context, out);
	}
	mem_free(diff.a.items);
	mem_free(diff.b.items);
	mem_free(diff.removed);
	mem_free(diff.added);
}
