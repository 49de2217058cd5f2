/* The evaluator: calls of functions, methods, filters and tests. */
#include <string.h>

#include "runtime/text/template/library.h"
#include "runtime/text/template/track.h"

enum { RANGE_MAX = 100000 }; /* in a sandbox */

int call_value(struct call *call, struct value callee, struct value *out)
{
	call->subject = callee;
	if (callee.kind == VALUE_UNDEFINED)
		return render_missing(call->render, callee);
	if (callee.kind != VALUE_OBJECT || !callee.object->class->call)
		return render_fail(call->render, RENDER_TYPE,
				   "'%s' object is not callable",
				   value_type_name(callee));
	return callee.object->class->call(call, out);
}

static int push(struct render *render, struct value value)
{
	if (render->top == render->stack + STACK_VALUES)
		return render_fail(render, RENDER_LIMIT,
				   "too many values at once");
	*render->top++ = value;
	return 0;
}

/* Plain arguments and those of `*items`, on the stack. */
static int push_arguments(struct render *render, const struct node *node,
			  struct call *call)
{
	struct value *from = render->top;
	struct value items;

	for (const struct node *argument = node->kids[1]; argument;
	     argument = argument->next) {
		struct value value;

		if (eval(render, argument, &value) != 0 ||
		    push(render, value) != 0)
			return -1;
	}
	if (node->kids[3]) {
		if (eval(render, node->kids[3], &items) != 0 ||
		    value_items(render, items, &items) != 0)
			return -1;
		for (uint32_t i = 0; i < items.list->count; i++)
			if (push(render, items.list->items[i]) != 0)
				return -1;
	}
	call->arguments = from;
	call->count = (uint32_t)(render->top - from);
	return 0;
}

static int add_named(struct render *render, struct call *call,
		     struct call_named *named, struct value name,
		     struct value value)
{
	if (name.kind != VALUE_STRING)
		return render_fail(render, RENDER_TYPE,
				   "keywords must be strings");
	for (uint32_t i = 0; i < call->named_count; i++)
		if (string_equal(named[i].name, name))
			return render_fail(render, RENDER_TYPE,
					   "%s() got multiple values for"
					   " keyword argument '%.*s'",
					   call->name ? call->name : "function",
					   (int)name.length, name.bytes);
	named[call->named_count++] = (struct call_named){name, value};
	return 0;
}

/* Add the keys and values of `**value`. */
static int add_star(struct render *render, struct call *call,
		    struct call_named *named, struct value star)
{
	const struct value_entry *entry;
	uint32_t at = 0;

	while ((entry = value_dict_next(star.dict, &at)))
		if (add_named(render, call, named, entry->key, entry->value) !=
		    0)
			return -1;
	return 0;
}

static int eval_star(struct render *render, const struct node *node,
		     struct value *out)
{
	*out = (struct value){.kind = VALUE_ABSENT};
	if (!node->kids[4])
		return 0;
	if (eval(render, node->kids[4], out) != 0)
		return -1;
	if (out->kind == VALUE_DICT)
		return render_count(render, out->dict->count);
	if (out->kind == VALUE_UNDEFINED)
		return render_missing(render, *out);
	return render_fail(render, RENDER_TYPE,
			   "argument after ** must be a mapping, not %s",
			   value_type_name(*out));
}

/* Keyword arguments: written ones, `caller`, and those of `**names`. */
static int make_named(struct render *render, const struct node *node,
		      const struct value *caller, struct call *call)
{
	struct call_named *named;
	struct value star;
	size_t count = caller != NULL;

	if (!node->kids[2] && !node->kids[4] && !caller)
		return 0;
	for (const struct node *keyword = node->kids[2]; keyword;
	     keyword = keyword->next)
		count++;
	if (eval_star(render, node, &star) != 0)
		return -1;
	if (star.kind == VALUE_DICT)
		count += star.dict->count;
	named = arena_alloc(&render->arena, count * sizeof(*named) + 1);
	call->named = named;
	for (const struct node *keyword = node->kids[2]; keyword;
	     keyword = keyword->next) {
		struct value value;

		if (eval(render, keyword->kids[0], &value) != 0 ||
		    add_named(render, call, named, keyword->value, value) != 0)
			return -1;
	}
	if (caller && add_named(render, call, named, value_borrow("caller", 6),
				*caller) != 0)
		return -1;
	if (star.kind != VALUE_DICT)
		return 0;
	return add_star(render, call, named, star);
}

static int make_call(struct render *render, const struct node *node,
		     const struct value *caller, struct call *call)
{
	if (render_count(render, 1) != 0 ||
	    push_arguments(render, node, call) != 0)
		return -1;
	return make_named(render, node, caller, call);
}

/* What is called: a method found by its name needs no object of its own. */
static int eval_callee(struct render *render, const struct node *node,
		       const struct call_entry **method, struct value *out)
{
	struct value subject;

	*method = NULL;
	if (node->kind != NODE_ATTRIBUTE)
		return eval(render, node, out);
	if (eval(render, node->kids[0], &subject) != 0)
		return -1;
	if (subject.kind != VALUE_OBJECT && subject.kind != VALUE_UNDEFINED)
		*method = method_find(subject, node->value);
	*out = subject;
	if (*method)
		return 0;
	return render_attribute(render, subject, node->value, out);
}

int eval_call_plain(struct render *render, const struct node *node,
		    const struct value *caller, struct value *out)
{
	struct call call = {.render = render};
	struct value *top = render->top;
	const struct call_entry *method;
	struct value callee;
	int result = -1;

	if (eval_callee(render, node->kids[0], &method, &callee) != 0)
		return -1;
	if (method)
		call.name = method->name;
	if (make_call(render, node, caller, &call) == 0) {
		call.subject = callee;
		result = method ? method->function(&call, out)
				: call_value(&call, callee, out);
	}
	render->top = top;
	return result;
}

int eval_call_with(struct render *render, const struct node *node,
		   const struct value *caller, struct value *out)
{
	return render->map ? map_call(render, node, caller, out)
			   : eval_call_plain(render, node, caller, out);
}

/* A filter or test that the library does not have: the host's, or none. */
static int call_hook(struct call *call, const struct node *node,
		     struct value *out)
{
	const struct render_hooks *hooks = call->render->hooks;
	bool filter = node->kind == NODE_FILTER;
	bool truth = false;
	int result = 1;

	if (hooks && filter) {
		result = hooks->filter(hooks->context, node->value, call, out);
	} else if (hooks) {
		result = hooks->test(hooks->context, node->value, call, &truth);
		*out = value_bool(truth);
	}
	if (result <= 0)
		return result;
	return render_fail(call->render, RENDER_RUNTIME,
			   "No %s named '%.*s' found.",
			   filter ? "filter" : "test", (int)node->value.length,
			   node->value.bytes);
}

int eval_filter(struct render *render, const struct node *node,
		const struct value *subject, struct value *out)
{
	return render->map ? map_filter(render, node, subject, out)
			   : eval_filter_plain(render, node, subject, out);
}

int eval_filter_plain(struct render *render, const struct node *node,
		      const struct value *subject, struct value *out)
{
	struct call call = {.render = render};
	struct value *top = render->top;
	int result = -1;

	if (node->kids[0]) {
		if (node->kids[0]->kind == NODE_FILTER
			    ? eval_filter(render, node->kids[0], subject,
					  &call.subject)
			    : eval(render, node->kids[0], &call.subject))
			return -1;
	} else if (subject) {
		call.subject = *subject;
	}
	if (make_call(render, node, NULL, &call) == 0) {
		if (node->entry) {
			call.name = node->entry->name;
			result = node->entry->function(&call, out);
		} else {
			result = call_hook(&call, node, out);
		}
	}
	render->top = top;
	return result;
}

int eval_test(struct render *render, const struct node *node, struct value *out)
{
	struct call call = {.render = render};
	struct value *top = render->top;
	int result = -1;

	if (eval(render, node->kids[0], &call.subject) != 0)
		return -1;
	if (make_call(render, node, NULL, &call) == 0) {
		if (node->entry) {
			call.name = node->entry->name;
			result = node->entry->function(&call, out);
		} else {
			result = call_hook(&call, node, out);
		}
	}
	render->top = top;
	return result;
}

/* Global functions as values. */
struct function_object {
	struct value_object object;
	const struct call_entry *entry;
};

static int call_function_object(struct call *call, struct value *out)
{
	const struct function_object *function =
		(const struct function_object *)call->subject.object;

	call->name = function->entry->name;
	call->subject = value_none();
	if (function->entry->function(call, out) != 0)
		return -1;
	if (!call->render->options->sandbox ||
	    strcmp(call->name, "range") != 0 || value_length(*out) <= RANGE_MAX)
		return 0;
	return render_fail(call->render, RENDER_VALUE,
			   "Range too big. The sandbox blocks ranges larger"
			   " than MAX_RANGE (%d).",
			   RANGE_MAX);
}

static int print_function(struct render *render, struct value self,
			  struct buf *out)
{
	const struct function_object *function =
		(const struct function_object *)self.object;

	(void)render;
	return buf_printf(out, "<function %s>", function->entry->name);
}

struct value function_value(struct render *render,
			    const struct call_entry *entry)
{
	static const struct value_class class = {.name = "function",
						 .call = call_function_object,
						 .print = print_function};
	struct function_object *function =
		arena_alloc(&render->arena, sizeof(*function));

	function->object.class = &class;
	function->entry = entry;
	return (struct value){.kind = VALUE_OBJECT,
			      .object = &function->object};
}
