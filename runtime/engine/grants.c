/* Who may start: limits, concurrency groups and what replaces what. */
#include <stdio.h>
#include <string.h>

#include "runtime/base/map.h"
#include "runtime/base/mem.h"
#include "runtime/engine/queue.h"
#include "runtime/store/events.h"
#include "runtime/store/runs.h"
#include "runtime/store/settings.h"

#define LOOK_AHEAD 512 /* queued runs looked at when groups block them */

struct queued {
	int64_t id, parent, limit;
	char *group;  /* owned, or NULL */
	bool resumed; /* it has run before and keeps its place in the group */
};

enum queue_mode queue_mode(struct db *db)
{
	char *text = setting_get(db, "mode");
	enum queue_mode mode = QUEUE_RUN;

	if (text && strcmp(text, "pause") == 0)
		mode = QUEUE_PAUSE;
	else if (text && strcmp(text, "drain") == 0)
		mode = QUEUE_DRAIN;
	mem_free(text);
	return mode;
}

/*
 * Places in use. A run whose runner only waits for a sub-run of its own lends
 * its place to it, so that a limit of 1 cannot lock itself.
 */
static int64_t places_used(struct db *db)
{
	return db_number(db, 0,
			 "SELECT (SELECT count(*) FROM runs WHERE state ="
			 " 'running') - (SELECT count(DISTINCT child.parent)"
			 " FROM runs child JOIN runs parent ON parent.id ="
			 " child.parent WHERE child.state = 'running' AND"
			 " parent.state = 'running')",
			 "");
}

/* Does its parent run, without another sub-run that uses its place? */
static bool place_is_lent(struct db *db, int64_t parent)
{
	return parent > 0 &&
	       db_number(db, 0,
			 "SELECT count(*) FROM runs WHERE id = ?1 AND state ="
			 " 'running' AND NOT EXISTS (SELECT 1 FROM runs WHERE"
			 " parent = ?1 AND state = 'running')",
			 "i", parent) > 0;
}

static int read_queued(struct db *db, struct queued *queued, int max,
		       struct error **err)
{
	struct rows *rows = db_query(
		db, err,
		"SELECT id, coalesce(parent, 0), group_limit, concurrency,"
		" attempt > 0 FROM runs WHERE state = 'queued' ORDER BY"
		" priority DESC, id LIMIT ?",
		"i", (int64_t)max);
	int count = 0;

	if (!rows)
		return -1;
	while (count < max && rows_next(rows, err) == 1)
		queued[count++] = (struct queued){
			.id = rows_int(rows, 0),
			.parent = rows_int(rows, 1),
			.limit = rows_int(rows, 2),
			.group = mem_copy(rows_text(rows, 3)),
			.resumed = rows_int(rows, 4) != 0,
		};
	rows_close(rows);
	return count;
}

/*
 * First come, first served in a group: who has begun holds a place, also while
 * it waits; of those that have not, the oldest is next. Returns the run that
 * is in the way, or 0.
 */
static int64_t group_blocker(struct db *db, const struct queued *run)
{
	int64_t older;

	if (!run->group || run->resumed)
		return 0;
	older = db_number(db, 0,
			  "SELECT min(id) FROM runs WHERE concurrency = ? AND"
			  " state IN ('queued', 'running', 'waiting') AND state"
			  " = 'queued' AND attempt = 0 AND id < ?",
			  "ti", run->group, run->id);
	if (older > 0)
		return older;
	return db_number(db, 0,
			 "SELECT CASE WHEN count(*) >= ?2 THEN min(id) ELSE 0"
			 " END FROM runs WHERE concurrency = ?1 AND state IN"
			 " ('queued', 'running', 'waiting') AND id <> ?3 AND"
			 " (state <> 'queued' OR attempt > 0)",
			 "tii", run->group, run->limit, run->id);
}

/* A group takes at most one of its queued runs a pass: rows must show it. */
struct pass {
	struct db *db;
	struct grant_options *options;
	int64_t *runs;
	int max, count;
	int64_t used;
	struct map groups;  /* that got a place in this pass */
	struct map lenders; /* parents that lent theirs */
};

static void say(struct pass *pass, const struct queued *run, int64_t blocker)
{
	char *reason = mem_printf("run %lld in group '%s'", (long long)blocker,
				  run->group);

	run_waits_for(pass->db, run->id, reason, NULL);
	mem_free(reason);
}

/* A place for this run: 1, one that its parent lends: 2, none: 0. */
static int find_place(struct pass *pass, const struct queued *run, char *parent)
{
	if (run->parent > 0 && !map_get(&pass->lenders, parent) &&
	    place_is_lent(pass->db, run->parent))
		return 2;
	return pass->used < (int64_t)pass->options->limit;
}

static void consider(struct pass *pass, const struct queued *run)
{
	int64_t blocker;
	char parent[24];
	int place;

	if (pass->options->taken(pass->options->context, run->id))
		return;
	snprintf(parent, sizeof(parent), "%lld", (long long)run->parent);
	place = find_place(pass, run, parent);
	if (place == 0) {
		pass->options->left = true;
		return;
	}
	blocker = group_blocker(pass->db, run);
	if (blocker == 0 && run->group && map_get(&pass->groups, run->group))
		return; /* looked at again when the other has begun */
	if (blocker > 0) {
		say(pass, run, blocker);
		return;
	}
	if (run->group)
		map_put(&pass->groups, run->group, pass);
	if (place == 2)
		map_put(&pass->lenders, parent, pass);
	else
		pass->used++;
	pass->runs[pass->count++] = run->id;
}

int queue_grants(struct db *db, struct grant_options *options,
		 int64_t *runs, /* NOLINT: filled through `pass` */
		 int max, struct error **err)
{
	struct queued *queued = mem_array(LOOK_AHEAD, sizeof(*queued));
	struct pass pass = {
		.db = db,
		.options = options,
		.runs = runs,
		.max = max,
		.used = places_used(db) + options->pending,
	};
	int count = read_queued(db, queued, LOOK_AHEAD, err);

	options->left = count == LOOK_AHEAD;
	map_init(&pass.groups);
	map_init(&pass.lenders);
	for (int i = 0; i < count && pass.count < max; i++)
		consider(&pass, &queued[i]);
	for (int i = 0; i < count; i++)
		mem_free(queued[i].group);
	map_release(&pass.groups);
	map_release(&pass.lenders);
	mem_free(queued);
	return count < 0 ? -1 : pass.count;
}

static int note_superseded(struct db *db, int64_t run, int64_t by,
			   const char *group, struct error **err)
{
	char *reason = mem_printf("run %lld of group '%s' replaced run %lld",
				  (long long)by, group, (long long)run);
	struct decision decision = {
		.event = db_number(db, 0, "SELECT event FROM runs WHERE id = ?",
				   "i", run),
		.trigger = -1,
		.verdict = "superseded",
		.reason = reason,
		.run = run,
	};
	int status = decision_add(db, &decision, err);

	mem_free(reason);
	return status;
}

/* One newer run and all older ones of its group. Returns as the caller. */
static int replace_older(struct db *db, int64_t by, const char *group,
			 bool running, struct error **err)
{
	int64_t ids[256];
	int count = 0;
	int asked = 0;
	struct rows *rows = db_query(
		db, err,
		"SELECT id FROM runs WHERE concurrency = ? AND state IN"
		" ('queued', 'running', 'waiting') AND id < ? AND cancel IS"
		" NULL AND (?3 OR (state = 'queued' AND attempt = 0))",
		"tii", group, by, (int64_t)running);

	while (rows && count < 256 && rows_next(rows, err) == 1)
		ids[count++] = rows_int(rows, 0);
	rows_close(rows);
	for (int i = 0; i < count; i++) {
		int how = run_supersede(db, ids[i], by, err);

		if (how < 0 || note_superseded(db, ids[i], by, group, err) != 0)
			return -1;
		asked += how == RUN_WILL_END;
	}
	return rows ? asked : -1;
}

int queue_supersede(struct db *db, int64_t *after, struct error **err)
{
	struct newer {
		int64_t id;
		char *group;
		bool running;
	} newer[256];
	int count = 0;
	int asked = 0;
	int64_t last = db_number(db, 0, "SELECT max(id) FROM runs", "");
	struct rows *rows =
		db_query(db, err,
			 "SELECT id, concurrency, supersede FROM runs WHERE id"
			 " > ? AND concurrency NOT NULL AND supersede NOT NULL"
			 " AND state = 'queued' AND attempt = 0 ORDER BY id"
			 " DESC LIMIT 256",
			 "i", *after);

	if (!rows)
		return -1;
	while (count < 256 && rows_next(rows, err) == 1) {
		newer[count].id = rows_int(rows, 0);
		newer[count].group = mem_copy(rows_text(rows, 1));
		newer[count++].running =
			strcmp(rows_text(rows, 2), "running") == 0;
	}
	rows_close(rows);
	for (int i = 0; i < count; i++) {
		int how = asked < 0 ? -1
				    : replace_older(db, newer[i].id,
						    newer[i].group,
						    newer[i].running, err);

		asked = how < 0 ? -1 : asked + how;
		mem_free(newer[i].group);
	}
	if (asked >= 0)
		*after = last;
	return asked;
}
