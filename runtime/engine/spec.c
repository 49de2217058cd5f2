#include "runtime/engine/spec.h"

#include <jansson.h>
#include <string.h>

#include "runtime/base/mem.h"

static const char *const kind_names[] = {
	"push", "tag", "cron", "interval", "file", "emit", "run",
};
static const char *const missed_names[] = {"once", "skip", "all", NULL};
static const char *const overlap_names[] = {"skip", "queue", "cancel", NULL};

const char *trigger_kind_name(enum trigger_kind kind)
{
	return kind_names[kind];
}

int trigger_kind_of(const char *name)
{
	for (int i = TRIGGER_PUSH; i <= TRIGGER_RUN; i++)
		if (strcmp(kind_names[i], name) == 0)
			return i;
	return -1;
}

static void strings_release(struct strings *list)
{
	for (size_t i = 0; i < list->count; i++)
		mem_free(list->items[i]);
	mem_free(list->items);
}

static void trigger_release(struct trigger *trigger)
{
	strings_release(&trigger->branches);
	strings_release(&trigger->tags);
	strings_release(&trigger->paths);
	strings_release(&trigger->authors);
	strings_release(&trigger->message);
	strings_release(&trigger->names);
	strings_release(&trigger->states);
	mem_free(trigger->dedupe);
	mem_free(trigger->expr);
	mem_free(trigger->tz);
	mem_free(trigger->params);
}

struct spec *spec_keep(struct spec *spec)
{
	spec->users++;
	return spec;
}

void spec_drop(struct spec *spec)
{
	if (!spec || --spec->users > 0)
		return;
	for (size_t i = 0; i < spec->count; i++)
		trigger_release(&spec->triggers[i]);
	mem_free(spec->triggers);
	mem_free(spec->name);
	mem_free(spec->on_crash);
	mem_free(spec->group);
	mem_free(spec->supersede);
	mem_free(spec);
}

bool spec_has(const struct spec *spec, enum trigger_kind kind)
{
	for (size_t i = 0; spec && i < spec->count; i++)
		if (spec->triggers[i].kind == kind)
			return true;
	return false;
}

/* The following take "missing" and null for the same thing. */

static char *text_of(const json_t *object, const char *key)
{
	return mem_copy(json_string_value(json_object_get(object, key)));
}

static int64_t number_of(const json_t *object, const char *key, int64_t missing)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? (int64_t)json_number_value(value)
				     : missing;
}

static bool flag_of(const json_t *object, const char *key, bool missing)
{
	const json_t *value = json_object_get(object, key);

	return json_is_boolean(value) ? json_is_true(value) : missing;
}

static int choice_of(const json_t *object, const char *key,
		     const char *const *names)
{
	const char *text = json_string_value(json_object_get(object, key));

	for (int i = 0; text && names[i]; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	return 0;
}

static void read_strings(struct strings *list, const json_t *object,
			 const char *key)
{
	const json_t *array = json_object_get(object, key);
	size_t size = json_is_string(array) ? 1 : json_array_size(array);

	if (size == 0)
		return;
	list->items = mem_array(size, sizeof(*list->items));
	for (size_t i = 0; i < size; i++) {
		const json_t *item = json_is_string(array)
					     ? array
					     : json_array_get(array, i);

		if (json_is_string(item))
			list->items[list->count++] =
				mem_copy(json_string_value(item));
	}
}

static char *read_params(const json_t *object)
{
	const json_t *params = json_object_get(object, "params");
	char *text;
	char *copy;

	if (!json_is_object(params) || json_object_size(params) == 0)
		return NULL;
	text = json_dumps(params, JSON_COMPACT | JSON_SORT_KEYS);
	copy = mem_copy(text);
	free(text); /* NOLINT: jansson allocates with malloc */
	return copy;
}

static int read_trigger(struct trigger *trigger, const json_t *object,
			struct error **err)
{
	const char *name = json_string_value(json_object_get(object, "kind"));
	int kind = name ? trigger_kind_of(name) : -1;

	if (kind < 0)
		return error_set(err, ERROR_INVALID,
				 "unknown kind of trigger '%s'",
				 name ? name : "");
	trigger->kind = (enum trigger_kind)kind;
	read_strings(&trigger->branches, object, "branches");
	read_strings(&trigger->tags, object, "tags");
	read_strings(&trigger->paths, object, "paths");
	read_strings(&trigger->authors, object, "authors");
	read_strings(&trigger->message, object, "message");
	read_strings(&trigger->names, object,
		     kind == TRIGGER_RUN ? "recipes" : "names");
	read_strings(&trigger->states, object, "states");
	trigger->when = flag_of(object, "when", false);
	trigger->all = flag_of(object, "all", false);
	trigger->skip_ci = flag_of(object, "skip_ci", true);
	trigger->quiet = number_of(object, "quiet", 0);
	trigger->every = number_of(object, "every", 0);
	trigger->jitter = number_of(object, "jitter", 0);
	trigger->max_late = number_of(object, "max_late", -1);
	trigger->missed =
		(enum missed)choice_of(object, "missed", missed_names);
	trigger->overlap =
		(enum overlap)choice_of(object, "overlap", overlap_names);
	trigger->dedupe = text_of(object, "dedupe");
	trigger->expr = text_of(object, "expr");
	trigger->tz = text_of(object, "tz");
	trigger->params = read_params(object);
	if (kind == TRIGGER_CRON && !trigger->expr)
		return error_set(err, ERROR_INVALID, "cron without 'expr'");
	if (kind == TRIGGER_INTERVAL && trigger->every < 1)
		return error_set(err, ERROR_INVALID,
				 "interval without 'every'");
	return 0;
}

static int read_triggers(struct spec *spec, const json_t *root,
			 struct error **err)
{
	const json_t *array = json_object_get(root, "triggers");
	size_t size = json_array_size(array);

	if (size == 0)
		return 0;
	spec->triggers = mem_array(size, sizeof(*spec->triggers));
	for (size_t i = 0; i < size; i++) {
		spec->count = i + 1;
		if (read_trigger(&spec->triggers[i], json_array_get(array, i),
				 err) != 0)
			return error_wrap(err, "trigger %zu", i);
	}
	return 0;
}

static void read_concurrency(struct spec *spec, const json_t *root)
{
	const json_t *object = json_object_get(root, "concurrency");

	spec->group_limit = number_of(object, "limit", 1);
	if (!json_is_object(object))
		return;
	spec->group = text_of(object, "group");
	spec->supersede = text_of(object, "supersede");
}

struct spec *spec_read(const char *json, size_t length, struct error **err)
{
	json_error_t why;
	json_t *root = json_loadb(json, length, 0, &why);
	struct spec *spec;

	if (!json_is_object(root)) {
		error_set(err, ERROR_INVALID, "not a spec: %s",
			  root ? "no object" : why.text);
		json_decref(root);
		return NULL;
	}
	spec = mem_alloc(sizeof(*spec));
	spec->users = 1;
	spec->name = text_of(root, "name");
	spec->priority = number_of(root, "priority", 0);
	spec->timeout = number_of(root, "timeout", 0);
	spec->on_crash = text_of(root, "on_crash");
	read_concurrency(spec, root);
	if (!spec->on_crash)
		spec->on_crash = mem_copy("resume");
	if (read_triggers(spec, root, err) != 0 || !spec->name) {
		if (!spec->name && err && !*err)
			error_set(err, ERROR_INVALID, "a spec without a name");
		spec_drop(spec);
		spec = NULL;
	}
	json_decref(root);
	return spec;
}
