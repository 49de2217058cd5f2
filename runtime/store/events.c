#include "runtime/store/events.h"

#include <string.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"

int64_t event_add(struct db *db, const struct event_new *event,
		  struct error **err)
{
	int64_t now = clock_now();

	if (db_run(db, err,
		   "INSERT INTO events (kind, dedupe, repo, recipe, trigger,"
		   " ref, old, new, payload, created, due) VALUES"
		   " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		   " ON CONFLICT (dedupe) DO NOTHING",
		   "ttizottttii", event->kind, event->dedupe, event->repo,
		   event->recipe, event->trigger, event->ref, event->old_oid,
		   event->new_oid, event->payload, now,
		   event->due ? event->due : now))
		return -1;
	return db_changes(db) > 0 ? db_last_id(db) : 0;
}

char *ref_tip(struct db *db, int64_t repo, const char *ref)
{
	return db_text(db, NULL,
		       "SELECT oid FROM refs WHERE repo = ? AND ref = ?", "it",
		       repo, ref);
}

int ref_record(struct db *db, int64_t repo, const char *ref, const char *oid,
	       struct error **err)
{
	return db_run(db, err,
		      "INSERT INTO refs (repo, ref, oid, seen)"
		      " VALUES (?, ?, ?, ?) ON CONFLICT (repo, ref)"
		      " DO UPDATE SET oid = excluded.oid, seen = excluded.seen,"
		      " seq = seq + 1 WHERE oid IS NOT excluded.oid",
		      "itti", repo, ref, oid, clock_now());
}

static int64_t advance(struct db *db, const struct event_new *change,
		       struct error **err)
{
	struct event_new event = *change;
	char *dedupe;
	int64_t seq, id;

	if (ref_record(db, event.repo, event.ref, event.new_oid, err))
		return -1;
	seq = db_number(db, 0,
			"SELECT seq FROM refs WHERE repo = ? AND ref = ?", "it",
			event.repo, event.ref);
	dedupe = mem_printf("push:%lld:%s:%lld", (long long)event.repo,
			    event.ref, (long long)seq);
	event.dedupe = dedupe;
	id = event_add(db, &event, err);
	mem_free(dedupe);
	return id;
}

int64_t ref_advance(struct db *db, int64_t repo, const char *ref,
		    const char *oid, struct error **err)
{
	bool tag = strncmp(ref, "refs/tags/", 10) == 0;
	struct event_new event = {.kind = tag ? "tag" : "push",
				  .repo = repo,
				  .trigger = -1,
				  .ref = ref,
				  .new_oid = oid};
	int64_t id = 0;
	char *tip;

	if (db_begin(db, err))
		return -1;
	tip = ref_tip(db, repo, ref);
	event.old_oid = tip;
	if (tip ? !oid || strcmp(tip, oid) != 0 : oid != NULL)
		id = advance(db, &event, err);
	mem_free(tip);
	if (id < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, err) ? -1 : id;
}

int decision_add(struct db *db, const struct decision *decision,
		 struct error **err)
{
	return db_run(db, err,
		      "INSERT INTO decisions (event, recipe, trigger, verdict,"
		      " reason, run, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
		      "izottzi", decision->event, decision->recipe,
		      decision->trigger, decision->verdict, decision->reason,
		      decision->run, clock_now());
}

int event_done(struct db *db, int64_t id, const char *error, struct error **err)
{
	if (db_run(db, err,
		   "UPDATE events SET state = 'done', error = ?"
		   " WHERE id = ? AND state = 'new'",
		   "ti", error, id))
		return -1;
	return db_changes(db) > 0;
}

static int supersede(struct db *db, int64_t id, int64_t by, struct error **err)
{
	char *reason;
	struct decision decision = {
		.event = id, .trigger = -1, .verdict = "superseded"};
	int result;

	if (db_run(db, err,
		   "UPDATE events SET state = 'superseded' WHERE id = ?"
		   " AND state = 'new'",
		   "i", id))
		return -1;
	if (db_changes(db) == 0)
		return 0;
	reason = mem_printf("event %lld came within the quiet period",
			    (long long)by);
	decision.reason = reason;
	result = decision_add(db, &decision, err);
	mem_free(reason);
	return result ? -1 : 1;
}

int event_supersede(struct db *db, int64_t id, int64_t by, struct error **err)
{
	int result;

	if (db_begin(db, err))
		return -1;
	result = supersede(db, id, by, err);
	if (result < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, err) ? -1 : result;
}
