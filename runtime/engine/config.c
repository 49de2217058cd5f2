#include "runtime/engine/config.h"

#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/mem.h"

static int64_t number_of(const json_t *object, const char *key, int64_t missing)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? (int64_t)json_number_value(value)
				     : missing;
}

static char *text_of(const json_t *object, const char *key)
{
	return mem_copy(json_string_value(json_object_get(object, key)));
}

static void read_list(struct strings *list, const json_t *array)
{
	size_t size = json_array_size(array);

	list->items = mem_array(size + 1, sizeof(*list->items));
	for (size_t i = 0; i < size; i++)
		list->items[list->count++] =
			mem_copy(json_string_value(json_array_get(array, i)));
}

static void read_env(struct strings *list, json_t *object)
{
	const char *key;
	json_t *value;

	list->items =
		mem_array(json_object_size(object) + 1, sizeof(*list->items));
	json_object_foreach(object, key, value) list->items[list->count++] =
		mem_printf("%s=%s", key, json_string_value(value));
}

static void read_repos(struct config *config, const json_t *array)
{
	size_t size = json_array_size(array);

	config->repos = mem_array(size + 1, sizeof(*config->repos));
	for (size_t i = 0; i < size; i++) {
		const json_t *item = json_array_get(array, i);
		struct config_repo *repo = &config->repos[config->repo_count++];

		repo->name = text_of(item, "name");
		repo->url = text_of(item, "url");
		repo->recipe = text_of(item, "recipe");
		repo->remote = json_is_true(json_object_get(item, "remote"));
	}
}

static void read_retention(struct config *config, const json_t *object)
{
	config->retention.off = json_is_false(object);
	config->retention.days = number_of(object, "days", 90);
	config->retention.runs = number_of(object, "runs", 1000);
	config->retention.workspaces = number_of(object, "workspaces", 7);
	config->retention.log_bytes = number_of(object, "log_bytes", 0);
}

struct config *config_read(const char *json, struct error **err)
{
	json_error_t why;
	json_t *root = json_loads(json, 0, &why);
	const json_t *poll = json_object_get(root, "poll");
	const json_t *secrets = json_object_get(root, "secrets");
	struct config *config;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (!json_is_object(root)) {
		error_set(err, ERROR_INVALID, "not a configuration: %s",
			  root ? "no object" : why.text);
		json_decref(root);
		return NULL;
	}
	config = mem_alloc(sizeof(*config));
	config->limit =
		(unsigned)number_of(root, "limit", cores > 0 ? cores : 1);
	read_list(&config->recipes, json_object_get(root, "recipes"));
	read_repos(config, json_object_get(root, "repos"));
	read_env(&config->env, json_object_get(root, "env"));
	read_retention(config, json_object_get(root, "retention"));
	config->socket_mode = (mode_t)number_of(root, "socket_mode", 0600);
	config->poll_min = number_of(poll, "min", 15000);
	config->poll_max = number_of(poll, "max", 300000);
	if (json_is_object(secrets)) {
		char *text = json_dumps(secrets, JSON_COMPACT);

		config->secrets = mem_copy(text);
		free(text); /* NOLINT: jansson allocates with malloc */
	}
	json_decref(root);
	return config;
}

static void free_list(struct strings *list)
{
	for (size_t i = 0; i < list->count; i++)
		mem_free(list->items[i]);
	mem_free(list->items);
}

void config_free(struct config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < config->repo_count; i++) {
		mem_free(config->repos[i].name);
		mem_free(config->repos[i].url);
		mem_free(config->repos[i].recipe);
	}
	mem_free(config->repos);
	free_list(&config->recipes);
	free_list(&config->env);
	mem_free(config->secrets);
	mem_free(config);
}
