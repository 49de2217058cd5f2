#include "runtime/engine/decider.h"

#include <string.h>

#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/base/mem.h"
#include "runtime/engine/job.h"
#include "runtime/engine/judge.h"
#include "runtime/engine/look.h"
#include "runtime/engine/recipes.h"
#include "runtime/engine/sources.h"
#include "runtime/engine/specs.h"
#include "runtime/store/events.h"

#define BATCH 256

struct decider {
	struct engine *engine;
	struct deciding *first; /* events that are being decided */
	uv_timer_t timer;       /* for events that are not due yet */
};

/* An event on its way: its job may wait for git, a child, or both. */
struct deciding {
	struct decider *decider;
	struct job *job;
	struct source *source;
	bool looking; /* `look` is on its way */
	struct look look;
	struct spec_request request;
	char hash[SHA256_HEX + 1];
	struct judge judge;
	struct deciding *next;
};

static void on_due(uv_timer_t *timer)
{
	struct decider *decider = timer->data;

	engine_kick(decider->engine, ENGINE_DECIDE);
}

static void wake_at(struct decider *decider, int64_t at)
{
	int64_t wait = at - clock_now();
	uint64_t ms = wait > 0 ? (uint64_t)wait : 0;

	if (decider->engine->stopping)
		return;
	if (uv_is_active((uv_handle_t *)&decider->timer) &&
	    uv_timer_get_due_in(&decider->timer) <= ms)
		return;
	uv_timer_start(&decider->timer, on_due, ms, 0);
}

static void end(struct deciding *one)
{
	struct deciding **link = &one->decider->first;
	struct engine *engine = one->decider->engine;

	while (*link != one)
		link = &(*link)->next;
	*link = one->next;
	if (one->source)
		one->source->busy = false;
	if (one->job->put_off == 0 || one->job->put_off <= clock_now())
		engine_kick(engine, ENGINE_DECIDE);
	job_free(one->job);
	mem_free(one);
	engine_release(engine);
}

/* After a failure of the database the event stays new: look again later. */
static void write_job(struct decider *decider, struct job *job)
{
	struct error *err = NULL;

	if (job_write(job, &err) == 0)
		return;
	engine_complain(err, "cannot decide about event %lld",
			(long long)job->event);
	job->put_off = clock_now() + 1000;
	wake_at(decider, job->put_off);
}

static void on_judged(struct judge *judge)
{
	struct deciding *one = judge->context;

	write_job(one->decider, one->job);
	if (one->job->put_off > 0)
		wake_at(one->decider, one->job->put_off);
	end(one);
}

static void give_up(struct deciding *one, const char *verdict, char *reason)
{
	job_find(one->job, SIZE_MAX, -1, verdict, reason);
	write_job(one->decider, one->job);
	end(one);
}

static void look_in(struct deciding *one);

static void use_spec(struct deciding *one, struct spec *spec,
		     const char *message)
{
	struct job *job = one->job;
	struct engine *engine = job->engine;
	struct candidate *candidate;
	struct error *err = NULL;
	int64_t recipe =
		recipe_row(engine, one->source->id, one->source->recipe,
			   spec ? spec->name : NULL, &err);

	if (recipe < 0)
		engine_complain(err, "cannot note a recipe");
	if (!spec) {
		job_candidate(job, recipe, one->source->id,
			      one->source->recipe);
		job_find(job, 0, -1, "error", mem_copy(message));
		write_job(one->decider, job);
		end(one);
		return;
	}
	one->source->wants_paths = matcher_wants_paths(spec);
	if (one->source->wants_paths && !one->look.want_paths) {
		look_in(one);
		return;
	}
	candidate = job_candidate(job, recipe, one->source->id,
				  one->source->recipe);
	candidate->spec = spec_keep(spec);
	memcpy(candidate->hash, one->hash, sizeof(candidate->hash));
	one->judge =
		(struct judge){.job = job, .done = on_judged, .context = one};
	judge_start(&one->judge);
}

static void on_spec(struct spec_request *request)
{
	struct deciding *one = request->context;
	char *message = request->message;

	if (one->decider->engine->stopping)
		end(one); /* the event stays new */
	else
		use_spec(one, request->spec, message);
	mem_free(message);
}

static void find_spec(struct deciding *one)
{
	struct job *job = one->job;
	struct spec *spec;
	char *message;

	sha256_hex(job->text, job->length, one->hash);
	if (specs_find(job->engine->specs, one->hash, &spec, &message)) {
		use_spec(one, spec, message);
		mem_free(message);
		return;
	}
	one->request = (struct spec_request){.hash = one->hash,
					     .text = job->text,
					     .length = job->length,
					     .ready = on_spec,
					     .context = one};
	specs_ask(job->engine->specs, &one->request);
}

static void take(char **to, char **from)
{
	mem_free(*to);
	*to = *from;
	*from = NULL;
}

static void take_look(struct job *job, struct look *look)
{
	take(&job->author, &look->author);
	take(&job->message, &look->message);
	take(&job->text, &look->text);
	job->length = look->length;
	job->paths_known = look->want_paths && !look->truncated;
	job->paths = look->paths;
	job->path_count = look->path_count;
	look->paths = NULL;
	look->path_count = 0;
	mem_free(job->new);
	job->new = mem_copy(look->commit);
}

static void on_looked(struct op *op)
{
	struct look *look = (struct look *)op;
	struct deciding *one = op->waiter;
	struct job *job = one->job;
	char *problem = op->error ? error_text(op->error) : NULL;

	one->looking = false;
	error_free(op->error);
	op->error = NULL;
	if (!problem)
		take_look(job, look);
	op->release(op);
	if (one->decider->engine->stopping) {
		mem_free(problem); /* the event stays new */
		end(one);
	} else if (problem) {
		give_up(one, "error", problem);
	} else if (!job->text) {
		give_up(one, "filtered",
			mem_printf("there is no %s in commit %.10s",
				   one->source->recipe, job->new));
	} else {
		if (one->source->head && job->ref &&
		    strcmp(one->source->head, job->ref) == 0)
			recipes_offer(job->engine->recipes, one->source,
				      job->text, job->length);
		find_spec(one);
	}
}

static void look_in(struct deciding *one)
{
	struct look look = {
		.path = mem_copy(one->source->dir),
		.old = mem_copy(one->job->old),
		.new = mem_copy(one->job->new),
		.recipe = mem_copy(one->source->recipe),
		.want_paths = one->source->wants_paths,
	};

	one->look = look;
	one->look.work.op.done = on_looked;
	one->look.work.op.waiter = one;
	one->looking = true;
	look_start(&one->look, one->decider->engine->loop);
}

static struct deciding *begin(struct decider *decider, struct job *job,
			      struct source *source)
{
	struct deciding *one = mem_alloc(sizeof(*one));

	one->decider = decider;
	one->job = job;
	one->source = source;
	one->next = decider->first;
	decider->first = one;
	if (source)
		source->busy = true;
	engine_hold(decider->engine);
	return one;
}

static void begin_push(struct deciding *one)
{
	judge_supersede_older(one->job);
	look_in(one);
}

static void decide_push(struct decider *decider, struct job *job)
{
	struct source *source = source_get(decider->engine->sources, job->repo);
	struct deciding *one = begin(decider, job, source);

	if (!source)
		give_up(one, "filtered",
			mem_copy("the repository is not registered any more"));
	else if (!job->new || !job->ref)
		give_up(one, "filtered", mem_copy("the ref was deleted"));
	else
		begin_push(one);
}

static void add_candidate(struct job *job, const struct recipe *recipe)
{
	struct candidate *candidate;

	if (!recipe || !recipe->spec)
		return;
	candidate = job_candidate(job, recipe->id, recipe->repo, recipe->path);
	candidate->spec = spec_keep(recipe->spec);
	memcpy(candidate->hash, recipe->hash, sizeof(candidate->hash));
}

static void decide_other(struct decider *decider, struct job *job)
{
	struct recipes *recipes = decider->engine->recipes;
	struct deciding *one = begin(decider, job, NULL);

	if (job->recipe > 0 && job->kind != TRIGGER_RUN)
		add_candidate(job, recipe_get(recipes, job->recipe));
	else if (decider->engine->listeners[job->kind] > 0)
		for (struct recipe *recipe = recipes_first(recipes); recipe;
		     recipe = recipe->next)
			if (spec_has(recipe->spec, job->kind))
				add_candidate(job, recipe);
	if (job->count == 0)
		job_find(job, SIZE_MAX, -1, "filtered",
			 mem_copy(job->recipe > 0 && job->kind != TRIGGER_RUN
					  ? "the recipe is gone or broken"
					  : "no recipe listens to it"));
	one->judge =
		(struct judge){.job = job, .done = on_judged, .context = one};
	judge_start(&one->judge);
}

static bool is_busy(struct decider *decider, const struct job *job)
{
	struct source *source = source_get(decider->engine->sources, job->repo);

	for (struct deciding *one = decider->first; one; one = one->next)
		if (one->job->event == job->event)
			return true;
	return job->kind <= TRIGGER_TAG && source && source->busy;
}

/* Events of one repository are decided in their order. */
static struct job *read_jobs(struct decider *decider, size_t *count)
{
	struct rows *rows = db_query(decider->engine->db, NULL,
				     "SELECT " JOB_COLUMNS
				     " FROM events WHERE state = 'new' AND due"
				     " <= ? ORDER BY due, id LIMIT ?",
				     "ii", clock_now(), (int64_t)BATCH);
	struct job *first = NULL;
	struct job **last = &first;

	*count = 0;
	while (rows && rows_next(rows, NULL) == 1) {
		struct job *job = job_new(decider->engine, rows);

		*last = job;
		last = &job->next;
		++*count;
	}
	rows_close(rows);
	return first;
}

static void wait_for_due(struct decider *decider)
{
	int64_t due = db_number(decider->engine->db, 0,
				"SELECT min(due) FROM events WHERE state ="
				" 'new' AND due > ?",
				"i", clock_now());

	if (due > 0)
		wake_at(decider, due);
}

void decider_run(struct decider *decider)
{
	size_t count;
	struct job *job = read_jobs(decider, &count);
	bool full = count == BATCH;
	bool moved = false;
	bool open = count > 1 && db_begin(decider->engine->db, NULL) == 0;

	while (job) {
		struct job *next = job->next;

		if (is_busy(decider, job)) {
			job_free(job);
		} else {
			moved = true;
			if (job->kind <= TRIGGER_TAG)
				decide_push(decider, job);
			else
				decide_other(decider, job);
		}
		job = next;
	}
	if (open)
		db_commit(decider->engine->db, NULL);
	if (full && moved)
		engine_kick(decider->engine, ENGINE_DECIDE);
	wait_for_due(decider);
}

struct decider *decider_open(struct engine *engine)
{
	struct decider *decider = mem_alloc(sizeof(*decider));

	decider->engine = engine;
	decider->timer.data = decider;
	uv_timer_init(engine->loop, &decider->timer);
	engine_hold(engine);
	return decider;
}

static void on_closed(uv_handle_t *handle)
{
	struct decider *decider = handle->data;

	engine_release(decider->engine);
}

void decider_close(struct decider *decider)
{
	uv_close((uv_handle_t *)&decider->timer, on_closed);
	for (struct deciding *one = decider->first; one; one = one->next)
		if (one->looking)
			one->look.work.op.cancel(&one->look.work.op);
}

void decider_free(struct decider *decider)
{
	mem_free(decider);
}
