/* Ansible's filters for JSON, YAML, base64 and digests. */
#include <stdio.h>

#include "runtime/text/template/ansible.h"
#include "runtime/text/template/json.h"
#include "runtime/text/template/operate.h"
#include "runtime/text/yaml_dump.h"
#include "runtime/text/yaml_read.h"

/* Objects that Ansible's encoder knows, as plain values. */
static int plain_copy(struct render *render, struct value value, int depth,
		      struct value *out)
{
	const struct value_entry *entry;
	struct value item;
	struct buf buf;
	uint32_t at = 0;

	*out = value;
	if (depth > NESTING_MAX)
		return render_fail(render, RENDER_LIMIT,
				   "containers nested too deeply");
	if (is_datetime(value)) {
		text_init(&buf);
		return text_done(render,
				 datetime_print(render, value, 'T', &buf), &buf,
				 out);
	}
	if (is_sequence(value)) {
		if (value_items(render, value, out))
			return -1;
		for (uint32_t i = 0; i < out->list->count; i++)
			if (plain_copy(render, out->list->items[i], depth + 1,
				       &out->list->items[i]))
				return -1;
	}
	if (value.kind == VALUE_DICT) {
		*out = value_dict_new(render_arena(render), value.dict->count);
		while ((entry = value_dict_next(value.dict, &at))) {
			if (render_count(render, 1) ||
			    plain_copy(render, entry->value, depth + 1, &item))
				return -1;
			value_dict_set(render_arena(render), out->dict,
				       entry->key, item);
		}
	}
	return 0;
}

static bool has_objects(struct value value, int depth)
{
	const struct value_entry *entry;
	uint32_t at = 0;

	if (value.kind == VALUE_OBJECT)
		return true;
	if (depth > NESTING_MAX)
		return false;
	for (uint32_t i = 0; is_sequence(value) && i < value.list->count; i++)
		if (has_objects(value.list->items[i], depth + 1))
			return true;
	while (value.kind == VALUE_DICT &&
	       (entry = value_dict_next(value.dict, &at)))
		if (has_objects(entry->value, depth + 1))
			return true;
	return false;
}

enum { INDENT, SORT_KEYS, SEPARATORS, ENSURE_ASCII, JSON_ARGUMENTS = 12 };

/* A separator as a C string: its owner is the arena. */
static int separator(struct call *call, struct value pair, uint32_t at,
		     const char **out)
{
	if (!is_sequence(pair) || pair.list->count != 2 ||
	    !is_string(pair.list->items[at]))
		return fail_type(call->render,
				 "separators must be two strings");
	*out = arena_copy(render_arena(call->render),
			  pair.list->items[at].bytes,
			  pair.list->items[at].length);
	return 0;
}

static int json_options(struct call *call, const struct value *arguments,
			struct json_style *style)
{
	bool ascii;
	int64_t indent;

	if (argument_bool(call->render, arguments[SORT_KEYS], style->sort_keys,
			  &style->sort_keys) ||
	    argument_bool(call->render, arguments[ENSURE_ASCII], true, &ascii))
		return -1;
	style->unicode = !ascii;
	if (arguments[INDENT].kind == VALUE_NONE) {
		style->lines = false;
	} else if (arguments[INDENT].kind != VALUE_ABSENT) {
		if (argument_int(call->render, arguments[INDENT], &indent))
			return -1;
		style->lines = true;
		style->indent = indent < 0      ? 0
				: indent > 1000 ? 1000
						: (int)indent;
	}
	if (!ansible_given(arguments[SEPARATORS]))
		return 0;
	return separator(call, arguments[SEPARATORS], 0, &style->item) ||
			       separator(call, arguments[SEPARATORS], 1,
					 &style->key)
		       ? -1
		       : 0;
}

static int write_json(struct call *call, struct json_style style,
		      struct value *out)
{
	static const char *const names[] = {
		"indent",        "sort_keys",         "separators",
		"ensure_ascii",  "skipkeys",          "allow_nan",
		"default",       "check_circular",    "cls",
		"vault_to_text", "preprocess_unsafe", NULL};
	struct value arguments[JSON_ARGUMENTS];
	struct value value = call->subject;

	if (call_bind(call, names, 0, arguments) ||
	    json_options(call, arguments, &style))
		return -1;
	if (has_objects(value, 0) && plain_copy(call->render, value, 0, &value))
		return -1;
	return render_json(call->render, value, &style, out);
}

static int filter_to_json(struct call *call, struct value *out)
{
	return write_json(call, (struct json_style){0}, out);
}

static int filter_to_nice_json(struct call *call, struct value *out)
{
	return write_json(call,
			  (struct json_style){.lines = true,
					      .indent = 4,
					      .sort_keys = true},
			  out);
}

/* An error of a reader becomes one of the rendering. */
static int reading_failed(struct call *call, struct error *err,
			  enum render_fault fault)
{
	render_fail(call->render,
		    err->code == ERROR_LIMIT ? RENDER_LIMIT : fault, "%s",
		    err->message);
	error_free(err);
	return -1;
}

static int filter_from_json(struct call *call, struct value *out)
{
	struct value text = call->subject;
	struct error *err = NULL;

	if (ansible_bind_none(call) || render_defined(call->render, text))
		return -1;
	if (!is_string(text))
		return fail_type(call->render,
				 "the JSON object must be str, bytes or "
				 "bytearray, not %s",
				 value_type_name(text));
	if (render_count(call->render, text.length / 16))
		return -1;
	if (json_value_read(render_arena(call->render), text.bytes, text.length,
			    out, &err))
		return reading_failed(call, err, RENDER_VALUE);
	return 0;
}

static int read_yaml(struct call *call, bool all, struct value *out)
{
	struct document document = {.text = call->subject.bytes,
				    .length = call->subject.length};
	const unsigned flags = YAML_1_1 | YAML_LAST_WINS;
	struct error *err = NULL;
	int status;

	*out = call->subject;
	if (ansible_bind_none(call) ||
	    render_defined(call->render, call->subject))
		return -1;
	if (!is_string(call->subject))
		return 0;
	if (render_count(call->render, document.length / 16))
		return -1;
	status = (all ? yaml_read_all : yaml_read)(
		&document, flags, render_arena(call->render), out, &err);
	if (status)
		return reading_failed(call, err, RENDER_RUNTIME);
	if (all)
		*out = iterator_over(call->render, "generator object load_all",
				     *out);
	return 0;
}

static int filter_from_yaml(struct call *call, struct value *out)
{
	return read_yaml(call, false, out);
}

static int filter_from_yaml_all(struct call *call, struct value *out)
{
	return read_yaml(call, true, out);
}

enum {
	FLOW,
	YAML_INDENT,
	YAML_WIDTH,
	YAML_SORT,
	YAML_UNICODE,
	YAML_START,
	YAML_FINISH,
	YAML_STYLE,
	YAML_ARGUMENTS = 13
};

static int yaml_numbers(struct call *call, const struct value *arguments,
			struct yaml_style *style)
{
	int64_t indent = style->indent;
	int64_t width = 0;

	if ((ansible_given(arguments[YAML_INDENT]) &&
	     argument_int(call->render, arguments[YAML_INDENT], &indent)) ||
	    (ansible_given(arguments[YAML_WIDTH]) &&
	     argument_int(call->render, arguments[YAML_WIDTH], &width)))
		return -1;
	style->indent = indent < 0 || indent > 1000 ? 2 : (int)indent;
	style->width = width > 1000000000 ? 1000000000
		       : width < 0        ? -1
					  : (int)width;
	return 0;
}

static int yaml_options(struct call *call, const struct value *arguments,
			struct yaml_style *style)
{
	struct render *render = call->render;
	bool sort;
	bool flow;
	bool unicode;

	if (yaml_numbers(call, arguments, style) ||
	    argument_bool(render, arguments[YAML_SORT], true, &sort) ||
	    argument_bool(render, arguments[YAML_UNICODE], true, &unicode) ||
	    argument_bool(render, arguments[YAML_START], false,
			  &style->start) ||
	    argument_bool(render, arguments[YAML_FINISH], false,
			  &style->finish))
		return -1;
	style->keep_order = !sort;
	style->ascii = !unicode;
	if (is_string(arguments[YAML_STYLE]) &&
	    arguments[YAML_STYLE].length == 1)
		style->quote = arguments[YAML_STYLE].bytes[0];
	if (!ansible_given(arguments[FLOW]))
		return 0;
	if (value_true(render, arguments[FLOW], &flow))
		return -1;
	style->flow = flow ? YAML_FLOW_ALWAYS : YAML_FLOW_NEVER;
	return 0;
}

static int write_yaml(struct call *call, const struct yaml_style *style,
		      struct value *out)
{
	struct error *err = NULL;
	struct buf buf;

	text_init(&buf);
	if (yaml_dump(call->subject, style, &buf, &err)) {
		render_fail(call->render,
			    err->code == ERROR_LIMIT ? RENDER_LIMIT
						     : RENDER_FILTER,
			    "%s - %s", call->name, err->message);
		error_free(err);
		buf_release(&buf);
		return -1;
	}
	return text_take(call->render, &buf, out);
}

static int filter_to_yaml(struct call *call, struct value *out)
{
	static const char *const names[] = {
		"default_flow_style", "indent",        "width",
		"sort_keys",          "allow_unicode", "explicit_start",
		"explicit_end",       "default_style", "canonical",
		"encoding",           "line_break",    NULL};
	struct value arguments[YAML_ARGUMENTS];
	struct yaml_style style = {.flow = YAML_FLOW_LEAVES};
	struct call named = *call;

	named.count = 0; /* those without a name are passed over */
	if (call_bind(&named, names, 0, arguments) ||
	    render_defined(call->render, call->subject) ||
	    yaml_options(call, arguments, &style))
		return -1;
	return write_yaml(call, &style, out);
}

static int filter_to_nice_yaml(struct call *call, struct value *out)
{
	static const char *const names[] = {"indent",
					    "-",
					    "width",
					    "sort_keys",
					    "-",
					    "explicit_start",
					    "explicit_end",
					    "default_style",
					    "canonical",
					    "encoding",
					    "line_break",
					    NULL};
	struct value arguments[YAML_ARGUMENTS];
	struct yaml_style style = {.indent = 4};
	struct call first = *call;

	if (first.count > 1)
		first.count = 1;
	if (call_bind(&first, names, 0, arguments) ||
	    render_defined(call->render, call->subject))
		return -1;
	arguments[YAML_INDENT] = arguments[FLOW];
	arguments[FLOW] = value_bool(false);
	arguments[YAML_UNICODE].kind = VALUE_ABSENT;
	if (yaml_options(call, arguments, &style))
		return -1;
	return write_yaml(call, &style, out);
}

static const struct call_entry entries[] = {
	{"from_json", filter_from_json},
	{"from_yaml", filter_from_yaml},
	{"from_yaml_all", filter_from_yaml_all},
	{"to_json", filter_to_json},
	{"to_nice_json", filter_to_nice_json},
	{"to_nice_yaml", filter_to_nice_yaml},
	{"to_yaml", filter_to_yaml},
};

const struct method_table filters_ansible_data = {entries, COUNT(entries)};
