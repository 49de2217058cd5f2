#include "runtime/text/template/render.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/template/track.h"

struct render *render_new(struct environment *environment)
{
	struct render *render = mem_alloc(sizeof(*render));

	render->environment = environment;
	render->options = environment_options(environment);
	arena_init(&render->arena, render->options->limits.memory);
	return render;
}

void render_free(struct render *render)
{
	if (!render)
		return;
	if (render->map) {
		mem_free(render->map->ranges);
		mem_free(render->map->numbers);
	}
	arena_release(&render->arena);
	mem_free(render->stack);
	mem_free(render);
}

void render_set_hooks(struct render *render, const struct render_hooks *hooks)
{
	render->hooks = hooks;
}

struct arena *render_arena(struct render *render)
{
	return &render->arena;
}

void **render_slot(struct render *render)
{
	return &render->slot;
}

const void **render_printing(struct render *render)
{
	return &render->printing;
}

int64_t render_now(const struct render *render)
{
	return render->options->now;
}

bool render_autoescape(const struct render *render)
{
	return render->frame && *render->frame->context->autoescape;
}

static void set_source(struct render *render, const struct node *node,
		       const struct template *template)
{
	struct template_error *error = render->error;
	const char *text = template->source + node->source;
	uint32_t length = node->length;

	if (length == 0 || render->line > 0) {
		template_error_source(error, template->source,
				      template->length);
		return;
	}
	while (length > 0 &&
	       (text[length - 1] == ' ' || text[length - 1] == '\n' ||
		text[length - 1] == '\t'))
		length--;
	if (!error->source)
		error->source = length > 120 ? mem_printf("%.*s…", 120, text)
					     : mem_copy_n(text, length);
}

void render_locate(struct render *render)
{
	struct template_error *error = render->error;
	const struct template *template;

	if (!render->frame || error->template)
		return;
	template = render->frame->loaded->template;
	error->template =
		mem_copy_n(template->name.bytes, template->name.length);
	error->line = render->line;
	if (error->line == 0 && render->at)
		error->line = render->at->line;
	if (error->line == 0)
		error->line = 1;
	if (render->at)
		set_source(render, render->at, template);
}

int render_fail(struct render *render, enum render_fault fault,
		const char *format, ...)
{
	struct template_error *error = render->error;
	va_list args;

	if (error->message)
		return -1;
	error->fault = fault;
	va_start(args, format);
	error->message = map_touched(render) ? mem_copy(RENDER_WITHHELD)
					     : mem_vprintf(format, args);
	va_end(args);
	render_locate(render);
	return -1;
}

void render_note(struct render *render, const char *format, ...)
{
	struct template_error *error = render->error;
	const struct template *template;
	char *note;
	char *chain;
	va_list args;

	if (!error->message || !render->frame || !render->at ||
	    (error->chain && strlen(error->chain) > 2000))
		return;
	template = render->frame->loaded->template;
	va_start(args, format);
	note = mem_vprintf(format, args);
	va_end(args);
	chain = mem_printf("%s\n  %s at %.*s:%u",
			   error->chain ? error->chain : "", note,
			   (int)template->name.length, template->name.bytes,
			   render->at->line);
	mem_free(note);
	mem_free(error->chain);
	error->chain = chain;
}

int render_count(struct render *render, uint64_t steps)
{
	if (render->steps >= steps) {
		render->steps -= steps;
		if (!arena_full(&render->arena))
			return 0;
		return render_fail(render, RENDER_LIMIT,
				   "the template needs more than %zu MiB of"
				   " memory",
				   render->arena.max >> 20);
	}
	render->steps = 0;
	return render_fail(render, RENDER_LIMIT,
			   "the template needs more than %llu steps",
			   (unsigned long long)render->options->limits.steps);
}

int render_room(struct render *render, size_t size)
{
	if (arena_fits(&render->arena, size))
		return 0;
	return render_fail(render, RENDER_LIMIT,
			   "the template needs more than %zu MiB of memory",
			   render->arena.max >> 20);
}

static int apply_filter(struct render *render, struct value name,
			struct call *call, struct value *out)
{
	const struct call_entry *entry =
		filter_find(name, render->options->ansible);
	int result = 1;

	if (entry) {
		call->name = entry->name;
		return entry->function(call, out);
	}
	if (render->hooks)
		result = render->hooks->filter(render->hooks->context, name,
					       call, out);
	if (result <= 0)
		return result;
	render_fail(render, RENDER_RUNTIME, "No filter named '%.*s'.",
		    (int)name.length, name.bytes);
	template_error_hint(render->error,
			    filter_nearest(name, render->options->ansible));
	return -1;
}

int render_filter(struct render *render, struct value name, struct call *call,
		  struct value *out)
{
	struct touch touch;
	int result;

	if (!render->map)
		return apply_filter(render, name, call, out);
	map_enter(render, &touch, call);
	result = apply_filter(render, name, call, out);
	map_leave(render, &touch, name, result == 0 ? out : NULL);
	return result;
}

static int apply_test(struct render *render, struct value name,
		      struct call *call, bool *out)
{
	const struct call_entry *entry =
		test_find(name, render->options->ansible);
	struct value answer = value_bool(false);
	int result = 1;

	if (entry) {
		call->name = entry->name;
		if (entry->function(call, &answer) != 0)
			return -1;
		return value_true(render, answer, out);
	}
	if (render->hooks)
		result = render->hooks->test(render->hooks->context, name, call,
					     out);
	if (result <= 0)
		return result;
	render_fail(render, RENDER_RUNTIME, "No test named '%.*s'.",
		    (int)name.length, name.bytes);
	template_error_hint(render->error,
			    test_nearest(name, render->options->ansible));
	return -1;
}

int render_test(struct render *render, struct value name, struct call *call,
		bool *out)
{
	struct touch touch;
	int result;

	if (!render->map)
		return apply_test(render, name, call, out);
	map_enter(render, &touch, call);
	result = apply_test(render, name, call, out);
	map_leave(render, &touch, name, NULL);
	return result;
}

/* What is left of C's stack must suffice for macros within macros. */
static void start(struct render *render, struct buf *out,
		  struct template_error *error)
{
	if (!render->stack)
		render->stack =
			mem_grow(NULL, STACK_VALUES * sizeof(*render->stack));
	render->top = render->stack;
	render->stack_low =
		(const char *)__builtin_frame_address(0) - STACK_BYTES;
	render->steps = render->options->limits.steps;
	render->depth = 0;
	render->out = out;
	render->error = error;
	render->frame = NULL;
	render->at = NULL;
	render->line = 0;
	render->loaded = NULL;
	render->slot = NULL;
	render->printing = NULL;
}

static int run(struct render *render, const struct template *template,
	       struct value values)
{
	struct loaded *loaded = render_loaded(render, template);
	struct context *context = context_new(
		render, loaded, values.kind == VALUE_DICT ? values.dict : NULL);
	int result;

	if (render->map)
		map_learn(render, context->parent);
	result = run_root(render, context, loaded);
	render->frame = NULL;
	if (result != 0 || render->error->message)
		return -1;
	if (render->out->full)
		return template_error_set(render->error, RENDER_LIMIT,
					  "the output is too large");
	return 0;
}

int render_template(struct render *render, const struct template *template,
		    struct value values, struct buf *out,
		    struct template_error *error)
{
	int result;

	start(render, out, error);
	result = run(render, template, values);
	if (render->map) { /* what is kept with it should be small */
		mem_free(render->stack);
		render->stack = NULL;
	}
	return result;
}

int render_value(struct render *render, const struct template *template,
		 struct value values, struct value *out,
		 struct template_error *error)
{
	const struct node *node = template->body;
	struct buf text;
	int result;

	buf_init(&text, render->options->limits.output);
	start(render, &text, error);
	*out = (struct value){.kind = VALUE_ABSENT};
	if (node && !node->next && node->kind == NODE_OUTPUT &&
	    node->kids[0]->kind != NODE_TEXT && !node->kids[0]->next)
		render->single = out;
	result = run(render, template, values);
	if (result == 0 && out->kind == VALUE_ABSENT)
		*out = value_string(&render->arena, text.data ? text.data : "",
				    text.length);
	render->single = NULL;
	buf_release(&text);
	return result;
}
