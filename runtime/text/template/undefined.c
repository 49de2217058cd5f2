/* Undefined values: what is missing, and what is said when it is used. */
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/template/frame.h"
#include "runtime/text/template/nearest.h"

struct value_undefined {
	struct value hint;   /* what is said; or absent: from the others */
	struct value object; /* whose part it is; or absent: a variable */
	struct value name;
	enum render_fault fault;
	bool plain; /* strict or not: as Jinja2's default */
};

static struct value_undefined *make(struct render *render, struct value *out)
{
	struct value_undefined *undefined =
		arena_alloc(&render->arena, sizeof(*undefined));

	*undefined = (struct value_undefined){.fault = RENDER_UNDEFINED};
	*out = (struct value){.kind = VALUE_UNDEFINED, .undefined = undefined};
	return undefined;
}

struct value undefined_name(struct render *render, struct value name)
{
	struct value out;

	make(render, &out)->name = name;
	return out;
}

struct value undefined_item(struct render *render, struct value object,
			    struct value name)
{
	struct value out;
	struct value_undefined *undefined = make(render, &out);

	undefined->object = object;
	undefined->name = name;
	return out;
}

struct value undefined_plain(struct render *render, struct value hint)
{
	struct value out;
	struct value_undefined *undefined = make(render, &out);

	undefined->hint = hint;
	undefined->plain = true;
	return out;
}

struct value render_undefined(struct render *render, const char *format, ...)
{
	struct value out;
	struct value_undefined *undefined = make(render, &out);
	va_list args;
	char *text;

	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	undefined->hint = value_text(&render->arena, text);
	mem_free(text);
	return out;
}

struct value undefined_unsafe(struct render *render, struct value object,
			      struct value name)
{
	struct value out = render_undefined(
		render,
		"access to attribute '%.*s' of '%s' object is"
		" unsafe.",
		(int)name.length, name.bytes, value_type_name(object));

	out.undefined->fault = RENDER_SECURITY;
	return out;
}

/* The type as Jinja2 says it: with its module, unless it is built in. */
static const char *module_of(struct value value)
{
	static const char *const modules[][2] = {
		{"Namespace", "jinja2.utils."},
		{"Cycler", "jinja2.utils."},
		{"Joiner", "jinja2.utils."},
		{"Macro", "jinja2.runtime."},
		{"LoopContext", "jinja2.runtime."},
		{"BlockReference", "jinja2.runtime."},
		{"TemplateReference", "jinja2.runtime."},
		{"TemplateModule", "jinja2.environment."},
		{"Markup", "markupsafe."},
	};
	const char *name = value_type_name(value);

	for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++)
		if (strcmp(name, modules[i][0]) == 0)
			return modules[i][1];
	return "";
}

static void say_part(struct render *render,
		     const struct value_undefined *undefined, struct buf *text)
{
	struct value object = undefined->object;
	bool named = undefined->name.kind == VALUE_STRING;
	const char *quote = named ? "'" : "";

	buf_puts(text, quote);
	if (object.kind == VALUE_NONE)
		buf_puts(text, "None");
	else
		buf_printf(text, "%s%s object", module_of(object),
			   value_type_name(object));
	buf_printf(text, "%s has no %s ", quote,
		   named ? "attribute" : "element");
	value_repr(render, undefined->name, text);
}

static void say(struct render *render, const struct value_undefined *undefined,
		struct buf *text)
{
	if (undefined->hint.kind != VALUE_ABSENT) {
		buf_append(text, undefined->hint.bytes, undefined->hint.length);
	} else if (undefined->object.kind != VALUE_ABSENT) {
		say_part(render, undefined, text);
	} else {
		value_repr(render, undefined->name, text);
		buf_puts(text, " is undefined");
	}
}

static void try_keys(struct nearest *nearest, const struct value_dict *dict)
{
	const struct value_entry *entry;
	uint32_t at = 0;

	while (dict && (entry = value_dict_next(dict, &at)))
		nearest_try(nearest, entry->key);
}

/* What may have been meant: a key of the same dict, or a variable. */
static void suggest(struct render *render,
		    const struct value_undefined *undefined)
{
	struct nearest nearest = {.name = undefined->name};
	const struct context *context =
		render->frame ? render->frame->context : NULL;

	if (nearest.name.kind != VALUE_STRING)
		return;
	nearest.distance = text_distance_max(nearest.name);
	if (undefined->object.kind == VALUE_DICT) {
		try_keys(&nearest, undefined->object.dict);
	} else if (undefined->object.kind == VALUE_ABSENT && context) {
		try_keys(&nearest, context->vars);
		try_keys(&nearest, context->parent);
	}
	if (nearest.found.kind == VALUE_STRING) {
		char *name =
			mem_copy_n(nearest.found.bytes, nearest.found.length);

		template_error_hint(render->error, name);
		mem_free(name);
	}
}

int render_missing(struct render *render, struct value value)
{
	const struct value_undefined *undefined = value.undefined;
	struct buf text;

	if (render->error->message)
		return -1;
	if (value.flags & VALUE_TAINTED)
		return render_fail(render, undefined->fault, RENDER_WITHHELD);
	buf_init(&text, 16 << 10);
	say(render, undefined, &text);
	render_fail(render, undefined->fault, "%s", text.data ? text.data : "");
	buf_release(&text);
	suggest(render, undefined);
	return -1;
}

int render_defined(struct render *render, struct value value)
{
	if (value.kind != VALUE_UNDEFINED)
		return 0;
	if (render->options->undefined == UNDEFINED_STRICT &&
	    !value.undefined->plain)
		return render_missing(render, value);
	return 0;
}

/* Is a part of the undefined value undefined, too? Otherwise an error. */
bool undefined_chains(const struct render *render, struct value value)
{
	return render->options->undefined == UNDEFINED_CHAINABLE &&
	       !value.undefined->plain &&
	       value.undefined->fault == RENDER_UNDEFINED;
}

struct value render_undefined_name(struct value value)
{
	return value.undefined->name;
}
