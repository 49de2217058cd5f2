#include "runtime/git/features_past.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/features_author.h"

#define DAY 86400.0
#define LOOK_EVERY 256

/* What happened to a path so far. */
struct path_past {
	uint32_t *authors; /* owned, ascending: e-mails of who changed it */
	uint32_t author_count;
	uint32_t author_capacity;
	uint32_t changed_by; /* the last revision + 1; 0: none */
	int64_t changed;     /* when */
	uint32_t subsystem;  /* a name + 1, found when first met */
	uint32_t dir;
};

/* Numbers, each of them counted once; emptied by taking the next mark. */
struct set {
	uint32_t *marks; /* by number */
	uint32_t mark;
	uint32_t count;
};

struct past {
	const struct history *history;
	struct path_past *paths; /* by name */
	struct author *authors;  /* by name of the e-mail */
	struct names dir_names;
	struct set seen_authors;
	struct set seen_commits;
	uint32_t *subsystems; /* of the revision at hand */
	uint32_t *dir_list;
	uint32_t capacity;
};

static void start_set(struct set *set)
{
	set->mark++;
	set->count = 0;
}

static void put(struct set *set, uint32_t number)
{
	set->count += set->marks[number] != set->mark;
	set->marks[number] = set->mark;
}

/* Directories and first directories get numbers of their own. */
static struct path_past *path_of(struct past *past, uint32_t name)
{
	struct path_past *path = &past->paths[name];
	const char *text;
	const char *slash;
	const char *first;

	if (path->subsystem)
		return path;
	text = history_name(past->history, name);
	slash = strrchr(text, '/');
	first = strchr(text, '/');
	path->dir = names_add(&past->dir_names, text,
			      slash ? (size_t)(slash - text) : 0);
	path->subsystem = 1 + names_add(&past->dir_names, text,
					first ? (size_t)(first - text) : 0);
	return path;
}

static void add_author(struct path_past *path, uint32_t author)
{
	uint32_t at = path->author_count;

	while (at > 0 && path->authors[at - 1] > author)
		at--;
	if (at > 0 && path->authors[at - 1] == author)
		return;
	if (path->author_count == path->author_capacity) {
		path->author_capacity =
			path->author_capacity ? path->author_capacity * 2 : 2;
		path->authors =
			mem_grow(path->authors, path->author_capacity *
							sizeof(*path->authors));
	}
	memmove(path->authors + at + 1, path->authors + at,
		(path->author_count - at) * sizeof(*path->authors));
	path->authors[at] = author;
	path->author_count++;
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t first = *(const uint32_t *)a;
	uint32_t second = *(const uint32_t *)b;

	return (first > second) - (first < second);
}

static uint32_t make_set(uint32_t *numbers, uint32_t count)
{
	uint32_t kept = 0;

	if (count > 1)
		qsort(numbers, count, sizeof(*numbers), compare_numbers);
	for (uint32_t i = 0; i < count; i++)
		if (kept == 0 || numbers[kept - 1] != numbers[i])
			numbers[kept++] = numbers[i];
	return kept;
}

static void make_lists(struct past *past, const struct revision *revision,
		       struct feature_row *row)
{
	const struct touch *touches = past->history->touches + revision->touch;

	if (past->capacity < revision->touch_count) {
		mem_free(past->subsystems);
		mem_free(past->dir_list);
		past->capacity = revision->touch_count * 2;
		past->subsystems = mem_array(past->capacity, sizeof(uint32_t));
		past->dir_list = mem_array(past->capacity, sizeof(uint32_t));
	}
	for (uint32_t i = 0; i < revision->touch_count; i++) {
		const struct path_past *path = path_of(past, touches[i].path);

		past->subsystems[i] = path->subsystem;
		past->dir_list[i] = path->dir;
	}
	row->nf = revision->touch_count;
	row->ns = make_set(past->subsystems, revision->touch_count);
	row->nd = make_set(past->dir_list, revision->touch_count);
}

static void count_lines(const struct touch *touches, uint32_t count,
			struct feature_row *row)
{
	uint64_t lines = 0;

	for (uint32_t i = 0; i < count; i++) {
		row->la += touches[i].added;
		row->ld += touches[i].deleted;
		lines += touches[i].old_lines;
	}
	row->lt = (double)lines / count;
	if (count < 2 || row->la + row->ld == 0)
		return;
	for (uint32_t i = 0; i < count; i++) {
		double share = (double)((uint64_t)touches[i].added +
					touches[i].deleted) /
			       (double)(row->la + row->ld);

		if (share > 0)
			row->entropy -= share * log2(share);
	}
}

static void look_back(struct past *past, const struct revision *revision,
		      struct feature_row *row)
{
	const struct touch *touches = past->history->touches + revision->touch;
	double days = 0;

	start_set(&past->seen_authors);
	start_set(&past->seen_commits);
	for (uint32_t i = 0; i < revision->touch_count; i++) {
		const struct path_past *path =
			&past->paths[touches[i].old_path];

		for (uint32_t j = 0; j < path->author_count; j++)
			put(&past->seen_authors, path->authors[j]);
		if (path->changed_by == 0)
			continue;
		put(&past->seen_commits, path->changed_by - 1);
		if (revision->commit_time > path->changed)
			days += ((double)revision->commit_time -
				 (double)path->changed) /
				DAY;
	}
	row->ndev = past->seen_authors.count;
	row->nuc = past->seen_commits.count;
	row->age = days / revision->touch_count;
}

static void remember(struct past *past, uint32_t number)
{
	const struct revision *revision = &past->history->revisions[number];
	const struct touch *touches = past->history->touches + revision->touch;

	for (uint32_t i = 0; i < revision->touch_count; i++) {
		struct path_past *path = &past->paths[touches[i].path];

		if (touches[i].old_path != touches[i].path) {
			const struct path_past *old =
				&past->paths[touches[i].old_path];

			for (uint32_t j = 0; j < old->author_count; j++)
				add_author(path, old->authors[j]);
		}
		add_author(path, revision->email);
		path->changed = revision->commit_time;
		path->changed_by = number + 1;
	}
}

static void describe(struct past *past, uint32_t number,
		     struct feature_row *row, bool wanted)
{
	const struct revision *revision = &past->history->revisions[number];
	struct author *author = &past->authors[revision->email];

	memset(row, 0, sizeof(*row));
	row->revision = number;
	make_lists(past, revision, row);
	if (wanted) {
		count_lines(past->history->touches + revision->touch,
			    revision->touch_count, row);
		look_back(past, revision, row);
		row->fix = revision->flags & REVISION_FIX;
		row->exp = author->commits;
		row->rexp = author_recent(author, revision->commit_time);
		row->sexp =
			author_commits_in(author, past->subsystems, row->ns);
	}
	author_add(author, revision->commit_time, past->subsystems, row->ns);
	remember(past, number);
}

static void start(struct past *past, const struct history *history)
{
	size_t names = (size_t)history->names.count + 1;

	memset(past, 0, sizeof(*past));
	past->history = history;
	past->paths = mem_array(names, sizeof(*past->paths));
	past->authors = mem_array(names, sizeof(*past->authors));
	past->seen_authors.marks = mem_array(names, sizeof(uint32_t));
	past->seen_commits.marks =
		mem_array((size_t)history->count + 1, sizeof(uint32_t));
	names_init(&past->dir_names);
}

static void release(struct past *past)
{
	for (uint32_t i = 0; i < past->history->names.count; i++) {
		mem_free(past->paths[i].authors);
		author_release(&past->authors[i]);
	}
	mem_free(past->paths);
	mem_free(past->authors);
	mem_free(past->seen_authors.marks);
	mem_free(past->seen_commits.marks);
	mem_free(past->subsystems);
	mem_free(past->dir_list);
	names_release(&past->dir_names);
}

uint32_t past_walk(const struct past_query *query, struct feature_row *rows)
{
	struct past past;
	uint32_t kept = 0;

	start(&past, query->history);
	for (uint32_t i = 0; i < query->count; i++) {
		uint32_t number = query->order[i];
		bool wanted = !query->leave_out || !query->leave_out[number];

		if (i % LOOK_EVERY == 0 && query->cancelled &&
		    atomic_load(query->cancelled))
			break;
		if (query->history->revisions[number].touch_count == 0)
			continue;
		describe(&past, number, &rows[kept], wanted);
		kept += wanted;
	}
	release(&past);
	return kept;
}
