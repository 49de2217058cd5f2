/* The compiler: expressions. */
#include <string.h>

#include "runtime/text/template/scope.h"

static int compile_name(struct compiler *compiler, struct node *node,
			const struct place_in_tree *in)
{
	struct place place;

	if (!symbols_find(&compiler->scopes, in->symbols, node->value, &place))
		return compile_fail(compiler, node->line,
				    "the name '%.*s' is not known here",
				    (int)node->value.length, node->value.bytes);
	node->slot = place.slot;
	node->up = place.up;
	return 0;
}

int compile_target(struct compiler *compiler, struct node *node,
		   const struct place_in_tree *in)
{
	if (node->kind == NODE_PLACE)
		return compile_name(compiler, node->kids[0], in);
	if (node->kind != NODE_TUPLE)
		return compile_name(compiler, node, in);
	for (node = node->kids[0]; node; node = node->next)
		if (compile_target(compiler, node, in) != 0)
			return -1;
	return 0;
}

/* A filter or test must exist, unless it is inside an if. */
static int compile_filter(struct compiler *compiler, struct node *node,
			  const struct place_in_tree *in)
{
	const struct template_options *options = compiler->template->options;
	bool filter = node->kind == NODE_FILTER;
	const char *nearest;

	node->entry = filter ? filter_find(node->value, options->ansible)
			     : test_find(node->value, options->ansible);
	if (node->entry || in->soft ||
	    (options->extra &&
	     options->extra(options->extra_context, filter, node->value)))
		return 0;
	compile_fail(compiler, node->line, "No %s named '%.*s'.",
		     filter ? "filter" : "test", (int)node->value.length,
		     node->value.bytes);
	nearest = filter ? filter_nearest(node->value, options->ansible)
			 : test_nearest(node->value, options->ansible);
	template_error_hint(compiler->error, nearest);
	return -1;
}

/* Python refuses to compile a call with the same keyword twice. */
static int check_keywords(struct compiler *compiler, const struct node *node)
{
	for (const struct node *keyword = node->kids[2]; keyword;
	     keyword = keyword->next)
		for (const struct node *before = node->kids[2];
		     before != keyword; before = before->next) {
			if (compiler->scopes.work++ > compiler->scopes.work_max)
				return compile_fail(compiler, node->line,
						    "too many keywords");
			if (value_same_key(before->value, keyword->value))
				return compile_fail(
					compiler, node->line,
					"keyword argument repeated: %.*s",
					(int)keyword->value.length,
					keyword->value.bytes);
		}
	return 0;
}

int compile_expression(struct compiler *compiler, struct node *node,
		       const struct place_in_tree *in)
{
	struct place_in_tree soft = *in;

	switch (node->kind) {
	case NODE_NAME:
		return compile_name(compiler, node, in);
	case NODE_FILTER:
	case NODE_TEST:
		if (check_keywords(compiler, node) != 0 ||
		    compile_filter(compiler, node, in) != 0)
			return -1;
		break;
	case NODE_CALL:
		if (check_keywords(compiler, node) != 0)
			return -1;
		break;
	case NODE_CONDITION:
		soft.soft = true;
		break;
	case NODE_ATTRIBUTE:
		node->operator= method_find(
			value_dict_new(&compiler->scopes.scratch, 0),
			node->value) != NULL;
		break;
	default:
		break;
	}
	for (int i = 0; i < NODE_KIDS; i++)
		if (compile_expressions(compiler, node->kids[i], &soft) != 0)
			return -1;
	return 0;
}

int compile_expressions(struct compiler *compiler, struct node *list,
			const struct place_in_tree *in)
{
	for (; list; list = list->next)
		if (compile_expression(compiler, list, in) != 0)
			return -1;
	return 0;
}
