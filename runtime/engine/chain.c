#include "runtime/engine/chain.h"

#include <jansson.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/store/events.h"

#define BATCH 128

struct ended {
	int64_t id, repo, recipe;
	char *name, *state, *ref, *oid;
};

static int read_ended(struct db *db, struct ended *ended, struct error **err)
{
	struct rows *rows = db_query(
		db, err,
		"SELECT id, repo, coalesce(recipe, 0), name, state, ref, oid"
		" FROM runs WHERE announced = 0 AND state IN ('passed',"
		" 'failed', 'cancelled', 'timed_out', 'superseded') ORDER BY"
		" id LIMIT ?",
		"i", (int64_t)BATCH);
	int count = 0;

	if (!rows)
		return -1;
	while (count < BATCH && rows_next(rows, err) == 1)
		ended[count++] = (struct ended){
			.id = rows_int(rows, 0),
			.repo = rows_int(rows, 1),
			.recipe = rows_int(rows, 2),
			.name = mem_copy(rows_text(rows, 3)),
			.state = mem_copy(rows_text(rows, 4)),
			.ref = mem_copy(rows_text(rows, 5)),
			.oid = mem_copy(rows_text(rows, 6)),
		};
	rows_close(rows);
	return count;
}

static int announce(struct db *db, const struct ended *ended,
		    struct error **err)
{
	json_t *object =
		json_pack("{s:I, s:s, s:s}", "run", (json_int_t)ended->id,
			  "name", ended->name, "state", ended->state);
	char *payload = json_dumps(object, JSON_COMPACT);
	char dedupe[32];
	struct event_new event = {
		.kind = "run",
		.dedupe = dedupe,
		.repo = ended->repo,
		.recipe = ended->recipe,
		.trigger = -1,
		.ref = ended->ref,
		.new_oid = ended->oid,
		.payload = payload,
	};
	int64_t id;

	snprintf(dedupe, sizeof(dedupe), "run:%lld", (long long)ended->id);
	id = event_add(db, &event, err);
	free(payload); /* NOLINT: jansson allocates with malloc */
	json_decref(object);
	return id < 0 ? -1 : 0;
}

static int write_all(struct engine *engine, const struct ended *ended,
		     int count, struct error **err)
{
	if (db_begin(engine->db, err) != 0)
		return -1;
	for (int i = 0; i < count; i++) {
		int status = 0;

		if (engine->listeners[TRIGGER_RUN] > 0)
			status = announce(engine->db, &ended[i], err);
		if (status == 0)
			status = db_run(engine->db, err,
					"UPDATE runs SET announced = 1 WHERE"
					" id = ?",
					"i", ended[i].id);
		if (status != 0) {
			db_rollback(engine->db);
			return -1;
		}
	}
	return db_commit(engine->db, err);
}

bool chain_run(struct engine *engine)
{
	struct ended ended[BATCH];
	struct error *err = NULL;
	int count = read_ended(engine->db, ended, &err);

	if (count < 0 ||
	    (count > 0 && write_all(engine, ended, count, &err) != 0))
		engine_complain(err, "cannot announce runs that ended");
	else if (count > 0 && engine->listeners[TRIGGER_RUN] > 0)
		engine_kick(engine, ENGINE_DECIDE);
	for (int i = 0; i < count; i++) {
		mem_free(ended[i].name);
		mem_free(ended[i].state);
		mem_free(ended[i].ref);
		mem_free(ended[i].oid);
	}
	return count == BATCH && !err;
}
