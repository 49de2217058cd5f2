/* The evaluator of expressions. */
#include <stdio.h>

#include "runtime/text/template/track.h"

static int eval_name(struct render *render, const struct node *node,
		     struct value *out)
{
	*out = *frame_slot(render->frame, node->up, node->slot);
	if (out->kind == VALUE_ABSENT)
		*out = undefined_name(render, node->value);
	return 0;
}

static int eval_items(struct render *render, const struct node *node,
		      struct value *out)
{
	uint32_t count = 0;

	for (const struct node *item = node->kids[0]; item; item = item->next)
		count++;
	*out = node->kind == NODE_LIST ? value_list_new(&render->arena, count)
				       : value_tuple_new(&render->arena, count);
	for (const struct node *item = node->kids[0]; item; item = item->next) {
		struct value value;

		if (eval(render, item, &value) != 0)
			return -1;
		value_list_add(&render->arena, out->list, value);
	}
	return render_count(render, count);
}

/* The hash of an undefined value is refused in strict mode. */
static int check_key(struct render *render, struct value key)
{
	if (render_defined(render, key) != 0)
		return -1;
	if (value_hashable(key))
		return 0;
	return render_fail(render, RENDER_TYPE, "unhashable type: '%s'",
			   value_type_name(key));
}

static int eval_dict(struct render *render, const struct node *node,
		     struct value *out)
{
	*out = value_dict_new(&render->arena, 0);
	for (const struct node *item = node->kids[0]; item;
	     item = item->next->next) {
		struct value key;
		struct value value;

		if (eval(render, item, &key) != 0 ||
		    eval(render, item->next, &value) != 0 ||
		    check_key(render, key) != 0 || render_count(render, 1) != 0)
			return -1;
		value_dict_set(&render->arena, out->dict, key, value);
	}
	return 0;
}

static int eval_item(struct render *render, const struct node *node,
		     struct value *out)
{
	struct value subject;
	struct value key;

	if (eval(render, node->kids[0], &subject) != 0 ||
	    eval(render, node->kids[1], &key) != 0)
		return -1;
	return render_item(render, subject, key, out);
}

/* Can it be sliced? 1, or 0 with `*out` for what is missing anyway, or -1. */
static int check_slice(struct render *render, struct value subject,
		       struct value *out)
{
	switch (subject.kind) {
	case VALUE_LIST:
	case VALUE_TUPLE:
	case VALUE_STRING:
		return 1;
	case VALUE_UNDEFINED:
		*out = subject;
		return undefined_chains(render, subject)
			       ? 0
			       : render_missing(render, subject);
	case VALUE_DICT:
		return render_fail(render, RENDER_TYPE,
				   "unhashable type: 'slice'");
	case VALUE_OBJECT:
		if (subject.object->class->item)
			return 1;
		break;
	default:
		break;
	}
	return render_fail(render, RENDER_TYPE,
			   "'%s' object is not subscriptable",
			   value_type_name(subject));
}

static bool is_literal(const struct node *node)
{
	return node->kind <= NODE_DICT && node->kind != NODE_NAME;
}

static int eval_slice(struct render *render, const struct node *node,
		      struct value *out)
{
	struct value subject;
	struct value bounds[3] = {{.kind = VALUE_ABSENT},
				  {.kind = VALUE_ABSENT},
				  {.kind = VALUE_ABSENT}};
	int sliced;

	if (!node->kids[0])
		return render_fail(render, RENDER_TYPE,
				   "a slice is no index here");
	if (eval(render, node->kids[0], &subject) != 0)
		return -1;
	for (int i = 0; i < 3; i++)
		if (node->kids[i + 1] &&
		    eval(render, node->kids[i + 1], &bounds[i]) != 0)
			return -1;
	if (is_literal(node->kids[0])) { /* Jinja2 folds it, and forgives */
		*out = render_undefined(render, "nothing to slice");
		if (value_length(subject) < 0 || subject.kind == VALUE_DICT)
			return 0;
	}
	sliced = check_slice(render, subject, out);
	return sliced > 0 ? value_slice(render, subject, bounds, out) : sliced;
}

static int eval_both(struct render *render, const struct node *node,
		     struct value *left, struct value *right)
{
	if (eval(render, node->kids[0], left) != 0)
		return -1;
	return eval(render, node->kids[1], right);
}

static int eval_operate(struct render *render, const struct node *node,
			struct value *out)
{
	struct value left;
	struct value right;

	if (eval_both(render, node, &left, &right) != 0)
		return -1;
	return value_operate(render, node->operator, left, right, out);
}

/* `and` and `or`: the value of the side that decides. */
static int eval_logic(struct render *render, const struct node *node,
		      struct value *out)
{
	bool truth;

	if (eval(render, node->kids[0], out) != 0 ||
	    value_true(render, *out, &truth) != 0)
		return -1;
	if (truth == (node->kind == NODE_OR))
		return 0;
	return eval(render, node->kids[1], out);
}

static int eval_not(struct render *render, const struct node *node,
		    struct value *out)
{
	struct value value;
	bool truth;

	if (eval(render, node->kids[0], &value) != 0 ||
	    value_true(render, value, &truth) != 0)
		return -1;
	*out = value_bool(!truth);
	return 0;
}

static int eval_sign(struct render *render, const struct node *node,
		     struct value *out)
{
	struct value value;

	if (eval(render, node->kids[0], &value) != 0)
		return -1;
	if (node->kind == NODE_NEGATE)
		return value_negate(render, value, out);
	if (value.kind == VALUE_BOOL) {
		*out = value_int(value.truth);
		return 0;
	}
	*out = value;
	if (value.kind == VALUE_INT || value.kind == VALUE_BIG ||
	    value.kind == VALUE_FLOAT)
		return 0;
	if (value.kind == VALUE_UNDEFINED)
		return render_missing(render, value);
	return render_fail(render, RENDER_TYPE,
			   "bad operand type for unary +: '%s'",
			   value_type_name(value));
}

/* One comparison of two values. */
static int compare(struct render *render, enum node_compare operator,
		   const struct value sides[2], bool *out)
{
	static const char *const signs[] = {"", "", "<", "<=", ">", ">="};

	switch (operator) {
	case COMPARE_EQ:
	case COMPARE_NE:
		if (value_equal(render, sides[0], sides[1], out) != 0)
			return -1;
		*out = *out == (operator== COMPARE_EQ);
		return 0;
	case COMPARE_IN:
	case COMPARE_NOT_IN:
		if (value_contains(render, sides[1], sides[0], out) != 0)
			return -1;
		*out = *out == (operator== COMPARE_IN);
		return 0;
	default:
		return value_order(render, sides[0], signs[operator], sides[1],
				   out);
	}
}

int eval_compare(struct render *render, const struct node *node,
		 struct value *out)
{
	struct value sides[2];
	bool truth = true;

	if (eval(render, node->kids[0], &sides[0]) != 0)
		return -1;
	for (const struct node *operand = node->kids[1]; operand && truth;
	     operand = operand->next) {
		if (eval(render, operand->kids[0], &sides[1]) != 0 ||
		    compare(render, operand->operator, sides, &truth) != 0)
			return -1;
		sides[0] = sides[1];
	}
	*out = value_bool(truth);
	return 0;
}

static int eval_condition(struct render *render, const struct node *node,
			  struct value *out)
{
	const struct template *template = render->frame->loaded->template;
	bool truth;
	char text[512];
	int length;

	if (eval(render, node->kids[0], out) != 0 ||
	    value_true(render, *out, &truth) != 0)
		return -1;
	if (truth)
		return eval(render, node->kids[1], out);
	if (node->kids[2])
		return eval(render, node->kids[2], out);
	length = snprintf(text, sizeof(text),
			  "the inline if-expression on line %u in '%.*s'"
			  " evaluated to false and no else section was"
			  " defined.",
			  node->line,
			  (int)(template->name.length < 300
					? template->name.length
					: 300),
			  template->name.bytes);
	*out = undefined_plain(
		render, value_string(&render->arena, text, (size_t)length));
	return 0;
}

int take_output(struct render *render, size_t start, bool safe,
		struct value *out)
{
	struct buf *buf = render->out;
	size_t length = buf->length - start;

	if (buf->full)
		return render_fail(render, RENDER_LIMIT,
				   "the output is larger than %zu bytes",
				   buf->max);
	if (render_room(render, length) != 0)
		return -1;
	*out = length > 0
		       ? value_string(&render->arena, buf->data + start, length)
		       : value_borrow("", 0);
	if (safe)
		out->flags |= VALUE_SAFE;
	buf->length = start;
	map_take(render, start, out);
	return render_count(render, length / 64);
}

static bool any_safe(const struct value *values, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (values[i].kind == VALUE_STRING &&
		    (values[i].flags & VALUE_SAFE))
			return true;
	return false;
}

/* The parts joined; in a template that escapes, one safe part escapes all. */
int eval_concat(struct render *render, const struct node *node,
		struct value *out)
{
	struct value *values = render->top;
	size_t start = render->out->length;
	uint32_t count = 0;
	bool escape;
	int result = -1;

	for (const struct node *part = node->kids[0]; part; part = part->next) {
		if (render->top == render->stack + STACK_VALUES) {
			render_fail(render, RENDER_LIMIT,
				    "too many values at once");
			goto out;
		}
		values[count].kind = VALUE_ABSENT;
		render->top++;
		if (eval(render, part, &values[count++]) != 0)
			goto out;
	}
	escape = (node->flags & NODE_ESCAPED) && any_safe(values, count);
	for (uint32_t i = 0; i < count; i++)
		if ((escape ? value_escape : value_print)(render, values[i],
							  render->out) != 0)
			goto out;
	result = take_output(render, start, escape, out);
out:
	render->top = values;
	if (render->out->length > start)
		render->out->length = start;
	return result;
}

int eval(struct render *render, const struct node *node, struct value *out)
{
	*out = (struct value){.kind = VALUE_ABSENT};
	return render->map ? map_eval(render, node, out)
			   : eval_plain(render, node, out);
}

int eval_plain(struct render *render, const struct node *node,
	       struct value *out)
{
	switch ((enum node_kind)node->kind) {
	case NODE_CONST:
	case NODE_TEXT:
		*out = node->value;
		return 0;
	case NODE_NAME:
		return eval_name(render, node, out);
	case NODE_TUPLE:
	case NODE_LIST:
		return eval_items(render, node, out);
	case NODE_DICT:
		return eval_dict(render, node, out);
	case NODE_ATTRIBUTE:
		return eval_attribute(render, node, out);
	case NODE_ITEM:
		return eval_item(render, node, out);
	case NODE_SLICE:
		return eval_slice(render, node, out);
	case NODE_CALL:
		return eval_call_plain(render, node, NULL, out);
	case NODE_FILTER:
		return eval_filter_plain(render, node, NULL, out);
	case NODE_TEST:
		return eval_test(render, node, out);
	case NODE_OPERATE:
		return eval_operate(render, node, out);
	case NODE_AND:
	case NODE_OR:
		return eval_logic(render, node, out);
	case NODE_NOT:
		return eval_not(render, node, out);
	case NODE_NEGATE:
	case NODE_PLUS:
		return eval_sign(render, node, out);
	case NODE_CONCAT:
		return eval_concat(render, node, out);
	case NODE_COMPARE:
		return eval_compare(render, node, out);
	case NODE_CONDITION:
		return eval_condition(render, node, out);
	default:
		return render_fail(render, RENDER_RUNTIME,
				   "this cannot be evaluated");
	}
}
