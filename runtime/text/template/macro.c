/* Macros and call blocks. */
#include <stdio.h>
#include <string.h>

#include "runtime/text/template/library.h"
#include "runtime/text/template/track.h"

struct macro {
	struct value_object object;
	const struct node *node;
	struct frame *frame; /* around its definition */
};

static const struct macro *macro_of(struct value self)
{
	return (const struct macro *)self.object;
}

/* The macro's name as Python shows it: None for a call block. */
static const char *shown(const struct macro *macro, char *text, size_t size)
{
	if (macro->node->kind != NODE_MACRO)
		return "None";
	snprintf(text, size, "'%.*s'",
		 (int)(macro->node->value.length < 100
			       ? macro->node->value.length
			       : 100),
		 macro->node->value.bytes);
	return text;
}

/* Keyword arguments, of which those that were used are struck out. */
struct keywords {
	struct call_named *items;
	uint32_t count, left;
};

static void copy_keywords(struct call *call, struct keywords *keywords)
{
	keywords->count = call->named_count;
	keywords->left = call->named_count;
	keywords->items = NULL;
	if (call->named_count == 0)
		return;
	keywords->items =
		arena_alloc(&call->render->arena,
			    call->named_count * sizeof(*keywords->items));
	memcpy(keywords->items, call->named,
	       call->named_count * sizeof(*keywords->items));
}

/* Take the argument `name`, or VALUE_ABSENT. */
static struct value pop(struct keywords *keywords, struct value name)
{
	for (uint32_t i = 0; i < keywords->count; i++) {
		struct call_named *named = &keywords->items[i];

		if (named->name.kind == VALUE_ABSENT ||
		    !string_equal(named->name, name))
			continue;
		named->name.kind = VALUE_ABSENT;
		keywords->left--;
		return named->value;
	}
	return (struct value){.kind = VALUE_ABSENT};
}

static struct value rest_of(struct render *render,
			    const struct keywords *keywords)
{
	struct value dict = value_dict_new(&render->arena, keywords->left);

	for (uint32_t i = 0; i < keywords->count; i++)
		if (keywords->items[i].name.kind != VALUE_ABSENT)
			value_dict_set(&render->arena, dict.dict,
				       keywords->items[i].name,
				       keywords->items[i].value);
	return dict;
}

static int fail_keyword(struct render *render, const struct macro *macro,
			struct keywords *keywords)
{
	char text[120];
	const char *name = shown(macro, text, sizeof(text));
	struct value caller = pop(keywords, value_borrow("caller", 6));
	uint32_t i = 0;

	if (caller.kind != VALUE_ABSENT)
		return render_fail(render, RENDER_TYPE,
				   "macro %s was invoked with two values for"
				   " the special caller argument. This is most"
				   " likely a bug.",
				   name);
	while (keywords->items[i].name.kind == VALUE_ABSENT)
		i++;
	if (keywords->items[i].name.flags & FLAGS_SECRET)
		return render_fail(render, RENDER_TYPE, RENDER_WITHHELD);
	return render_fail(render, RENDER_TYPE,
			   "macro %s takes no keyword argument '%.*s'", name,
			   (int)keywords->items[i].name.length,
			   keywords->items[i].name.bytes);
}

/* Arguments by position, then by name; true: `caller` was among them. */
static bool bind_parameters(const struct macro *macro, struct call *call,
			    struct keywords *keywords, struct value *slots)
{
	const struct unit *unit = macro->node->plan.unit;
	bool found_caller =
		call->count >= unit->parameters && unit->explicit_caller;
	uint32_t i = 0;

	for (const struct node *parameter = macro->node->kids[1]; parameter;
	     parameter = parameter->next, i++) {
		if (i < call->count) {
			slots[parameter->slot] = call->arguments[i];
			continue;
		}
		slots[parameter->slot] = pop(keywords, parameter->value);
		if (text_is(parameter->value, "caller"))
			found_caller = true;
	}
	return found_caller;
}

/* caller, kwargs and varargs; too many arguments are an error. */
static int bind_special(const struct macro *macro, struct call *call,
			struct keywords *keywords, struct value *slots)
{
	struct render *render = call->render;
	const struct unit *unit = macro->node->plan.unit;
	struct value varargs;
	char text[120];

	if (unit->kwargs_slot > 0) {
		slots[unit->kwargs_slot - 1] = rest_of(render, keywords);
		map_mark(render, &slots[unit->kwargs_slot - 1]);
	} else if (keywords->left > 0) {
		return fail_keyword(render, macro, keywords);
	}
	if (unit->varargs_slot > 0) {
		varargs = value_tuple_new(&render->arena, 0);
		for (uint32_t i = unit->parameters; i < call->count; i++)
			value_list_add(&render->arena, varargs.list,
				       call->arguments[i]);
		map_mark(render, &varargs);
		slots[unit->varargs_slot - 1] = varargs;
	} else if (call->count > unit->parameters) {
		return render_fail(render, RENDER_TYPE,
				   "macro %s takes not more than %u"
				   " argument(s)",
				   shown(macro, text, sizeof(text)),
				   unit->parameters);
	}
	return 0;
}

static int bind(const struct macro *macro, struct call *call,
		struct value *slots)
{
	const struct unit *unit = macro->node->plan.unit;
	struct value caller_name = value_borrow("caller", 6);
	struct keywords keywords;
	bool found_caller;

	copy_keywords(call, &keywords);
	found_caller = bind_parameters(macro, call, &keywords, slots);
	if (unit->caller_slot > 0 && !found_caller) {
		struct value caller = pop(&keywords, caller_name);

		if (caller.kind == VALUE_ABSENT || caller.kind == VALUE_NONE)
			caller = render_undefined(call->render,
						  "No caller defined");
		slots[unit->caller_slot - 1] = caller;
	}
	return bind_special(macro, call, &keywords, slots);
}

/* Parameters that got no argument: their defaults. */
static int set_defaults(struct render *render, const struct node *node)
{
	for (const struct node *parameter = node->kids[1]; parameter;
	     parameter = parameter->next) {
		struct value *slot = &render->frame->slots[parameter->slot];

		if (slot->kind != VALUE_ABSENT)
			continue;
		if (!parameter->kids[0])
			*slot = render_undefined(
				render, "parameter '%.*s' was not provided",
				(int)parameter->value.length,
				parameter->value.bytes);
		else if (eval(render, parameter->kids[0], slot) != 0)
			return -1;
	}
	return 0;
}

static int run_macro(const struct macro *macro, struct call *call)
{
	struct render *render = call->render;
	const struct unit *unit = macro->node->plan.unit;
	struct frame *frame = arena_alloc(&render->arena, sizeof(*frame));
	struct frame *caller = render->frame;
	struct saved saved;
	int result = -1;

	*frame = (struct frame){.outer = macro->frame,
				.context = macro->frame->context,
				.loaded = macro->frame->loaded};
	if (!unit_enter(render, unit, frame, &saved))
		goto out;
	render->frame = caller; /* wrong arguments are the caller's fault */
	if (bind(macro, call, frame->slots) != 0)
		goto out;
	render->frame = frame;
	render->at = macro->node;
	scope_enter(render, &unit->scope, 0);
	if (set_defaults(render, macro->node) == 0 &&
	    exec_list(render, macro->node->kids[0]) == EXEC_OK)
		result = 0;
out:
	unit_leave(render, &saved);
	return result;
}

static int call_macro(struct call *call, struct value *out)
{
	const struct macro *macro = macro_of(call->subject);
	struct render *render = call->render;
	bool safe = *render->frame->context->autoescape;
	size_t start = render->out->length;
	struct touch *touch = map_begin(render);
	int result = run_macro(macro, call);
	bool ran = result == 0;

	if (ran)
		result = take_output(render, start, safe, out);
	map_return(render, touch, result == 0 ? out : NULL);
	if (!ran && macro->node->kind == NODE_MACRO)
		render_note(render, "in macro '%.*s', called",
			    (int)macro->node->value.length,
			    macro->node->value.bytes);
	return result;
}

static int get_attribute(struct render *render, struct value self,
			 struct value name, struct value *out)
{
	const struct macro *macro = macro_of(self);
	const struct unit *unit = macro->node->plan.unit;

	if (text_is(name, "name")) {
		*out = macro->node->kind == NODE_MACRO ? macro->node->value
						       : value_none();
	} else if (text_is(name, "arguments")) {
		*out = value_tuple_new(&render->arena, unit->parameters);
		for (const struct node *parameter = macro->node->kids[1];
		     parameter; parameter = parameter->next)
			value_list_add(&render->arena, out->list,
				       parameter->value);
	} else if (text_is(name, "catch_kwargs")) {
		*out = value_bool(unit->kwargs_slot > 0);
	} else if (text_is(name, "catch_varargs")) {
		*out = value_bool(unit->varargs_slot > 0);
	} else if (text_is(name, "caller")) {
		*out = value_bool(unit->caller_slot > 0 ||
				  unit->explicit_caller);
	} else {
		return 0;
	}
	return 1;
}

static int print(struct render *render, struct value self, struct buf *out)
{
	const struct macro *macro = macro_of(self);
	char text[120];

	(void)render;
	return buf_printf(out, "<Macro %s>",
			  macro->node->kind == NODE_MACRO
				  ? shown(macro, text, sizeof(text))
				  : "anonymous");
}

static struct value make(struct render *render, const struct node *node)
{
	static const struct value_class class = {.name = "Macro",
						 .attribute = get_attribute,
						 .call = call_macro,
						 .print = print};
	struct macro *macro = arena_alloc(&render->arena, sizeof(*macro));

	*macro = (struct macro){{&class}, node, render->frame};
	return (struct value){.kind = VALUE_OBJECT, .object = &macro->object};
}

int exec_macro(struct render *render, const struct node *node)
{
	struct value macro = make(render, node);

	render->frame->slots[node->slot] = macro;
	if (node->flags & NODE_EXPORTED)
		export_name(render, node->value, macro, true);
	return 0;
}

int exec_call_block(struct render *render, const struct node *node)
{
	struct value caller = make(render, node);
	size_t start = render->out->length;
	struct value text;

	render->at = node;
	if (eval_call_with(render, node->kids[2], &caller, &text) != 0 ||
	    value_print(render, text, render->out) != 0)
		return -1;
	return map_print(render, node, text, start);
}
