#include "runtime/text/template/values.h"

#include <string.h>

#include "runtime/base/file.h"
#include "runtime/base/path.h"
#include "runtime/text/json_value.h"
#include "runtime/text/toml_read.h"
#include "runtime/text/yaml_read.h"

enum { FILE_MAX = 64 << 20, MERGE_DEPTH = 100 };

static int merge(struct arena *arena, struct value_dict *into,
		 const struct value_dict *from, int depth, struct error **err)
{
	const struct value_entry *entry;
	uint32_t at = 0;

	if (depth > MERGE_DEPTH)
		return error_set(err, ERROR_LIMIT,
				 "values are nested too deep");
	while ((entry = value_dict_next(from, &at))) {
		const struct value *old = value_dict_get(into, entry->key);

		if (!old || old->kind != VALUE_DICT ||
		    entry->value.kind != VALUE_DICT) {
			value_dict_set(arena, into, entry->key, entry->value);
			continue;
		}
		if (merge(arena, old->dict, entry->value.dict, depth + 1,
			  err) != 0)
			return -1;
	}
	return 0;
}

static int read_text(const char *path, const struct buf *text,
		     struct arena *arena, struct value *out, struct error **err)
{
	struct document document = {.text = text->data ? text->data : "",
				    .length = text->length,
				    .file = path};
	const char *extension = path_extension(path);

	if (strcmp(extension, ".yaml") == 0 || strcmp(extension, ".yml") == 0)
		return yaml_read(&document, 0, arena, out, err);
	if (strcmp(extension, ".toml") == 0)
		return toml_read(&document, arena, out, err);
	if (strcmp(extension, ".json") != 0)
		return error_set(err, ERROR_INVALID,
				 "'%s' must end in .json, .yaml, .yml or"
				 " .toml",
				 path);
	if (json_value_read(arena, document.text, document.length, out, err) !=
	    0)
		return error_wrap(err, "%s", path);
	return 0;
}

int values_read_file(const char *path, struct arena *arena,
		     struct value_dict *into, struct error **err)
{
	struct value value = value_none();
	struct buf text;
	int result = -1;

	buf_init(&text, FILE_MAX);
	if (file_read(path, &text, err) != 0 ||
	    read_text(path, &text, arena, &value, err) != 0)
		goto out;
	if (value.kind == VALUE_NONE)
		result = 0; /* an empty file */
	else if (value.kind != VALUE_DICT)
		error_set(err, ERROR_INVALID,
			  "%s: values must be names with values, not a list"
			  " or a single value",
			  path);
	else
		result = merge(arena, into, value.dict, 0, err);
out:
	buf_release(&text);
	return result;
}

/* The dict that the last part of "a.b.c" belongs into; `*part` is the last. */
static struct value_dict *find_dict(const char **part, const char *end,
				    struct arena *arena,
				    struct value_dict *dict, struct error **err)
{
	const char *text = *part;
	const char *dot;

	while ((dot = memchr(*part, '.', (size_t)(end - *part)))) {
		struct value key =
			value_string(arena, *part, (size_t)(dot - *part));
		const struct value *found = value_dict_get(dict, key);
		struct value made;

		if (found && found->kind != VALUE_DICT) {
			error_set(err, ERROR_INVALID,
				  "cannot set '%.*s': '%.*s' is no dict",
				  (int)(end - text), text, (int)(dot - text),
				  text);
			return NULL;
		}
		made = found ? *found : value_dict_new(arena, 0);
		if (!found)
			value_dict_set(arena, dict, key, made);
		dict = made.dict;
		*part = dot + 1;
	}
	return dict;
}

int values_set(const char *text, struct arena *arena, struct value_dict *into,
	       struct error **err)
{
	const char *end = strchr(text, '=');
	const char *part = text;
	struct error *no_json = NULL;
	struct value value;

	if (!end || end == text)
		return error_set(err, ERROR_INVALID, "'%s' must be NAME=VALUE",
				 text);
	into = find_dict(&part, end, arena, into, err);
	if (!into)
		return -1;
	if (json_value_read(arena, end + 1, strlen(end + 1), &value,
			    &no_json) != 0) {
		error_free(no_json);
		value = value_text(arena, end + 1);
	}
	value_dict_set(arena, into,
		       value_string(arena, part, (size_t)(end - part)), value);
	return 0;
}
