/* Pushes: tips that moved, told by the hook or found by comparing. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/engine/matcher.h"
#include "runtime/engine/sources.h"
#include "runtime/store/events.h"

#define ZEROES "0000000000000000000000000000000000000000"

/* In a line of the hook: where the ref begins. */
#define REF_AT ((size_t)2 * (OID_HEX + 1))

/* A tip that differs; `oid` NULL: the ref is gone. */
struct moved {
	char *ref, *oid;
};

struct moves {
	struct moved *items;
	size_t count, capacity;
};

static void add_move(struct moves *moves, const char *ref, const char *oid)
{
	if (moves->count == moves->capacity) {
		moves->capacity = moves->capacity ? 2 * moves->capacity : 8;
		moves->items = mem_grow(moves->items,
					moves->capacity * sizeof(struct moved));
	}
	moves->items[moves->count++] =
		(struct moved){mem_copy(ref), mem_copy(oid)};
}

static void free_moves(struct moves *moves)
{
	for (size_t i = 0; i < moves->count; i++) {
		mem_free(moves->items[i].ref);
		mem_free(moves->items[i].oid);
	}
	mem_free(moves->items);
}

/* Both lists are sorted by name: walk through them side by side. */
static int find_moves(struct source *source, const struct refs *refs,
		      struct moves *moves, struct error **err)
{
	struct rows *rows = db_query(
		sources_engine(source->sources)->db, err,
		"SELECT ref, oid FROM refs WHERE repo = ? ORDER BY ref", "i",
		source->id);
	size_t i = 0;
	int more;

	if (!rows)
		return -1;
	while ((more = rows_next(rows, err)) == 1) {
		const char *ref = rows_text(rows, 0);
		const char *oid = rows_text(rows, 1);

		while (i < refs->count && strcmp(refs->items[i].name, ref) < 0)
			add_move(moves, refs->items[i].name,
				 refs->items[i].oid),
				i++;
		if (i < refs->count && strcmp(refs->items[i].name, ref) == 0) {
			if (!oid || strcmp(oid, refs->items[i].oid) != 0)
				add_move(moves, ref, refs->items[i].oid);
			i++;
		} else if (oid) {
			add_move(moves, ref, NULL);
		}
	}
	for (; more == 0 && i < refs->count; i++)
		add_move(moves, refs->items[i].name, refs->items[i].oid);
	rows_close(rows);
	return more;
}

static int advance(struct source *source, const struct moves *moves,
		   bool record, struct error **err)
{
	struct db *db = sources_engine(source->sources)->db;

	if (moves->count == 0)
		return 0;
	if (db_begin(db, err) != 0)
		return -1;
	for (size_t i = 0; i < moves->count; i++) {
		const struct moved *moved = &moves->items[i];
		int64_t id = record ? ref_record(db, source->id, moved->ref,
						 moved->oid, err)
				    : ref_advance(db, source->id, moved->ref,
						  moved->oid, err);

		if (id < 0) {
			db_rollback(db);
			return -1;
		}
	}
	if (db_commit(db, err) != 0)
		return -1;
	if (!record)
		engine_kick(sources_engine(source->sources), ENGINE_DECIDE);
	return (int)moves->count;
}

int source_compare(struct source *source, const struct refs *refs, bool record,
		   struct error **err)
{
	const struct ref *head = refs_default(refs);
	struct moves moves = {0};
	int count = find_moves(source, refs, &moves, err);

	if (count == 0)
		count = advance(source, &moves, record, err);
	free_moves(&moves);
	if (head && (!source->head || strcmp(source->head, head->name) != 0)) {
		mem_free(source->head);
		source->head = mem_copy(head->name);
	}
	return count;
}

int source_look(struct source *source)
{
	struct error *err = NULL;
	struct refs refs = {0};
	int count = -1;

	if (refs_read(source->dir, REFS_TIPS, &refs, &err) == 0)
		count = source_compare(source, &refs, !source->recorded, &err);
	if (count < 0)
		engine_complain(err, "cannot look at repository '%s'",
				source->name);
	else
		source->recorded = true;
	refs_release(&refs);
	return count;
}

/* The repository whose git directory, or working tree, is `path`. */
static struct source *find_by_path(struct sources *sources, const char *path)
{
	char clean[PATH_MAX];

	if (!realpath(path, clean))
		return NULL;
	for (struct source *source = sources_first(sources); source;
	     source = source->next) {
		char other[PATH_MAX];

		if (source->remote || source->gone)
			continue;
		if (realpath(source->url, other) && strcmp(clean, other) == 0)
			return source;
		if (source->place.common &&
		    realpath(source->place.common, other) &&
		    strcmp(clean, other) == 0)
			return source;
	}
	return NULL;
}

/*
 * Only a line that follows on the tip we know is taken at its word. All else
 * (it is old news, or something is missing in between) needs a look.
 */
static bool take_line(struct source *source, char *line, struct moves *moves)
{
	struct db *db = sources_engine(source->sources)->db;
	const char *old = line;
	char *new = strchr(line, ' ');
	char *ref = new ? strchr(new + 1, ' ') : NULL;
	char *tip;
	bool known;
	bool follows;

	if (!ref || new - line != OID_HEX || ref - new != OID_HEX + 1)
		return false;
	*new ++ = '\0';
	*ref++ = '\0';
	if (strncmp(ref, "refs/heads/", 11) != 0 && !ref_is_tag(ref))
		return true;
	tip = ref_tip(db, source->id, ref);
	known = strcmp(tip ? tip : ZEROES, new) == 0;
	follows = strcmp(tip ? tip : ZEROES, old) == 0;
	mem_free(tip);
	if (!known && follows)
		add_move(moves, ref, strcmp(new, ZEROES) == 0 ? NULL : new);
	return known || follows;
}

static char *describe(struct source *source, const char *ref)
{
	int64_t event = db_number(
		sources_engine(source->sources)->db, 0,
		"SELECT id FROM events WHERE dedupe = 'push:' || ?1 || ':' ||"
		" ?2 || ':' || (SELECT seq FROM refs WHERE repo = ?1 AND"
		" ref = ?2)",
		"it", source->id, ref);

	if (event == 0)
		return mem_copy("ok");
	return mem_printf("ok tidemill: noted as event %lld (tidemill why "
			  "e%lld)",
			  (long long)event, (long long)event);
}

char *sources_pushed(struct sources *sources, const char *path, char **lines,
		     size_t count)
{
	struct source *source = find_by_path(sources, path);
	struct error *err = NULL;
	struct moves moves = {0};
	bool certain = count > 0;
	int done;
	char *answer;

	if (!source)
		return mem_printf("error no repository at '%s'", path);
	for (size_t i = 0; i < count; i++)
		certain = take_line(source, lines[i], &moves) && certain;
	done = source->recorded && certain
		       ? advance(source, &moves, false, &err)
		       : source_look(source);
	if (done < 0) {
		engine_complain(err, "cannot record a push");
		answer = mem_copy("error the push could not be recorded");
	} else if (count == 1 && certain) {
		answer = describe(source, lines[0] + REF_AT);
	} else {
		answer = mem_copy("ok");
	}
	free_moves(&moves);
	return answer;
}
