/* The end of a job: runs and decisions, in one transaction. */
#include <string.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/engine/job.h"
#include "runtime/engine/sources.h"
#include "runtime/store/events.h"
#include "runtime/store/runs.h"

/* What templates of groups and keys may name. */
struct scope {
	const struct job *job;
	const struct candidate *candidate;
	const char *ref, *oid;
};

static const char *look_up(void *context, const char *name)
{
	const struct scope *scope = context;
	const struct source *source;

	if (strcmp(name, "ref") == 0)
		return scope->ref;
	if (strcmp(name, "branch") == 0 || strcmp(name, "tag") == 0)
		return scope->ref && ref_is_tag(scope->ref) == (name[0] == 't')
			       ? ref_short(scope->ref)
			       : NULL;
	if (strcmp(name, "commit") == 0 || strcmp(name, "oid") == 0)
		return scope->oid;
	if (strcmp(name, "recipe") == 0)
		return scope->candidate->spec->name;
	if (strcmp(name, "event") == 0)
		return scope->job->name ? scope->job->name
					: trigger_kind_name(scope->job->kind);
	if (strcmp(name, "author") == 0)
		return scope->job->author;
	if (strcmp(name, "repo") != 0)
		return NULL;
	source =
		source_get(scope->job->engine->sources, scope->candidate->repo);
	return source ? source->name : NULL;
}

/* The commit a run works on: the event's own, else its repository's tip. */
static void place_run(const struct job *job, const struct candidate *candidate,
		      struct run_new *run, char **tip)
{
	const struct source *source;

	*tip = NULL;
	if (job->new && job->repo == candidate->repo) {
		run->ref = job->ref;
		run->oid = job->new;
		return;
	}
	source = source_get(job->engine->sources, candidate->repo);
	if (!source || !source->head)
		return;
	*tip = ref_tip(job->engine->db, source->id, source->head);
	run->ref = source->head;
	run->oid = *tip;
}

/* A run of this recipe with the same key is there: its id, else 0. */
static int64_t find_key(const struct job *job, const struct run_new *run,
			const char *key)
{
	return db_number(job->engine->db, 0,
			 "SELECT id FROM runs WHERE recipe = ? AND key = ?",
			 "it", run->recipe, key);
}

/* A run of the same schedule that has not ended: its id, else 0. */
static int64_t find_overlap(const struct job *job, const struct run_new *run)
{
	return db_number(
		job->engine->db, 0,
		"SELECT id FROM runs WHERE concurrency = ? AND state IN"
		" ('queued', 'running', 'waiting') AND recipe = ? AND"
		" trigger = ? LIMIT 1",
		"tii", run->concurrency, run->recipe, run->trigger);
}

/* May it start beside what its schedule started before? */
static bool judge_overlap(const struct job *job, const struct trigger *trigger,
			  const struct run_new *run, struct finding *finding)
{
	int64_t other;
	char who[64];

	if (trigger->kind != TRIGGER_CRON && trigger->kind != TRIGGER_INTERVAL)
		return true;
	other = find_overlap(job, run);
	if (other == 0 || trigger->overlap == OVERLAP_QUEUE)
		return true;
	if (trigger->overlap == OVERLAP_CANCEL) {
		snprintf(who, sizeof(who), "overlap: event %lld is due",
			 (long long)job->event);
		run_cancel(job->engine->db, other, who, NULL);
		engine_kick(job->engine, ENGINE_CANCEL);
		return true;
	}
	mem_free(finding->reason);
	finding->reason = mem_printf("run %lld of this schedule has not ended"
				     " (overlap = \"skip\")",
				     (long long)other);
	finding->verdict = "skipped";
	return false;
}

static int create(struct job *job, struct finding *finding, struct run_new *run,
		  const char *key, struct error **err)
{
	const struct spec *spec = job->candidates[finding->candidate].spec;
	const struct trigger *trigger = &spec->triggers[finding->trigger];
	struct db *db = job->engine->db;
	int64_t id = key ? find_key(job, run, key) : 0;

	if (id > 0) {
		mem_free(finding->reason);
		finding->reason = mem_printf("run %lld has the same key '%s'",
					     (long long)id, key);
		finding->verdict = "skipped";
		return 0;
	}
	if (!judge_overlap(job, trigger, run, finding))
		return 0;
	id = run_create(db, run, err);
	if (id <= 0)
		return (int)id;
	if (key && db_run(db, err, "UPDATE runs SET key = ? WHERE id = ?", "ti",
			  key, id) != 0)
		return -1;
	return (int)(id > INT32_MAX ? INT32_MAX : id);
}

static char *expand_group(const struct spec *spec,
			  const struct trigger *trigger, struct scope *scope)
{
	if (spec->group)
		return template_expand(spec->group, look_up, scope);
	if (trigger->kind == TRIGGER_CRON || trigger->kind == TRIGGER_INTERVAL)
		return mem_printf("schedule/%lld/%zu",
				  (long long)scope->candidate->recipe,
				  (size_t)(trigger - spec->triggers));
	return NULL;
}

/* Returns the run's id, 0: none was made, -1: an error. */
static int start_run(struct job *job, struct finding *finding,
		     struct error **err)
{
	const struct candidate *candidate =
		&job->candidates[finding->candidate];
	const struct spec *spec = candidate->spec;
	const struct trigger *trigger = &spec->triggers[finding->trigger];
	struct run_new run = {
		.name = spec->name,
		.path = candidate->path,
		.recipe = candidate->recipe,
		.repo = candidate->repo,
		.event = job->event,
		.trigger = finding->trigger,
		.params = trigger->params,
		.priority = spec->priority,
		.group_limit = spec->group_limit,
		.supersede = spec->supersede,
		.on_crash = spec->on_crash,
		.timeout = spec->timeout,
	};
	struct scope scope = {.job = job, .candidate = candidate};
	char *tip;
	char *group;
	char *key;
	int id;

	place_run(job, candidate, &run, &tip);
	scope.ref = run.ref;
	scope.oid = run.oid;
	group = expand_group(spec, trigger, &scope);
	run.concurrency = group;
	key = finding->key ? mem_copy(finding->key)
	      : trigger->dedupe
		      ? template_expand(trigger->dedupe, look_up, &scope)
		      : NULL;
	id = create(job, finding, &run, key, err);
	mem_free(tip);
	mem_free(group);
	mem_free(key);
	return id;
}

static int write_finding(struct job *job, struct finding *finding,
			 struct error **err)
{
	struct decision decision = {
		.event = job->event,
		.trigger = finding->trigger,
	};

	if (finding->run) {
		int id = start_run(job, finding, err);

		if (id < 0)
			return -1;
		decision.run = id;
	}
	if (finding->candidate < job->count)
		decision.recipe = job->candidates[finding->candidate].recipe;
	decision.verdict = finding->verdict;
	decision.reason = finding->reason;
	return decision_add(job->engine->db, &decision, err);
}

static int write_all(struct job *job, struct error **err)
{
	struct db *db = job->engine->db;

	if (job->put_off > 0)
		return db_run(db, err, "UPDATE events SET due = ? WHERE id = ?",
			      "ii", job->put_off, job->event);
	for (size_t i = 0; i < job->found; i++)
		if (write_finding(job, &job->findings[i], err) != 0)
			return -1;
	if (job->author && job->kind <= TRIGGER_TAG && !job->payload) {
		char *json = job_json(job);
		int status = db_run(db, err,
				    "UPDATE events SET payload = ? WHERE id"
				    " = ?",
				    "ti", json, job->event);

		mem_free(json);
		if (status != 0)
			return -1;
	}
	return event_done(db, job->event, job->problem, err) < 0 ? -1 : 0;
}

int job_write(struct job *job, struct error **err)
{
	struct db *db = job->engine->db;

	if (db_begin(db, err) != 0)
		return -1;
	if (write_all(job, err) != 0) {
		db_rollback(db);
		return -1;
	}
	if (db_commit(db, err) != 0)
		return -1;
	engine_kick(job->engine, ENGINE_QUEUE);
	return 0;
}
