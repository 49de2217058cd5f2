/* The parser: names, literals, subscripts, calls, filters and tests. */
#include <string.h>

#include "runtime/text/template/parser.h"

static struct node *parse_name(struct parser *parser, const struct token *token)
{
	struct node *node = parser_node(parser, NODE_CONST, token->line);

	parser_advance(parser);
	if (token_is(token, "true") || token_is(token, "True"))
		node->value = value_bool(true);
	else if (token_is(token, "false") || token_is(token, "False"))
		node->value = value_bool(false);
	else if (token_is(token, "none") || token_is(token, "None"))
		node->value = value_none();
	else {
		node->kind = NODE_NAME;
		node->value = parser_text(parser, token);
		node->source =
			(uint32_t)(token->text - parser->template->source);
		node->length = token->length;
	}
	return node;
}

/* Strings that follow each other are one. */
static struct node *parse_strings(struct parser *parser)
{
	struct node *node =
		parser_node(parser, NODE_CONST, parser->current.line);
	struct value text = value_borrow("", 0);
	size_t room = 0; /* of `text`; it doubles */

	while (parser_at(parser, TOKEN_STRING)) {
		struct token token = parser->current;
		struct value part;
		size_t length;
		char *joined = (char *)text.bytes;

		parser_advance(parser);
		if (!parse_string(parser, &token, &part))
			return NULL;
		if (text.length == 0) {
			text = part;
			continue;
		}
		length = (size_t)text.length + part.length;
		if (length > room) {
			room = 2 * length;
			joined = arena_alloc(parser->arena, room);
			memcpy(joined, text.bytes, text.length);
		}
		memcpy(joined + text.length, part.bytes, part.length);
		text = value_borrow(joined, length);
	}
	node->value = text;
	return node;
}

static struct node *parse_list(struct parser *parser, uint32_t line)
{
	struct node *node = parser_node(parser, NODE_LIST, line);
	struct node **end = &node->kids[0];

	parser_advance(parser);
	while (!parser_at(parser, TOKEN_RBRACKET)) {
		if (node->kids[0] && !parser_expect(parser, TOKEN_COMMA))
			return NULL;
		if (parser_at(parser, TOKEN_RBRACKET))
			break;
		if (!parser_add(parser, node, &end, parse_expression(parser)))
			return NULL;
	}
	parser_advance(parser);
	return node;
}

static struct node *parse_dict(struct parser *parser, uint32_t line)
{
	struct node *node = parser_node(parser, NODE_DICT, line);
	struct node **end = &node->kids[0];

	parser_advance(parser);
	while (!parser_at(parser, TOKEN_RBRACE)) {
		if (node->kids[0] && !parser_expect(parser, TOKEN_COMMA))
			return NULL;
		if (parser_at(parser, TOKEN_RBRACE))
			break;
		if (!parser_add(parser, node, &end, parse_expression(parser)) ||
		    !parser_expect(parser, TOKEN_COLON) ||
		    !parser_add(parser, node, &end, parse_expression(parser)))
			return NULL;
	}
	parser_advance(parser);
	return node;
}

static struct node *parse_literal(struct parser *parser)
{
	struct token token = parser->current;
	struct node *node = parser_node(parser, NODE_CONST, token.line);

	parser_advance(parser);
	node->value = token.kind == TOKEN_INTEGER
			      ? parse_integer(parser, &token)
			      : parse_float(parser, &token);
	return node;
}

struct node *parse_primary(struct parser *parser)
{
	struct token token = parser->current;
	struct value got;
	struct node *node;

	switch (token.kind) {
	case TOKEN_NAME:
		return parse_name(parser, &token);
	case TOKEN_STRING:
		return parse_strings(parser);
	case TOKEN_INTEGER:
	case TOKEN_FLOAT:
		return parse_literal(parser);
	case TOKEN_LPAREN:
		parser_advance(parser);
		node = parse_tuple(parser, TUPLE_EXPLICIT);
		if (!node || !parser_expect(parser, TOKEN_RPAREN))
			return NULL;
		return node;
	case TOKEN_LBRACKET:
		return parse_list(parser, token.line);
	case TOKEN_LBRACE:
		return parse_dict(parser, token.line);
	default:
		got = parser_describe(parser);
		return parser_fail(parser, token.line, "unexpected '%.*s'",
				   (int)got.length, got.bytes);
	}
}

static struct node *parse_part(struct parser *parser, enum tuple_mode mode)
{
	if (mode == TUPLE_SIMPLE)
		return parse_primary(parser);
	return mode == TUPLE_NO_CONDITION ? parse_or(parser)
					  : parse_expression(parser);
}

static bool at_tuple_end(const struct parser *parser)
{
	return parser_at(parser, TOKEN_VARIABLE_END) ||
	       parser_at(parser, TOKEN_BLOCK_END) ||
	       parser_at(parser, TOKEN_RPAREN);
}

struct node *parse_tuple(struct parser *parser, enum tuple_mode mode)
{
	struct node *node =
		parser_node(parser, NODE_TUPLE, parser->current.line);
	struct node **last = &node->kids[0];
	bool is_tuple = false;
	struct value got;

	while (true) {
		if (node->kids[0] && !parser_expect(parser, TOKEN_COMMA))
			return NULL;
		if (at_tuple_end(parser))
			break;
		if (!parser_add(parser, node, &last, parse_part(parser, mode)))
			return NULL;
		if (!parser_at(parser, TOKEN_COMMA))
			break;
		is_tuple = true;
		node->line = parser->current.line;
	}
	if (is_tuple || (mode == TUPLE_EXPLICIT && !node->kids[0]))
		return node;
	if (node->kids[0])
		return node->kids[0];
	got = parser_describe(parser);
	return parser_fail(parser, 0, "Expected an expression, got '%.*s'",
			   (int)got.length, got.bytes);
}

struct node *parse_unary(struct parser *parser, bool with_filter)
{
	uint32_t line = parser->current.line;
	struct node *node = NULL;
	bool minus = parser_at(parser, TOKEN_SUB);

	if (!parser_enter(parser))
		goto out;
	if (minus || parser_at(parser, TOKEN_ADD)) {
		parser_advance(parser);
		node = parser_link(parser,
				   parser_node(parser,
					       minus ? NODE_NEGATE : NODE_PLUS,
					       line),
				   0, parse_unary(parser, false));
	} else {
		node = parse_primary(parser);
	}
	node = parse_postfix(parser, node);
	if (node && with_filter)
		node = parse_filters(parser, node, true);
out:
	parser_leave(parser);
	return node;
}
