#include "runtime/text/template/batch.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/json_value.h"
#include "runtime/text/template/render.h"

enum { OUTPUT_MAX = 64 << 20 };

/* A case: `main`, other templates by their names, and what they see. */
struct one {
	struct arena *arena;
	const struct value_dict *files;
	struct value main, context;
	struct template_options options;
	struct buf *out;
};

static const char *text_of(struct arena *arena, struct value value)
{
	return arena_copy(arena, value.bytes, value.length);
}

static int load(void *context, const char *name, struct buf *source,
		struct error **err)
{
	const struct one *one = context;
	struct value text = one->main;

	(void)err;
	if (strcmp(name, "main") != 0) {
		const struct value *found =
			one->files ? value_dict_find(one->files, name) : NULL;

		if (!found || found->kind != VALUE_STRING)
			return 0;
		text = *found;
	}
	buf_append(source, text.bytes, text.length);
	return 1;
}

static void list(void *context, void (*each)(void *, const char *),
		 void *argument)
{
	const struct one *one = context;
	const struct value_entry *entry;
	uint32_t at = 0;

	while (one->files && (entry = value_dict_next(one->files, &at)))
		each(argument, text_of(one->arena, entry->key));
}

/* Options that are strings; true when `name` was one. */
static bool set_text(struct one *one, struct value name, struct value value)
{
	struct template_options *options = &one->options;
	const struct {
		const char *name;
		const char **place;
	} places[] = {
		{"block_start_string", &options->block_start},
		{"block_end_string", &options->block_end},
		{"variable_start_string", &options->variable_start},
		{"variable_end_string", &options->variable_end},
		{"comment_start_string", &options->comment_start},
		{"comment_end_string", &options->comment_end},
		{"line_statement_prefix", &options->line_statement},
		{"line_comment_prefix", &options->line_comment},
		{"newline_sequence", &options->newline},
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (!value_same_key(name, value_borrow(places[i].name,
						       strlen(places[i].name))))
			continue;
		if (value.kind == VALUE_STRING && value.length > 0)
			*places[i].place = text_of(one->arena, value);
		return true;
	}
	return false;
}

static bool set_flag(struct template_options *options, const char *name,
		     struct value value)
{
	const struct {
		const char *name;
		bool *place;
	} places[] = {
		{"trim_blocks", &options->trim_blocks},
		{"lstrip_blocks", &options->lstrip_blocks},
		{"keep_trailing_newline", &options->keep_trailing_newline},
		{"autoescape", &options->autoescape},
		{"sandbox", &options->sandbox},
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (strcmp(name, places[i].name) != 0)
			continue;
		*places[i].place = value.kind == VALUE_BOOL && value.truth;
		return true;
	}
	return false;
}

static void set_undefined(struct template_options *options, const char *name)
{
	if (strcmp(name, "strict") == 0)
		options->undefined = UNDEFINED_STRICT;
	else if (strcmp(name, "chainable") == 0)
		options->undefined = UNDEFINED_CHAINABLE;
}

static void set_extensions(struct one *one, struct value names)
{
	for (uint32_t i = 0; names.kind == VALUE_LIST && i < names.list->count;
	     i++) {
		struct value item = names.list->items[i];
		const char *name;

		if (item.kind != VALUE_STRING)
			continue;
		name = text_of(one->arena, item);
		if (strstr(name, "loopcontrols"))
			one->options.loop_controls = true;
		else if (strstr(name, "do"))
			one->options.do_tag = true;
	}
}

static void set_option(struct one *one, const struct value_entry *entry)
{
	const char *name = text_of(one->arena, entry->key);
	struct value value = entry->value;

	if (set_text(one, entry->key, value) ||
	    set_flag(&one->options, name, value))
		return;
	if (strcmp(name, "extensions") == 0)
		set_extensions(one, value);
	else if (strcmp(name, "undefined") == 0 && value.kind == VALUE_STRING)
		set_undefined(&one->options, text_of(one->arena, value));
	else if (strcmp(name, "filters") == 0)
		one->options.ansible = true;
}

/* Jinja2's defaults, not ours: lenient, and no extensions. */
static void set_options(struct one *one, const struct value *options)
{
	const struct value_entry *entry;
	uint32_t at = 0;

	template_options_init(&one->options);
	one->options.undefined = UNDEFINED_LENIENT;
	one->options.do_tag = false;
	one->options.loop_controls = false;
	while (options && options->kind == VALUE_DICT &&
	       (entry = value_dict_next(options->dict, &at)))
		set_option(one, entry);
}

static void put(struct arena *arena, struct value_dict *dict, const char *key,
		const char *text)
{
	value_dict_set(arena, dict, value_text(arena, key),
		       text ? value_text(arena, text) : value_none());
}

static struct value error_value(struct arena *arena,
				const struct template_error *error)
{
	struct value value = value_dict_new(arena, 4);

	put(arena, value.dict, "kind", template_fault_name(error->fault));
	put(arena, value.dict, "template", error->template);
	value_dict_set(arena, value.dict, value_text(arena, "line"),
		       value_int(error->line));
	put(arena, value.dict, "message", error->message);
	if (error->hint)
		put(arena, value.dict, "hint", error->hint);
	return value;
}

/* Data are what the text says in JSON, or else the expression's value. */
static int read_data(struct one *one, struct render *render,
		     const struct template *template, struct value *out,
		     struct template_error *error)
{
	struct error *err = NULL;

	if (render_value(render, template, one->context, out, error) != 0)
		return -1;
	if (out->kind == VALUE_STRING &&
	    json_value_read(one->arena, out->bytes, out->length, out, &err))
		error_free(err);
	return 0;
}

static int read_text(struct one *one, struct render *render,
		     const struct template *template, struct value *out,
		     struct template_error *error)
{
	struct buf text;
	int result;

	buf_init(&text, OUTPUT_MAX);
	result = render_template(render, template, one->context, &text, error);
	*out = value_string(one->arena, text.data ? text.data : "",
			    text.length);
	buf_release(&text);
	return result;
}

/* Write a line: the id, and under `key` what came out. */
static void write_line(struct one *one, struct value id, const char *key,
		       struct value value)
{
	struct json_style style = {.unicode = true};
	struct value line = value_dict_new(one->arena, 2);
	size_t start = one->out->length;
	struct error *err = NULL;

	if (id.kind == VALUE_ABSENT)
		id.kind = VALUE_NONE;
	value_dict_set(one->arena, line.dict, value_text(one->arena, "id"), id);
	value_dict_set(one->arena, line.dict, value_text(one->arena, key),
		       value);
	if (json_value_write(line, &style, one->out, &err) != 0) {
		error_free(err);
		one->out->length = start;
		put(one->arena, line.dict, key, NULL);
		json_value_write(line, &style, one->out, NULL);
	}
	buf_putc(one->out, '\n');
}

/* Render a case, whose values live in the arena of `render`. */
static void render_one(struct one *one, struct render *render,
		       struct environment *environment, struct value id,
		       bool data)
{
	struct template_error error = {0};
	const struct template *template =
		environment_get(environment, "main", &error);
	struct value value = value_none();
	int result = -1;

	if (template)
		result = (data ? read_data : read_text)(one, render, template,
							&value, &error);
	if (result != 0)
		write_line(one, id, "error", error_value(one->arena, &error));
	else
		write_line(one, id, data ? "data" : "output", value);
	template_error_release(&error);
}

static struct value member(struct value dict, const char *name)
{
	const struct value *found = value_dict_find(dict.dict, name);

	return found ? *found : (struct value){.kind = VALUE_ABSENT};
}

static void run_case(struct value fields, struct arena *arena, struct buf *out)
{
	struct one one = {.arena = arena, .out = out};
	struct template_loader loader = {&one, load, list};
	struct value data = member(fields, "template_data");
	struct value files = member(fields, "files");
	struct environment *environment;
	struct render *render;

	one.main =
		data.kind == VALUE_STRING ? data : member(fields, "template");
	if (one.main.kind != VALUE_STRING)
		one.main = value_borrow("", 0);
	one.files = files.kind == VALUE_DICT ? files.dict : NULL;
	one.context = member(fields, "context");
	set_options(&one, value_dict_find(fields.dict, "options"));
	environment = environment_new(&one.options, &loader);
	render = render_new(environment);
	render_one(&one, render, environment, member(fields, "id"),
		   data.kind == VALUE_STRING);
	render_free(render);
	environment_free(environment);
}

int batch_render(const char *cases, size_t length, struct buf *out,
		 struct error **err)
{
	struct arena arena;
	struct value all;
	struct value list_of = {.kind = VALUE_ABSENT};
	int result = -1;

	arena_init(&arena, (size_t)1 << 30);
	if (json_value_read(&arena, cases, length, &all, err) != 0)
		goto out;
	if (all.kind == VALUE_DICT)
		list_of = member(all, "cases");
	if (list_of.kind != VALUE_LIST) {
		error_set(err, ERROR_INVALID, "there is no list of 'cases'");
		goto out;
	}
	for (uint32_t i = 0; i < list_of.list->count; i++)
		if (list_of.list->items[i].kind == VALUE_DICT)
			run_case(list_of.list->items[i], &arena, out);
	result = 0;
out:
	arena_release(&arena);
	return result;
}
