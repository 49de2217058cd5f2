/* The evaluator of statements: text, assignments, conditions. */
#include <string.h>

#include "runtime/text/template/track.h"

static int fail_output(struct render *render)
{
	if (render->error->message)
		return -1;
	return render_fail(render, RENDER_LIMIT,
			   "the output is larger than %zu bytes",
			   render->out->max);
}

static int print_int(struct buf *out, int64_t integer)
{
	char digits[24];
	char *at = digits + sizeof(digits);
	uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;

	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (integer < 0)
		*--at = '-';
	return buf_append(out, at, (size_t)(digits + sizeof(digits) - at));
}

static int print_value(struct render *render, const struct node *part,
		       struct value value)
{
	bool escape = part->flags & NODE_ESCAPED;

	if (part->flags & NODE_VOLATILE)
		escape = *render->frame->context->autoescape;
	if (value.kind == VALUE_STRING &&
	    (!escape || (value.flags & VALUE_SAFE)))
		return buf_append(render->out, value.bytes, value.length);
	if (value.kind == VALUE_INT)
		return print_int(render->out, value.integer);
	return escape && !is_module(value)
		       ? value_escape(render, value, render->out)
		       : value_print(render, value, render->out);
}

static int print_part(struct render *render, const struct node *part)
{
	size_t start = render->out->length;
	struct value value;

	render->at = part;
	if (eval(render, part, &value) != 0)
		return -1;
	if (render->single && !render->frame->outer) {
		*render->single = value;
		return render_defined(render, value);
	}
	if (print_value(render, part, value) != 0)
		return -1;
	return render->map ? map_print(render, part, value, start) : 0;
}

static int print_text(struct render *render, const struct node *part)
{
	size_t start = render->out->length;

	if (buf_append(render->out, part->value.bytes, part->value.length) != 0)
		return -1;
	return render->map ? map_text(render, part, start) : 0;
}

static enum exec exec_output(struct render *render, const struct node *node)
{
	if ((node->flags & NODE_OPTIONAL) && render->frame->parent)
		return EXEC_OK;
	for (const struct node *part = node->kids[0]; part; part = part->next) {
		int result = part->kind == NODE_TEXT ? print_text(render, part)
						     : print_part(render, part);

		if (result != 0)
			return fail_output(render);
	}
	return EXEC_OK;
}

static enum exec exec_if(struct render *render, const struct node *node)
{
	const struct node *branch = node;
	const struct node *next = node->kids[2]; /* the first elif */
	struct value test;
	bool truth;

	while (branch) {
		render->at = branch;
		if (eval(render, branch->kids[0], &test) != 0 ||
		    value_true(render, test, &truth) != 0)
			return EXEC_FAIL;
		if (truth)
			return exec_list(render, branch->kids[1]);
		branch = next;
		next = branch ? branch->next : NULL;
	}
	return exec_list(render, node->kids[3]);
}

static enum exec exec_set(struct render *render, const struct node *node)
{
	struct value value;

	render->at = node;
	if (assign_check(render, node->kids[0]) != 0 ||
	    eval(render, node->kids[1], &value) != 0 ||
	    assign(render, node->kids[0], value) != 0)
		return EXEC_FAIL;
	if (node->flags & NODE_EXPORTED)
		export_target(render, node->kids[0]);
	return EXEC_OK;
}

enum exec exec_capture(struct render *render, const struct node *list,
		       struct value *out)
{
	size_t start = render->out->length;
	enum exec result = exec_list(render, list);

	if (result != EXEC_OK) {
		if (render->out->length > start)
			render->out->length = start;
		map_take(render, start, NULL);
		return result;
	}
	return take_output(render, start, *render->frame->context->autoescape,
			   out)
		       ? EXEC_FAIL
		       : EXEC_OK;
}

static enum exec exec_set_block(struct render *render, const struct node *node)
{
	struct value value;
	enum exec result;

	scope_enter(render, node->plan.scope, 0);
	result = exec_capture(render, node->kids[2], &value);
	if (result != EXEC_OK)
		return result;
	render->at = node;
	if (node->kids[1] &&
	    eval_filter(render, node->kids[1], &value, &value) != 0)
		return EXEC_FAIL;
	if (value.kind == VALUE_STRING && *render->frame->context->autoescape)
		value.flags |= VALUE_SAFE;
	if (assign(render, node->kids[0], value) != 0)
		return EXEC_FAIL;
	if (node->flags & NODE_EXPORTED)
		export_target(render, node->kids[0]);
	return EXEC_OK;
}

static enum exec exec_filter_block(struct render *render,
				   const struct node *node)
{
	struct value value;
	enum exec result;
	size_t start = render->out->length;
	bool escape = node->flags & NODE_ESCAPED;

	scope_enter(render, node->plan.scope, 0);
	result = exec_capture(render, node->kids[1], &value);
	if (result != EXEC_OK)
		return result;
	if (node->flags & NODE_VOLATILE)
		escape = *render->frame->context->autoescape;
	value.flags &= (uint8_t)~VALUE_SAFE;
	if (escape)
		value.flags |= VALUE_SAFE;
	render->at = node;
	if (eval_filter(render, node->kids[0], &value, &value) != 0 ||
	    (escape ? value_escape : value_print)(render, value, render->out) !=
		    0 ||
	    map_print(render, node, value, start) != 0)
		return fail_output(render);
	return EXEC_OK;
}

static enum exec exec_with(struct render *render, const struct node *node)
{
	const struct node *target = node->kids[0];
	const struct node *value = node->kids[1];

	scope_enter(render, node->plan.scope, 0);
	render->at = node;
	for (; target; target = target->next, value = value->next) {
		struct value what;

		if (eval(render, value, &what) != 0 ||
		    assign(render, target, what) != 0)
			return EXEC_FAIL;
	}
	return exec_list(render, node->kids[2]);
}

static enum exec exec_autoescape(struct render *render, const struct node *node)
{
	bool *mode = render->frame->context->autoescape;
	bool outer = *mode;
	struct value value;
	enum exec result;

	scope_enter(render, node->plan.scope, 0);
	render->at = node;
	if (eval(render, node->kids[0], &value) != 0 ||
	    value_true(render, value, mode) != 0)
		return EXEC_FAIL;
	result = exec_list(render, node->kids[1]);
	*mode = outer;
	return result;
}

static enum exec exec_do(struct render *render, const struct node *node)
{
	struct value value;

	render->at = node;
	return eval(render, node->kids[0], &value) ? EXEC_FAIL : EXEC_OK;
}

static enum exec exec_node(struct render *render, const struct node *node)
{
	switch ((enum node_kind)node->kind) {
	case NODE_OUTPUT:
		return exec_output(render, node);
	case NODE_FOR:
		return exec_for(render, node);
	case NODE_IF:
		return exec_if(render, node);
	case NODE_SET:
		return exec_set(render, node);
	case NODE_SET_BLOCK:
		return exec_set_block(render, node);
	case NODE_FILTER_BLOCK:
		return exec_filter_block(render, node);
	case NODE_WITH:
		return exec_with(render, node);
	case NODE_AUTOESCAPE:
		return exec_autoescape(render, node);
	case NODE_DO:
		return exec_do(render, node);
	case NODE_BREAK:
		return EXEC_BREAK;
	case NODE_CONTINUE:
		return EXEC_CONTINUE;
	case NODE_MACRO:
		return exec_macro(render, node) ? EXEC_FAIL : EXEC_OK;
	case NODE_CALL_BLOCK:
		return exec_call_block(render, node) ? EXEC_FAIL : EXEC_OK;
	case NODE_BLOCK:
		return exec_block(render, node) ? EXEC_FAIL : EXEC_OK;
	case NODE_EXTENDS:
		return exec_extends(render, node) ? EXEC_FAIL : EXEC_OK;
	case NODE_INCLUDE:
		return exec_include(render, node) ? EXEC_FAIL : EXEC_OK;
	default:
		return exec_import(render, node) ? EXEC_FAIL : EXEC_OK;
	}
}

enum exec exec_list(struct render *render, const struct node *list)
{
	for (; list; list = list->next) {
		enum exec result;

		if (render_count(render, 1) != 0)
			return EXEC_FAIL;
		result = exec_node(render, list);
		if (result != EXEC_OK)
			return result;
	}
	return EXEC_OK;
}
