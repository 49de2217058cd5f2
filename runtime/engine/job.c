#include "runtime/engine/job.h"

#include <jansson.h>
#include <string.h>

#include "runtime/base/mem.h"

/* Events of some kinds say in their payload what filters ask for. */
static void read_payload(struct job *job)
{
	json_t *root = job->payload ? json_loads(job->payload, 0, NULL) : NULL;
	json_t *name = json_object_get(root, "name");
	json_t *state = json_object_get(root, "state");

	if (job->kind == TRIGGER_EMIT || job->kind == TRIGGER_RUN) {
		job->name = mem_copy(json_string_value(name));
		job->state = mem_copy(json_string_value(state));
	}
	json_decref(root);
}

struct job *job_new(struct engine *engine, struct rows *row)
{
	struct job *job = mem_alloc(sizeof(*job));
	int kind = trigger_kind_of(rows_text(row, 1));

	job->engine = engine;
	job->event = rows_int(row, 0);
	job->kind = kind < 0 ? TRIGGER_EMIT : (enum trigger_kind)kind;
	job->repo = rows_int(row, 2);
	job->recipe = rows_int(row, 3);
	job->trigger = rows_int(row, 4);
	job->ref = mem_copy(rows_text(row, 5));
	job->old = mem_copy(rows_text(row, 6));
	job->new = mem_copy(rows_text(row, 7));
	job->payload = mem_copy(rows_text(row, 8));
	job->created = rows_int(row, 9);
	if (kind < 0)
		job->problem = mem_printf("an event of unknown kind '%s'",
					  rows_text(row, 1));
	read_payload(job);
	return job;
}

void job_free(struct job *job)
{
	for (size_t i = 0; i < job->count; i++) {
		mem_free(job->candidates[i].path);
		spec_drop(job->candidates[i].spec);
	}
	for (size_t i = 0; i < job->found; i++) {
		mem_free(job->findings[i].reason);
		mem_free(job->findings[i].key);
	}
	for (size_t i = 0; i < job->path_count; i++)
		mem_free(job->paths[i]);
	mem_free(job->candidates);
	mem_free(job->findings);
	mem_free(job->paths);
	mem_free(job->ref);
	mem_free(job->old);
	mem_free(job->new);
	mem_free(job->payload);
	mem_free(job->author);
	mem_free(job->message);
	mem_free(job->name);
	mem_free(job->state);
	mem_free(job->text);
	mem_free(job->problem);
	mem_free(job);
}

struct candidate *job_candidate(struct job *job, int64_t recipe, int64_t repo,
				const char *path)
{
	struct candidate *candidate;

	job->candidates = mem_grow(job->candidates,
				   (job->count + 1) * sizeof(*candidate));
	candidate = &job->candidates[job->count++];
	*candidate = (struct candidate){
		.recipe = recipe,
		.repo = repo,
		.path = mem_copy(path),
	};
	return candidate;
}

struct finding *job_find(struct job *job, size_t candidate, int64_t trigger,
			 const char *verdict,
			 char *reason) /* NOLINT: it is kept */
{
	struct finding *finding;

	job->findings =
		mem_grow(job->findings, (job->found + 1) * sizeof(*finding));
	finding = &job->findings[job->found++];
	*finding = (struct finding){
		.candidate = candidate,
		.trigger = trigger,
		.verdict = verdict,
		.reason = reason,
		.run = strcmp(verdict, "run") == 0,
	};
	return finding;
}

void job_subject(const struct job *job, struct subject *subject)
{
	*subject = (struct subject){
		.kind = job->kind,
		.ref = job->ref,
		.author = job->author,
		.message = job->message,
		.paths = (const char *const *)job->paths,
		.path_count = job->path_count,
		.paths_known = job->paths_known,
		.name = job->name,
		.state = job->state,
	};
}

static void put(json_t *object, const char *key, const char *text)
{
	if (text)
		json_object_set_new(object, key, json_string(text));
}

char *job_json(const struct job *job)
{
	json_t *root = job->payload ? json_loads(job->payload, 0, NULL) : NULL;
	json_t *paths = json_array();
	char *text;
	char *copy;

	if (!json_is_object(root)) {
		json_decref(root);
		root = json_object();
	}
	json_object_set_new(root, "id", json_integer(job->event));
	put(root, "kind", trigger_kind_name(job->kind));
	put(root, "ref", job->ref);
	if (job->ref && ref_is_tag(job->ref))
		put(root, "tag", ref_short(job->ref));
	else if (job->ref)
		put(root, "branch", ref_short(job->ref));
	put(root, "old", job->old);
	put(root, "new", job->new);
	put(root, "commit", job->new);
	put(root, "author", job->author);
	put(root, "message", job->message);
	for (size_t i = 0; i < job->path_count; i++)
		json_array_append_new(paths, json_string(job->paths[i]));
	if (job->paths_known)
		json_object_set(root, "paths", paths);
	json_decref(paths);
	text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	copy = mem_copy(text);
	free(text); /* NOLINT: jansson allocates with malloc */
	return copy;
}
