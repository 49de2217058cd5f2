#include "runtime/engine/judge.h"

#include <string.h>

#include "runtime/base/buf.h"
#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/engine/sources.h"
#include "runtime/git/repo.h"
#include "runtime/store/events.h"

void judge_supersede_older(struct job *job)
{
	struct db *db = job->engine->db;
	const char *sql =
		job->kind == TRIGGER_EMIT
			? "SELECT id, old FROM events WHERE state = 'new' AND"
			  " due > created AND id < ?1 AND kind = 'emit' AND"
			  " json_extract(payload, '$.name') = ?2 AND ?3 = repo"
			  " ORDER BY id"
			: "SELECT id, old FROM events WHERE state = 'new' AND"
			  " due > created AND id < ?1 AND ref = ?2 AND repo ="
			  " ?3 ORDER BY id";
	struct rows *rows = db_query(
		db, NULL, sql, "iti", job->event,
		job->kind == TRIGGER_EMIT ? job->name : job->ref, job->repo);
	int64_t ids[64];
	size_t count = 0;
	bool first = true;

	while (rows && count < 64 && rows_next(rows, NULL) == 1) {
		ids[count++] = rows_int(rows, 0);
		if (!first || job->kind > TRIGGER_TAG)
			continue;
		/* What they changed counts too. */
		first = false;
		mem_free(job->old);
		job->old = mem_copy(rows_text(rows, 1));
	}
	rows_close(rows);
	for (size_t i = 0; i < count; i++)
		event_supersede(db, ids[i], job->event, NULL);
	if (count > 0 && job->kind <= TRIGGER_TAG)
		db_run(db, NULL, "UPDATE events SET old = ? WHERE id = ?", "ti",
		       job->old, job->event);
}

static bool put_off(struct job *job, const struct trigger *trigger)
{
	int64_t until = job->created + trigger->quiet;

	if (trigger->quiet <= 0 || job->kind == TRIGGER_FILE)
		return false;
	if (job->kind == TRIGGER_EMIT)
		judge_supersede_older(job);
	if (until <= clock_now())
		return false;
	job->put_off = until;
	return true;
}

static bool in_states(const struct trigger *trigger, const char *state)
{
	for (size_t i = 0; i < trigger->states.count; i++)
		if (strcmp(trigger->states.items[i], state) == 0)
			return true;
	return trigger->states.count == 0;
}

/* The last run of that name on the same commit: its id and state, or 0. */
static int64_t last_run(const struct job *job, const char *name, char **state)
{
	struct rows *rows = db_query(job->engine->db, NULL,
				     "SELECT id, state FROM runs WHERE name ="
				     " ?1 AND (?2 IS NULL OR oid = ?2) ORDER BY"
				     " id DESC LIMIT 1",
				     "tt", name, job->new);
	int64_t id = 0;

	*state = NULL;
	if (rows && rows_next(rows, NULL) == 1) {
		id = rows_int(rows, 0);
		*state = mem_copy(rows_text(rows, 1));
	}
	rows_close(rows);
	return id;
}

/*
 * `all = true`: the last runs of every named recipe, on the same commit, have
 * ended as wanted. The set of them is the key, so it makes one run.
 */
static bool fan_in(const struct job *job, const struct trigger *trigger,
		   char **key, char **reason)
{
	struct buf set;
	bool ready = true;

	buf_init(&set, 4096);
	buf_puts(&set, "all");
	for (size_t i = 0; i < trigger->names.count && ready; i++) {
		const char *name = trigger->names.items[i];
		char *state;
		int64_t id = last_run(job, name, &state);

		if (!state || !in_states(trigger, state)) {
			mem_free(*reason);
			*reason = mem_printf("all: '%s' %s%s", name,
					     state ? "is "
						   : "has not run on this "
						     "commit",
					     state ? state : "");
			ready = false;
		}
		buf_printf(&set, ":%lld", (long long)id);
		mem_free(state);
	}
	*key = buf_take(&set);
	return ready;
}

static void next(struct judge *judge);

static void on_answer(struct predicate *predicate)
{
	struct judge *judge = predicate->context;
	const char *verdict = predicate->problem ? "error"
			      : predicate->run   ? "run"
						 : "filtered";

	job_find(judge->job, judge->candidate, (int64_t)judge->trigger, verdict,
		 predicate->reason);
	mem_free(predicate->event);
	mem_free(predicate);
	judge->predicate = NULL;
	if (strcmp(verdict, "run") == 0) {
		judge->candidate++;
		judge->trigger = 0;
	} else {
		judge->trigger++;
	}
	next(judge);
}

/* A recipe of a repository for an event that is no push: read it now. */
static void read_text(struct job *job, const struct candidate *candidate)
{
	struct source *source =
		source_get(job->engine->sources, candidate->repo);
	struct repo *repo;
	struct blob blob = {0};

	if (!source || !source->head)
		return;
	repo = repo_open(source->dir, NULL, NULL);
	mem_free(job->text);
	job->text = NULL;
	if (repo &&
	    repo_blob(repo, source->head, candidate->path, &blob, NULL) == 0) {
		job->length = blob.bytes.length;
		job->text = mem_copy_n(blob.bytes.data ? blob.bytes.data : "",
				       blob.bytes.length);
	}
	blob_release(&blob);
	repo_close(repo);
}

static void ask(struct judge *judge)
{
	struct job *job = judge->job;
	struct candidate *candidate = &job->candidates[judge->candidate];
	struct predicate *predicate = mem_alloc(sizeof(*predicate));

	if (candidate->repo != 0 && job->kind > TRIGGER_TAG)
		read_text(job, candidate);
	predicate->engine = job->engine;
	if (candidate->repo == 0) {
		predicate->path = candidate->path;
	} else {
		predicate->text = job->text ? job->text : "";
		predicate->length = job->text ? job->length : 0;
	}
	predicate->trigger = (int64_t)judge->trigger;
	predicate->event = job_json(job);
	predicate->answered = on_answer;
	predicate->context = judge;
	judge->predicate = predicate;
	predicate_start(predicate);
}

enum step { STEP_ON, STEP_NEXT_CANDIDATE, STEP_WAIT, STEP_PUT_OFF };

static enum step judge_one(struct judge *judge, const struct trigger *trigger)
{
	struct job *job = judge->job;
	int64_t index = (int64_t)judge->trigger;
	struct subject subject;
	enum verdict verdict;
	char *reason;
	char *key = NULL;

	job_subject(job, &subject);
	verdict = matcher_judge(trigger, &subject, &reason);
	if (verdict == VERDICT_RUN && job->kind == TRIGGER_RUN &&
	    trigger->all && !fan_in(job, trigger, &key, &reason))
		verdict = VERDICT_FILTERED;
	if (verdict == VERDICT_RUN && put_off(job, trigger)) {
		mem_free(reason);
		mem_free(key);
		return STEP_PUT_OFF;
	}
	if (verdict == VERDICT_RUN && trigger->when) {
		mem_free(reason);
		mem_free(key);
		return STEP_WAIT;
	}
	if (verdict == VERDICT_RUN) {
		job_find(job, judge->candidate, index, "run", reason)->key =
			key;
		return STEP_NEXT_CANDIDATE;
	}
	mem_free(key);
	if (verdict == VERDICT_FILTERED)
		job_find(job, judge->candidate, index, "filtered", reason);
	return STEP_ON;
}

static bool concerns(const struct job *job, size_t trigger)
{
	/* The clock and files name the trigger, it is that one or none. */
	return job->kind == TRIGGER_EMIT || job->kind == TRIGGER_RUN ||
	       job->kind <= TRIGGER_TAG || (int64_t)trigger == job->trigger;
}

static void next(struct judge *judge)
{
	struct job *job = judge->job;

	while (judge->candidate < job->count) {
		const struct spec *spec =
			job->candidates[judge->candidate].spec;
		enum step step = STEP_ON;

		if (!spec || judge->trigger >= spec->count) {
			judge->candidate++;
			judge->trigger = 0;
			continue;
		}
		if (concerns(job, judge->trigger))
			step = judge_one(judge,
					 &spec->triggers[judge->trigger]);
		if (step == STEP_PUT_OFF)
			break;
		if (step == STEP_WAIT) {
			ask(judge);
			return;
		}
		judge->trigger++;
		if (step == STEP_NEXT_CANDIDATE) {
			judge->candidate++;
			judge->trigger = 0;
		}
	}
	judge->done(judge);
}

void judge_start(struct judge *judge)
{
	judge->candidate = 0;
	judge->trigger = 0;
	next(judge);
}
