#include "runtime/git/features_lines.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/features_bytes.h"
#include "runtime/git/features_myers.h"

/*
 * What both files begin and end with is cut off by the byte, and only the lines
 * between become numbers: equal lines have equal ones. LibXDiff, which git
 * uses, looks at whole files; what it finds is the same unless its short cuts
 * come into it. Where they may, the lines that were cut off are counted too.
 */

#define NEAR_START 8000 /* bytes in which git looks for a NUL */
#define SURE 500        /* so few lines never reach the cost of a short cut */
#define OFTEN_MAX 1024  /* a line that is there so often is of no use */
#define WINDOW 100      /* how far lines around such a line are looked at */
#define ODDS 4          /* how many of them must be without a partner */

enum { SIDES = 2 };

/* All equal lines. */
struct kind {
	const unsigned char *bytes; /* borrowed */
	size_t size;
	uint64_t hash;
	uint32_t between[SIDES]; /* how many of these in each middle */
	uint32_t around;         /* and in what was cut off */
};

struct middle {
	struct text text;
	uint32_t *kinds; /* one a line */
	uint8_t *use;    /* ditto, an enum use */
	uint32_t *kept;  /* the kinds that the search gets */
	size_t count;
	size_t kept_count;
	size_t capacity;
};

struct line_counter {
	struct middle sides[SIDES];
	struct kind *kinds;
	size_t kind_count;
	size_t kind_capacity;
	uint32_t *table; /* number of a kind + 1, by hash */
	size_t table_size;
	int32_t *room;
	size_t room_size;
};

enum use { ALONE, USEFUL, OFTEN };

struct line_counter *line_counter_new(void)
{
	return mem_alloc(sizeof(struct line_counter));
}

void line_counter_free(struct line_counter *counter)
{
	if (!counter)
		return;
	for (int side = 0; side < SIDES; side++) {
		mem_free(counter->sides[side].kinds);
		mem_free(counter->sides[side].use);
		mem_free(counter->sides[side].kept);
	}
	mem_free(counter->kinds);
	mem_free(counter->table);
	mem_free(counter->room);
	mem_free(counter);
}

size_t lines_feeds(struct text text)
{
	return bytes_feeds(text.bytes, text.size);
}

size_t lines_count(struct text text)
{
	return lines_feeds(text) +
	       (text.size > 0 && text.bytes[text.size - 1] != '\n');
}

bool lines_binary(struct text text)
{
	size_t size = text.size < NEAR_START ? text.size : NEAR_START;

	return size > 0 && memchr(text.bytes, 0, size) != NULL;
}

/* Cut the first line off, with its line feed. */
static struct text take_line(struct text *text)
{
	const unsigned char *feed = memchr(text->bytes, '\n', text->size);
	struct text line = {text->bytes, feed ? (size_t)(feed - text->bytes) + 1
					      : text->size};

	text->bytes += line.size;
	text->size -= line.size;
	return line;
}

/* Cut off the whole lines that both begin with; returns them. */
static struct text cut_start(struct text *a, struct text *b)
{
	size_t most = a->size < b->size ? a->size : b->size;
	size_t length = bytes_prefix(a->bytes, b->bytes, most);
	struct text start = {a->bytes, 0};

	while (length > 0 && a->bytes[length - 1] != '\n')
		length--;
	start.size = length;
	a->bytes += length;
	b->bytes += length;
	a->size -= length;
	b->size -= length;
	return start;
}

static bool begins_line(struct text text, size_t from_end)
{
	return from_end == text.size ||
	       text.bytes[text.size - from_end - 1] == '\n';
}

/* Cut off the whole lines that both end with; returns them. */
static struct text cut_end(struct text *a, struct text *b)
{
	size_t most = a->size < b->size ? a->size : b->size;
	size_t length =
		bytes_suffix(a->bytes + a->size, b->bytes + b->size, most);
	struct text end = {a->bytes + a->size, 0};

	if (!begins_line(*a, length) || !begins_line(*b, length)) {
		struct text rest = {end.bytes - length, length};

		length -= take_line(&rest).size;
	}
	end.bytes -= length;
	end.size = length;
	a->size -= length;
	b->size -= length;
	return end;
}

static void start_table(struct line_counter *counter, size_t lines)
{
	size_t size = 64;

	while (size < 2 * lines)
		size *= 2;
	if (counter->table_size < size) {
		mem_free(counter->table);
		counter->table = mem_array(size, sizeof(*counter->table));
	} else {
		memset(counter->table, 0, size * sizeof(*counter->table));
	}
	/* A part of a larger table: what a small file needs is cleared only. */
	if (counter->table_size < size)
		counter->table_size = size;
	if (counter->kind_capacity < lines) {
		mem_free(counter->kinds);
		counter->kinds = mem_array(lines, sizeof(*counter->kinds));
		counter->kind_capacity = lines;
	}
	counter->kind_count = 0;
}

/* Where the kind of `line` is, or belongs, in the table's first `size`. */
static uint32_t *find_kind(struct line_counter *counter, size_t size,
			   struct text line, uint64_t hash)
{
	size_t at = hash & (size - 1);

	for (;; at = (at + 1) & (size - 1)) {
		uint32_t *entry = &counter->table[at];
		const struct kind *kind = &counter->kinds[*entry - 1];

		if (*entry == 0)
			return entry;
		if (kind->hash == hash && kind->size == line.size &&
		    memcmp(kind->bytes, line.bytes, line.size) == 0)
			return entry;
	}
}

static void make_room(struct middle *middle, size_t count)
{
	middle->count = middle->kept_count = 0;
	if (middle->capacity >= count)
		return;
	mem_free(middle->kinds);
	mem_free(middle->use);
	mem_free(middle->kept);
	middle->kinds = mem_array(count, sizeof(*middle->kinds));
	middle->use = mem_array(count, sizeof(*middle->use));
	middle->kept = mem_array(count, sizeof(*middle->kept));
	middle->capacity = count;
}

static void number_lines(struct line_counter *counter, int side, size_t size)
{
	struct middle *middle = &counter->sides[side];
	struct text rest = middle->text;

	while (rest.size > 0) {
		struct text line = take_line(&rest);
		uint64_t hash = bytes_hash(line.bytes, line.size);
		uint32_t *entry = find_kind(counter, size, line, hash);

		if (*entry == 0) {
			counter->kinds[counter->kind_count++] = (struct kind){
				line.bytes, line.size, hash, {0, 0}, 0};
			*entry = (uint32_t)counter->kind_count;
		}
		counter->kinds[*entry - 1].between[side]++;
		middle->kinds[middle->count++] = *entry - 1;
	}
}

/* Count the lines of `rest` that are also in a middle; returns all. */
static size_t count_around(struct line_counter *counter, size_t size,
			   struct text rest)
{
	size_t count = 0;

	while (rest.size > 0) {
		struct text line = take_line(&rest);
		uint64_t hash = bytes_hash(line.bytes, line.size);
		uint32_t *entry = find_kind(counter, size, line, hash);

		if (*entry)
			counter->kinds[*entry - 1].around++;
		count++;
	}
	return count;
}

/*
 * Might LibXDiff overlook a line because it is there too often? Only in a run
 * with more than three lines without a partner for each such line and one more:
 * the best run with one is searched, where lines count +1 and -3.
 */
static bool may_overlook(const struct line_counter *counter, int side)
{
	const struct middle *middle = &counter->sides[side];
	long best = 0;     /* of the runs that end here */
	long with = -ODDS; /* of those that have a line with a partner */

	for (size_t i = 0; i < middle->count; i++) {
		const struct kind *kind = &counter->kinds[middle->kinds[i]];

		if (kind->between[!side] > 0) {
			with = best - (ODDS - 1);
			best = with > 0 ? with : 0;
			continue;
		}
		best++;
		if (++with > ODDS - 1)
			return true;
	}
	return false;
}

static bool overlooked(const struct middle *middle, size_t at)
{
	size_t first = at > WINDOW ? at - WINDOW : 0;
	size_t last =
		at + WINDOW < middle->count ? at + WINDOW : middle->count - 1;
	size_t alone_before = 0;
	size_t alone_behind = 0;
	size_t often = 2; /* the line itself, in both directions */

	for (size_t i = at; i-- > first && middle->use[i] != USEFUL;) {
		alone_before += middle->use[i] == ALONE;
		often += middle->use[i] == OFTEN;
	}
	for (size_t i = at + 1; i <= last && middle->use[i] != USEFUL; i++) {
		alone_behind += middle->use[i] == ALONE;
		often += middle->use[i] == OFTEN;
	}
	return alone_before > 0 && alone_behind > 0 &&
	       often * ODDS < often + alone_before + alone_behind;
}

/* Leave out lines that have no partner, and those that are too common. */
static void keep_lines(struct line_counter *counter, int side, size_t often)
{
	struct middle *middle = &counter->sides[side];

	for (size_t i = 0; i < middle->count; i++) {
		const struct kind *kind = &counter->kinds[middle->kinds[i]];
		size_t partners = kind->between[!side] + kind->around;

		if (partners == 0)
			middle->use[i] = ALONE;
		else
			middle->use[i] = partners >= often ? OFTEN : USEFUL;
	}
	for (size_t i = 0; i < middle->count; i++)
		if (middle->use[i] == USEFUL ||
		    (middle->use[i] == OFTEN && !overlooked(middle, i)))
			middle->kept[middle->kept_count++] = middle->kinds[i];
}

static size_t often_in(size_t lines)
{
	size_t root = myers_root(lines);

	return root > OFTEN_MAX ? OFTEN_MAX : root;
}

static struct line_change search(struct line_counter *counter)
{
	struct middle *old = &counter->sides[0];
	struct middle *new = &counter->sides[1];
	struct myers myers = {.old = old->kept, .new = new->kept};
	size_t room = myers_room(old->kept_count, new->kept_count);

	if (counter->room_size < room) {
		mem_free(counter->room);
		counter->room = mem_array(room, sizeof(*counter->room));
		counter->room_size = room;
	}
	myers_run(&myers, old->kept_count, new->kept_count, counter->room);
	return (struct line_change){
		.added = (uint32_t)(new->count - new->kept_count) + myers.added,
		.deleted = (uint32_t)(old->count - old->kept_count) +
			   myers.deleted};
}

struct line_change lines_compare(struct line_counter *counter, struct text old,
				 struct text new)
{
	struct text start = cut_start(&old, &new);
	struct text end = cut_end(&old, &new);
	size_t counts[SIDES] = {lines_count(old), lines_count(new)};
	size_t often[SIDES] = {SIZE_MAX, SIZE_MAX};
	size_t size = 64;

	if (counts[0] == 0 || counts[1] == 0)
		return (struct line_change){.added = (uint32_t)counts[1],
					    .deleted = (uint32_t)counts[0]};
	start_table(counter, counts[0] + counts[1]);
	while (size < 2 * (counts[0] + counts[1]))
		size *= 2;
	counter->sides[0].text = old;
	counter->sides[1].text = new;
	for (int side = 0; side < SIDES; side++) {
		make_room(&counter->sides[side], counts[side]);
		number_lines(counter, side, size);
	}
	if (counts[0] + counts[1] > SURE || may_overlook(counter, 0) ||
	    may_overlook(counter, 1)) {
		size_t around = count_around(counter, size, start) +
				count_around(counter, size, end);

		for (int side = 0; side < SIDES; side++)
			often[side] = often_in(counts[side] + around);
	}
	for (int side = 0; side < SIDES; side++)
		keep_lines(counter, side, often[side]);
	return search(counter);
}
