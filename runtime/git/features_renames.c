#include "runtime/git/features_renames.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/features_alike.h"

#define ENOUGH 30000 /* alike by half */
#define ENOUGH_NAMED                                                           \
	45000             /* by three quarters, for a file of the same name    \
			   */
#define PAIRS_MAX 1000000 /* of files that are compared with each other */
#define BEST 4            /* sources that are remembered for a file */
#define SAME_MAX 100      /* sources of equal content that are looked at */
#define FILE_MAX ((size_t)16 << 20)

/* A deleted file, or one that was added. */
struct end {
	struct tree_change *change;
	const char *path;
	const char *base;
	struct tree_side side;
	struct pieces pieces;
	bool read;    /* pieces are there */
	bool no_text; /* a link, a submodule, or too large */
	bool used;
};

struct ends {
	struct end *items;
	size_t count;
};

struct pair {
	struct end *from;
	struct end *to;
	uint32_t alike;
	bool same_base;
};

struct search {
	struct objects *objects;
	struct ends from; /* by path, as they come */
	struct ends to;
	struct pair *pairs;
	size_t pair_count;
	struct error **err;
};

static void make_ends(struct tree_changes *changes, struct ends *ends,
		      bool added)
{
	ends->items = mem_array(changes->count + 1, sizeof(*ends->items));
	for (size_t i = 0; i < changes->count; i++) {
		struct tree_change *change = &changes->items[i];
		const struct tree_side *side =
			added ? &change->new : &change->old;
		const struct tree_side *other =
			added ? &change->old : &change->new;
		const char *path = tree_name(changes, change->path);
		const char *slash = strrchr(path, '/');

		if (side->mode == 0 || other->mode != 0)
			continue;
		ends->items[ends->count++] =
			(struct end){.change = change,
				     .path = path,
				     .base = slash ? slash + 1 : path,
				     .side = *side};
	}
}

static void release_ends(struct ends *ends)
{
	for (size_t i = 0; i < ends->count; i++)
		pieces_release(&ends->items[i].pieces);
	mem_free(ends->items);
}

static int compare_paths(const void *a, const void *b)
{
	const struct end *first = a;
	const struct end *second = b;

	return strcmp(first->path, second->path);
}

static void join(struct end *from, struct end *to)
{
	from->used = to->used = true;
	to->change->old = from->side;
	to->change->old_path = from->change->path;
	from->change->gone = true;
}

static bool is_file(const struct end *end)
{
	return (end->side.mode & MODE_TYPE) == MODE_FILE;
}

static int compare_contents(const void *a, const void *b)
{
	const struct end *first = *(struct end *const *)a;
	const struct end *second = *(struct end *const *)b;
	int order = git_oid_cmp(&first->side.oid, &second->side.oid);

	if (order != 0)
		return order;
	return (first > second) - (first < second);
}

/* Where the sources of this content begin in the sorted list. */
static size_t first_same(struct end *const *sorted, size_t count,
			 const git_oid *oid)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (git_oid_cmp(&sorted[middle]->side.oid, oid) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct end *best_same(struct end *const *sorted, size_t count,
			     const struct end *to)
{
	struct end *best = NULL;
	int left = SAME_MAX;

	for (size_t i = first_same(sorted, count, &to->side.oid);
	     i < count && git_oid_equal(&sorted[i]->side.oid, &to->side.oid);
	     i++) {
		struct end *from = sorted[i];

		if (from->used || ((!is_file(from) || !is_file(to)) &&
				   from->side.mode != to->side.mode))
			continue;
		if (strcmp(from->base, to->base) == 0)
			return from;
		if (!best)
			best = from;
		if (--left == 0)
			break;
	}
	return best;
}

static void find_same(struct search *search)
{
	size_t count = search->from.count;
	struct end **sorted = mem_array(count + 1, sizeof(struct end *));

	for (size_t i = 0; i < count; i++)
		sorted[i] = &search->from.items[i];
	qsort(sorted, count, sizeof(struct end *), compare_contents);
	for (size_t i = 0; i < search->to.count; i++) {
		struct end *to = &search->to.items[i];
		struct end *from = best_same(sorted, count, to);

		if (from)
			join(from, to);
	}
	mem_free(sorted);
}

static int read_end(struct search *search, struct end *end)
{
	struct object *object;

	if (end->read || end->no_text)
		return 0;
	end->no_text = true;
	if (!is_file(end))
		return 0;
	object = objects_get(search->objects, &end->side.oid, search->err);
	if (!object)
		return search->err && *search->err ? -1 : 0;
	if (object->type == GIT_OBJECT_BLOB && !object->huge &&
	    object->size <= FILE_MAX) {
		pieces_make(&end->pieces,
			    (struct text){object->bytes, object->size});
		end->read = true;
		end->no_text = false;
	}
	objects_put(search->objects, object);
	return 0;
}

/* How alike the two are; 0 when it cannot be enough. */
static int compare_ends(struct search *search, struct end *from, struct end *to,
			uint32_t enough, uint32_t *alike)
{
	*alike = 0;
	if (read_end(search, from) != 0 || read_end(search, to) != 0)
		return -1;
	if (from->read && to->read &&
	    sizes_alike(from->pieces.size, to->pieces.size, enough))
		*alike = pieces_alike(&from->pieces, &to->pieces);
	return 0;
}

static int compare_bases(const void *a, const void *b)
{
	const struct end *first = *(struct end *const *)a;
	const struct end *second = *(struct end *const *)b;

	return strcmp(first->base, second->base);
}

/* The unused ends whose base name no other has, sorted by it. */
static size_t unique_names(const struct ends *ends, struct end **list)
{
	size_t count = 0;
	size_t kept = 0;

	for (size_t i = 0; i < ends->count; i++)
		if (!ends->items[i].used)
			list[count++] = &ends->items[i];
	qsort(list, count, sizeof(struct end *), compare_bases);
	for (size_t i = 0; i < count; i++) {
		struct end *end = list[i];
		bool again = i + 1 < count &&
			     strcmp(end->base, list[i + 1]->base) == 0;

		while (i + 1 < count &&
		       strcmp(end->base, list[i + 1]->base) == 0)
			i++;
		if (!again)
			list[kept++] = end;
	}
	return kept;
}

static int find_named(struct search *search)
{
	struct end **from =
		mem_array(search->from.count + 1, sizeof(struct end *));
	struct end **to = mem_array(search->to.count + 1, sizeof(struct end *));
	size_t from_count = unique_names(&search->from, from);
	size_t to_count = unique_names(&search->to, to);
	size_t j = 0;
	int status = 0;

	for (size_t i = 0; i < from_count && status == 0; i++) {
		uint32_t alike = 0;

		while (j < to_count && strcmp(to[j]->base, from[i]->base) < 0)
			j++;
		if (j == to_count || strcmp(to[j]->base, from[i]->base) != 0)
			continue;
		status = compare_ends(search, from[i], to[j], ENOUGH_NAMED,
				      &alike);
		if (status == 0 && alike >= ENOUGH_NAMED)
			join(from[i], to[j]);
	}
	mem_free(from);
	mem_free(to);
	return status;
}

/* More alike comes first, then the same name. */
static int compare_pairs(const struct pair *a, const struct pair *b)
{
	if (!a->to || !b->to)
		return a->to ? -1 : b->to != NULL;
	if (a->alike != b->alike)
		return a->alike > b->alike ? -1 : 1;
	return (int)b->same_base - (int)a->same_base;
}

/* `best` holds BEST pairs: put this one in place of the worst. */
static void remember(struct pair *best, const struct pair *pair)
{
	struct pair *worst = best;

	for (int i = 1; i < BEST; i++)
		if (compare_pairs(&best[i], worst) > 0)
			worst = &best[i];
	if (compare_pairs(worst, pair) > 0)
		*worst = *pair;
}

static int compare_to(struct search *search, struct end *to)
{
	struct pair *best = &search->pairs[search->pair_count];

	for (size_t i = 0; i < search->from.count; i++) {
		struct pair pair = {.from = &search->from.items[i], .to = to};

		if (pair.from->used)
			continue;
		if (compare_ends(search, pair.from, to, ENOUGH, &pair.alike) !=
		    0)
			return -1;
		pair.same_base = strcmp(pair.from->base, to->base) == 0;
		remember(best, &pair);
	}
	search->pair_count += BEST;
	return 0;
}

/* A stable order, for which the place in the list decides. */
static int compare_places(const void *a, const void *b)
{
	const struct pair *first = *(struct pair *const *)a;
	const struct pair *second = *(struct pair *const *)b;
	int order = compare_pairs(first, second);

	return order ? order : (first > second) - (first < second);
}

static void join_pairs(struct search *search)
{
	struct pair **sorted =
		mem_array(search->pair_count + 1, sizeof(struct pair *));

	for (size_t i = 0; i < search->pair_count; i++)
		sorted[i] = &search->pairs[i];
	qsort(sorted, search->pair_count, sizeof(struct pair *),
	      compare_places);
	for (size_t i = 0; i < search->pair_count; i++) {
		struct pair *pair = sorted[i];

		if (!pair->to || pair->alike < ENOUGH)
			break;
		if (!pair->to->used && !pair->from->used)
			join(pair->from, pair->to);
	}
	mem_free(sorted);
}

static size_t count_left(const struct ends *ends)
{
	size_t count = 0;

	for (size_t i = 0; i < ends->count; i++)
		count += !ends->items[i].used;
	return count;
}

static int find_alike(struct search *search)
{
	size_t from = count_left(&search->from);
	size_t to = count_left(&search->to);
	int status = 0;

	if (from == 0 || to == 0 || from > PAIRS_MAX / to)
		return 0;
	search->pairs = mem_array(to * BEST, sizeof(*search->pairs));
	for (size_t i = 0; i < search->to.count && status == 0; i++)
		if (!search->to.items[i].used)
			status = compare_to(search, &search->to.items[i]);
	if (status == 0)
		join_pairs(search);
	mem_free(search->pairs);
	return status;
}

int renames_find(struct objects *objects, struct tree_changes *changes,
		 struct error **err)
{
	struct search search = {.objects = objects, .err = err};
	int status = 0;

	make_ends(changes, &search.from, false);
	make_ends(changes, &search.to, true);
	if (search.from.count > 0 && search.to.count > 0) {
		qsort(search.from.items, search.from.count, sizeof(struct end),
		      compare_paths);
		qsort(search.to.items, search.to.count, sizeof(struct end),
		      compare_paths);
		find_same(&search);
		status = find_named(&search);
		if (status == 0)
			status = find_alike(&search);
	}
	release_ends(&search.from);
	release_ends(&search.to);
	return status;
}
