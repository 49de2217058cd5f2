/* The parser: operators, from the inline if down to the power. */
#include "runtime/text/template/parser.h"

static struct node *binary(struct parser *parser, enum node_kind kind,
			   uint32_t line, struct node *left, struct node *right)
{
	struct node *node = parser_node(parser, kind, line);

	return parser_link(parser, parser_link(parser, node, 0, left), 1,
			   right);
}

static struct node *parse_not(struct parser *parser);

static struct node *parse_and(struct parser *parser)
{
	uint32_t line = parser->current.line;
	struct node *left = parse_not(parser);

	while (left && parser_skip_name(parser, "and")) {
		left = binary(parser, NODE_AND, line, left, parse_not(parser));
		line = parser->current.line;
	}
	return left;
}

struct node *parse_or(struct parser *parser)
{
	uint32_t line = parser->current.line;
	struct node *left = parse_and(parser);

	while (left && parser_skip_name(parser, "or")) {
		left = binary(parser, NODE_OR, line, left, parse_and(parser));
		line = parser->current.line;
	}
	return left;
}

/* `then if test else otherwise`, of which the last may be missing. */
static struct node *parse_condition(struct parser *parser)
{
	uint32_t line = parser->current.line;
	struct node *left = parse_or(parser);

	while (left && parser_skip_name(parser, "if")) {
		struct node *test = parse_or(parser);
		struct node *node = parser_node(parser, NODE_CONDITION, line);

		node = parser_link(parser, node, 0, test);
		node = parser_link(parser, node, 1, left);
		if (node && parser_skip_name(parser, "else"))
			node = parser_link(parser, node, 2,
					   parse_expression(parser));
		left = node;
		line = parser->current.line;
	}
	return left;
}

struct node *parse_expression(struct parser *parser)
{
	struct node *node = NULL;

	if (parser_enter(parser))
		node = parse_condition(parser);
	parser_leave(parser);
	return node;
}

static struct node *parse_concat(struct parser *parser);

static struct node *parse_math1(struct parser *parser)
{
	uint32_t line = parser->current.line;
	struct node *left = parse_concat(parser);

	while (left &&
	       (parser_at(parser, TOKEN_ADD) || parser_at(parser, TOKEN_SUB))) {
		uint8_t operator= parser_at(parser, TOKEN_ADD)
			? OPERATOR_ADD
			: OPERATOR_SUBTRACT;

		parser_advance(parser);
		left = binary(parser, NODE_OPERATE, line, left,
			      parse_concat(parser));
		if (left)
			left->operator= operator;
		line = parser->current.line;
	}
	return left;
}

/* Is a comparison's operator next? Then skip it. */
static bool skip_comparison(struct parser *parser, uint8_t *operator)
{
	static const uint8_t operators[][2] = {
		{TOKEN_EQ, COMPARE_EQ}, {TOKEN_NE, COMPARE_NE},
		{TOKEN_LT, COMPARE_LT}, {TOKEN_LTEQ, COMPARE_LE},
		{TOKEN_GT, COMPARE_GT}, {TOKEN_GTEQ, COMPARE_GE},
	};

	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++) {
		*operator= operators[i][1];
		if (parser_skip(parser, operators[i][0]))
			return true;
	}
	*operator= COMPARE_IN;
	if (parser_skip_name(parser, "in"))
		return true;
	*operator= COMPARE_NOT_IN;
	if (!parser_at_name(parser, "not") ||
	    !token_is(parser_look(parser), "in"))
		return false;
	parser_advance(parser);
	parser_advance(parser);
	return true;
}

static struct node *parse_compare(struct parser *parser)
{
	uint32_t line = parser->current.line;
	struct node *left = parse_math1(parser);
	struct node *node = NULL;
	struct node **end = NULL;
	uint8_t operator;

	while (left && skip_comparison(parser, &operator)) {
		struct node *operand = parser_node(parser, NODE_OPERAND, line);

		operand->operator= operator;
		if (!node) {
			node = parser_link(
				parser, parser_node(parser, NODE_COMPARE, line),
				0, left);
			end = node ? &node->kids[1] : NULL;
		}
		operand = parser_link(parser, operand, 0, parse_math1(parser));
		if (!node || !parser_add(parser, node, &end, operand))
			return NULL;
		line = parser->current.line;
	}
	if (!node)
		return left;
	node->line = line;
	return node;
}

static struct node *parse_not(struct parser *parser)
{
	struct node *node = NULL;
	uint32_t line = parser->current.line;

	if (!parser_at_name(parser, "not"))
		return parse_compare(parser);
	if (parser_enter(parser)) {
		parser_advance(parser);
		node = parser_link(parser, parser_node(parser, NODE_NOT, line),
				   0, parse_not(parser));
	}
	parser_leave(parser);
	return node;
}

static struct node *parse_power(struct parser *parser)
{
	uint32_t line = parser->current.line;
	struct node *left = parse_unary(parser, true);

	while (left && parser_skip(parser, TOKEN_POW)) {
		left = binary(parser, NODE_OPERATE, line, left,
			      parse_unary(parser, true));
		if (left)
			left->operator= OPERATOR_POWER;
		line = parser->current.line;
	}
	return left;
}

static bool skip_math2(struct parser *parser, uint8_t *operator)
{
	static const uint8_t operators[][2] = {
		{TOKEN_MUL, OPERATOR_MULTIPLY},
		{TOKEN_DIV, OPERATOR_DIVIDE},
		{TOKEN_FLOORDIV, OPERATOR_FLOOR_DIVIDE},
		{TOKEN_MOD, OPERATOR_MODULO},
	};

	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++) {
		*operator= operators[i][1];
		if (parser_skip(parser, operators[i][0]))
			return true;
	}
	return false;
}

static struct node *parse_math2(struct parser *parser)
{
	uint32_t line = parser->current.line;
	struct node *left = parse_power(parser);
	uint8_t operator;

	while (left && skip_math2(parser, &operator)) {
		left = binary(parser, NODE_OPERATE, line, left,
			      parse_power(parser));
		if (left)
			left->operator= operator;
		line = parser->current.line;
	}
	return left;
}

static struct node *parse_concat(struct parser *parser)
{
	uint32_t line = parser->current.line;
	struct node *first = parse_math2(parser);
	struct node *node;
	struct node **end;

	if (!first || !parser_at(parser, TOKEN_TILDE))
		return first;
	node = parser_node(parser, NODE_CONCAT, line);
	end = &node->kids[0];
	if (!parser_add(parser, node, &end, first))
		return NULL;
	while (parser_skip(parser, TOKEN_TILDE))
		if (!parser_add(parser, node, &end, parse_math2(parser)))
			return NULL;
	return node;
}
