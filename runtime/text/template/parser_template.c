/* The parser: macros, and tags that name other templates. */
#include <string.h>

#include "runtime/text/template/parser.h"

struct node *parse_parameters(struct parser *parser, struct node *node)
{
	struct node **end = &node->kids[1];
	bool defaults = false;

	if (!parser_expect(parser, TOKEN_LPAREN))
		return NULL;
	while (!parser_at(parser, TOKEN_RPAREN)) {
		struct node *parameter;

		if (node->kids[1] && !parser_expect(parser, TOKEN_COMMA))
			return NULL;
		parameter = parse_target_name(parser);
		if (!parameter)
			return NULL;
		parameter->kind = NODE_PARAMETER;
		if (parser_skip(parser, TOKEN_ASSIGN)) {
			defaults = true;
			if (!parser_link(parser, parameter, 0,
					 parse_expression(parser)))
				return NULL;
		} else if (defaults) {
			return parser_fail(parser, 0,
					   "non-default argument follows"
					   " default argument");
		}
		if (!parser_add(parser, node, &end, parameter))
			return NULL;
	}
	parser_advance(parser);
	return node;
}

struct node *parse_macro(struct parser *parser, struct node *node)
{
	static const char *const ends[] = {"endmacro", NULL};
	struct node *name = parse_target_name(parser);

	if (!name)
		return NULL;
	node->value = name->value;
	if (!parse_parameters(parser, node) ||
	    !parse_body(parser, node, 0, ends))
		return NULL;
	parser_advance(parser);
	return node;
}

struct node *parse_call_block(struct parser *parser, struct node *node)
{
	static const char *const ends[] = {"endcall", NULL};
	struct node *call;

	if (parser_at(parser, TOKEN_LPAREN) && !parse_parameters(parser, node))
		return NULL;
	call = parse_expression(parser);
	if (!call)
		return NULL;
	if (call->kind != NODE_CALL)
		return parser_fail(parser, node->line, "expected call");
	if (!parser_link(parser, node, 2, call) ||
	    !parse_body(parser, node, 0, ends))
		return NULL;
	parser_advance(parser);
	return node;
}

struct node *parse_filter_block(struct parser *parser, struct node *node)
{
	static const char *const ends[] = {"endfilter", NULL};

	if (!parser_link(parser, node, 0, parse_filters(parser, NULL, true)) ||
	    !parse_body(parser, node, 1, ends))
		return NULL;
	parser_advance(parser);
	return node;
}

/* `with context` or `without context`: was one there? */
static bool skip_context(struct parser *parser, struct node *node)
{
	bool with = parser_at_name(parser, "with");

	if ((!with && !parser_at_name(parser, "without")) ||
	    !token_is(parser_look(parser), "context"))
		return false;
	node->flags &= (uint8_t)~NODE_CONTEXT;
	if (with)
		node->flags |= NODE_CONTEXT;
	parser_advance(parser);
	parser_advance(parser);
	return true;
}

struct node *parse_include(struct parser *parser, struct node *node)
{
	node->flags |= NODE_CONTEXT;
	if (!parser_link(parser, node, 0, parse_expression(parser)))
		return NULL;
	if (parser_at_name(parser, "ignore") &&
	    token_is(parser_look(parser), "missing")) {
		parser_advance(parser);
		parser_advance(parser);
		node->flags |= NODE_OPTIONAL;
	}
	skip_context(parser, node);
	return node;
}

struct node *parse_import(struct parser *parser, struct node *node)
{
	if (!parser_link(parser, node, 0, parse_expression(parser)) ||
	    !parser_expect_name(parser, "as") ||
	    !parser_link(parser, node, 1, parse_target_name(parser)))
		return NULL;
	skip_context(parser, node);
	return node;
}

/* `name` or `name as alias`: a node with the name, its kid the alias. */
static struct node *parse_imported(struct parser *parser)
{
	struct node *name = parse_target_name(parser);
	struct node *alias;

	if (!name)
		return NULL;
	if (name->value.bytes[0] == '_')
		return parser_fail(parser, name->line,
				   "names starting with an underline can not"
				   " be imported");
	alias = parser_node(parser, NODE_NAME, name->line);
	alias->value = name->value;
	if (parser_skip_name(parser, "as"))
		alias = parse_target_name(parser);
	name->kind = NODE_KEYWORD;
	return parser_link(parser, name, 0, alias);
}

struct node *parse_from(struct parser *parser, struct node *node)
{
	struct node **end = &node->kids[1];

	if (!parser_link(parser, node, 0, parse_expression(parser)) ||
	    !parser_expect_name(parser, "import"))
		return NULL;
	while (true) {
		if (node->kids[1] && !parser_expect(parser, TOKEN_COMMA))
			return NULL;
		if (!parser_at(parser, TOKEN_NAME)) {
			parser_expect(parser, TOKEN_NAME);
			return NULL;
		}
		if (skip_context(parser, node))
			return node;
		if (!parser_add(parser, node, &end, parse_imported(parser)))
			return NULL;
		if (skip_context(parser, node) ||
		    !parser_at(parser, TOKEN_COMMA))
			return node;
	}
}
