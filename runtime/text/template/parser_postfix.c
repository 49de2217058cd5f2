/* The parser: what follows an operand: subscripts, calls, filters, tests. */
#include "runtime/text/template/parser.h"

/* `start:stop:step` in brackets; a plain expression is no slice. */
static struct node *parse_subscript_item(struct parser *parser)
{
	struct node *slice =
		parser_node(parser, NODE_SLICE, parser->current.line);

	if (!parser_at(parser, TOKEN_COLON)) {
		struct node *first = parse_expression(parser);

		if (!first || !parser_at(parser, TOKEN_COLON))
			return first;
		if (!parser_link(parser, slice, 1, first))
			return NULL;
	}
	parser_advance(parser);
	for (int kid = 2; kid <= 3; kid++) {
		if (!parser_at(parser, TOKEN_COLON) &&
		    !parser_at(parser, TOKEN_RBRACKET) &&
		    !parser_at(parser, TOKEN_COMMA) &&
		    !parser_link(parser, slice, kid, parse_expression(parser)))
			return NULL;
		if (kid == 3 || !parser_skip(parser, TOKEN_COLON))
			break;
	}
	return slice;
}

static struct node *parse_brackets(struct parser *parser, uint32_t line,
				   struct node *subject)
{
	struct node *tuple = parser_node(parser, NODE_TUPLE, line);
	struct node **end = &tuple->kids[0];
	struct node *node = parser_node(parser, NODE_ITEM, line);
	struct node *key;

	while (!parser_at(parser, TOKEN_RBRACKET)) {
		if (tuple->kids[0] && !parser_expect(parser, TOKEN_COMMA))
			return NULL;
		if (!parser_add(parser, tuple, &end,
				parse_subscript_item(parser)))
			return NULL;
	}
	parser_advance(parser);
	key = tuple->kids[0];
	if (key && key->kind == NODE_SLICE && !key->next && !key->kids[0]) {
		key->line = line;
		return parser_link(parser, key, 0, subject);
	}
	if (!key || key->next)
		key = tuple;
	node = parser_link(parser, node, 0, subject);
	return parser_link(parser, node, 1, key);
}

static struct node *parse_dot(struct parser *parser, uint32_t line,
			      struct node *subject)
{
	struct token token = parser->current;
	struct node *node = parser_node(parser, NODE_ATTRIBUTE, line);
	struct node *key;

	parser_advance(parser);
	if (token.kind == TOKEN_NAME) {
		node->value = parser_text(parser, &token);
		node->slot = ++parser->template->hints;
		return parser_link(parser, node, 0, subject);
	}
	if (token.kind != TOKEN_INTEGER)
		return parser_fail(parser, token.line,
				   "expected name or number");
	node->kind = NODE_ITEM;
	key = parser_node(parser, NODE_CONST, token.line);
	key->value = parse_integer(parser, &token);
	node = parser_link(parser, node, 0, subject);
	return parser_link(parser, node, 1, key);
}

struct node *parse_postfix(struct parser *parser, struct node *node)
{
	while (node) {
		uint32_t line = parser->current.line;

		if (parser_skip(parser, TOKEN_DOT))
			node = parse_dot(parser, line, node);
		else if (parser_skip(parser, TOKEN_LBRACKET))
			node = parse_brackets(parser, line, node);
		else if (parser_at(parser, TOKEN_LPAREN))
			node = parse_call(parser, node);
		else
			break;
	}
	return node;
}

static struct node *parse_keyword(struct parser *parser)
{
	struct token token = parser->current;
	struct node *node = parser_node(parser, NODE_KEYWORD, token.line);

	node->value = parser_text(parser, &token);
	parser_advance(parser);
	parser_advance(parser);
	return parser_link(parser, node, 0, parse_expression(parser));
}

/* One argument; the ends of the lists of plain ones and of keywords. */
static bool parse_argument(struct parser *parser, struct node *node,
			   struct node ***ends, uint32_t line)
{
	bool star = parser_at(parser, TOKEN_MUL);

	if (star || parser_at(parser, TOKEN_POW)) {
		int kid = star ? 3 : 4;

		if (node->kids[4] || (star && node->kids[3]))
			goto fail;
		parser_advance(parser);
		return parser_link(parser, node, kid, parse_expression(parser));
	}
	if (node->kids[4])
		goto fail;
	if (parser_at(parser, TOKEN_NAME) &&
	    parser_look(parser)->kind == TOKEN_ASSIGN)
		return parser_add(parser, node, &ends[1],
				  parse_keyword(parser));
	if (node->kids[2] || node->kids[3])
		goto fail;
	return parser_add(parser, node, &ends[0], parse_expression(parser));
fail:
	parser_fail(parser, line,
		    "invalid syntax for function call expression");
	return false;
}

bool parse_arguments(struct parser *parser, struct node *node)
{
	uint32_t line = parser->current.line;
	struct node **ends[] = {&node->kids[1], &node->kids[2]};
	bool comma = false;

	if (!parser_expect(parser, TOKEN_LPAREN))
		return false;
	while (!parser_at(parser, TOKEN_RPAREN)) {
		if (comma) {
			if (!parser_expect(parser, TOKEN_COMMA))
				return false;
			if (parser_at(parser, TOKEN_RPAREN))
				break;
		}
		if (!parse_argument(parser, node, ends, line))
			return false;
		comma = true;
	}
	return parser_expect(parser, TOKEN_RPAREN);
}

struct node *parse_call(struct parser *parser, struct node *callee)
{
	struct node *node =
		parser_node(parser, NODE_CALL, parser->current.line);

	if (!parse_arguments(parser, node))
		return NULL;
	return parser_link(parser, node, 0, callee);
}

/* A name with dots in it, as filters and tests have. */
static bool parse_dotted(struct parser *parser, struct node *node)
{
	struct token token = parser->current;
	struct buf name;

	if (!parser_expect(parser, TOKEN_NAME))
		return false;
	node->source = (uint32_t)(token.text - parser->template->source);
	node->length = token.length;
	node->value = parser_text(parser, &token);
	if (!parser_at(parser, TOKEN_DOT))
		return true;
	buf_init(&name, parser->template->length + 1u);
	buf_append(&name, token.text, token.length);
	while (parser_skip(parser, TOKEN_DOT)) {
		token = parser->current;
		if (!parser_expect(parser, TOKEN_NAME))
			break;
		buf_printf(&name, ".%.*s", (int)token.length, token.text);
	}
	node->value = value_string(parser->arena, name.data, name.length);
	buf_release(&name);
	return !parser->error->message;
}

static struct node *parse_filter(struct parser *parser, struct node *subject)
{
	struct node *node =
		parser_node(parser, NODE_FILTER, parser->current.line);

	if (!parse_dotted(parser, node) ||
	    (parser_at(parser, TOKEN_LPAREN) && !parse_arguments(parser, node)))
		return NULL;
	return subject ? parser_link(parser, node, 0, subject) : node;
}

static bool at_test_argument(const struct parser *parser)
{
	switch (parser->current.kind) {
	case TOKEN_NAME:
		return !parser_at_name(parser, "else") &&
		       !parser_at_name(parser, "or") &&
		       !parser_at_name(parser, "and");
	case TOKEN_STRING:
	case TOKEN_INTEGER:
	case TOKEN_FLOAT:
	case TOKEN_LBRACKET:
	case TOKEN_LBRACE:
		return true;
	default:
		return false;
	}
}

static struct node *parse_test(struct parser *parser, struct node *subject)
{
	uint32_t line = parser->current.line;
	struct node *node = parser_node(parser, NODE_TEST, line);
	struct node **end = &node->kids[1];
	bool negated;

	parser_advance(parser);
	negated = parser_skip_name(parser, "not");
	if (!parse_dotted(parser, node))
		return NULL;
	if (parser_at(parser, TOKEN_LPAREN)) {
		if (!parse_arguments(parser, node))
			return NULL;
	} else if (at_test_argument(parser)) {
		if (parser_at_name(parser, "is"))
			return parser_fail(parser, 0,
					   "You cannot chain multiple tests"
					   " with is");
		if (!parser_add(parser, node, &end,
				parse_postfix(parser, parse_primary(parser))))
			return NULL;
	}
	node = parser_link(parser, node, 0, subject);
	if (!negated)
		return node;
	return parser_link(parser, parser_node(parser, NODE_NOT, line), 0,
			   node);
}

/*
 * Filters, and behind an operand also tests and calls. Without a node one
 * filter must follow.
 */
struct node *parse_filters(struct parser *parser, struct node *node, bool begin)
{
	if (!node && begin) {
		node = parse_filter(parser, NULL);
		if (!node)
			return NULL;
		begin = false;
	}
	while (node) {
		if (parser_skip(parser, TOKEN_PIPE))
			node = parse_filter(parser, node);
		else if (begin && parser_at_name(parser, "is"))
			node = parse_test(parser, node);
		else if (begin && parser_at(parser, TOKEN_LPAREN))
			node = parse_call(parser, node);
		else
			break;
	}
	return node;
}
