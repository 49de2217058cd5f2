/* The parser: one tag after the other. */
#include <string.h>

#include "runtime/text/template/parser.h"

/* A name or tuple of names may be assigned to; names are marked as stored. */
static bool can_assign(struct node *node)
{
	if (node->kind == NODE_NAME) {
		node->operator= NAME_STORED;
		return true;
	}
	if (node->kind != NODE_TUPLE)
		return false;
	for (node = node->kids[0]; node; node = node->next)
		if (!can_assign(node))
			return false;
	return true;
}

static const char *class_name(const struct node *node)
{
	static const char *const names[] = {
		[NODE_CONST] = "const",
		[NODE_TUPLE] = "tuple",
		[NODE_LIST] = "list",
		[NODE_DICT] = "dict",
	};

	return node->kind <= NODE_DICT ? names[node->kind] : "expression";
}

struct node *parse_target(struct parser *parser)
{
	struct node *node = parse_tuple(parser, TUPLE_SIMPLE);

	if (!node || can_assign(node))
		return node;
	return parser_fail(parser, node->line, "can't assign to '%s'",
			   class_name(node));
}

struct node *parse_target_name(struct parser *parser)
{
	struct token token = parser->current;
	struct node *node = parser_node(parser, NODE_NAME, token.line);

	if (!parser_expect(parser, TOKEN_NAME))
		return NULL;
	node->operator= NAME_DECLARED;
	node->value = parser_text(parser, &token);
	/* Jinja2 takes the names of constants, but not as targets */
	if (token_is(&token, "true") || token_is(&token, "false") ||
	    token_is(&token, "none") || token_is(&token, "True") ||
	    token_is(&token, "False") || token_is(&token, "None"))
		return parser_fail(parser, token.line,
				   "can't assign to 'name'");
	return node;
}

static struct node *parse_place(struct parser *parser)
{
	struct token token = parser->current;
	struct node *node = parser_node(parser, NODE_PLACE, token.line);
	struct node *name = parser_node(parser, NODE_NAME, token.line);
	struct node *attribute;

	name->value = parser_text(parser, &token);
	if (!parser_expect(parser, TOKEN_NAME) ||
	    !parser_expect(parser, TOKEN_DOT))
		return NULL;
	token = parser->current;
	attribute = parser_node(parser, NODE_CONST, token.line);
	attribute->value = parser_text(parser, &token);
	if (!parser_expect(parser, TOKEN_NAME))
		return NULL;
	node = parser_link(parser, node, 0, name);
	return parser_link(parser, node, 1, attribute);
}

static struct node *parse_set(struct parser *parser, struct node *node)
{
	static const char *const ends[] = {"endset", NULL};
	bool place = parser_look(parser)->kind == TOKEN_DOT;

	node->kind = NODE_SET;
	if (!parser_link(parser, node, 0,
			 place ? parse_place(parser) : parse_target(parser)))
		return NULL;
	if (parser_skip(parser, TOKEN_ASSIGN))
		return parser_link(parser, node, 1,
				   parse_tuple(parser, TUPLE_FULL));
	node->kind = NODE_SET_BLOCK;
	if (parser_skip(parser, TOKEN_PIPE) &&
	    !parser_link(parser, node, 1, parse_filters(parser, NULL, true)))
		return NULL;
	if (!parse_body(parser, node, 2, ends))
		return NULL;
	parser_advance(parser);
	return node;
}

static struct node *parse_for(struct parser *parser, struct node *node)
{
	static const char *const ends[] = {"endfor", "else", NULL};
	static const char *const else_ends[] = {"endfor", NULL};

	node->kind = NODE_FOR;
	if (!parser_link(parser, node, 0, parse_target(parser)) ||
	    !parser_expect_name(parser, "in") ||
	    !parser_link(parser, node, 1,
			 parse_tuple(parser, TUPLE_NO_CONDITION)))
		return NULL;
	if (parser_skip_name(parser, "if") &&
	    !parser_link(parser, node, 4, parse_expression(parser)))
		return NULL;
	if (parser_skip_name(parser, "recursive"))
		node->flags |= NODE_RECURSIVE;
	if (!parse_body(parser, node, 2, ends))
		return NULL;
	if (parser_skip_name(parser, "else") &&
	    !parse_body(parser, node, 3, else_ends))
		return NULL;
	parser_advance(parser);
	return node;
}

static struct node *parse_if(struct parser *parser, struct node *node)
{
	static const char *const ends[] = {"elif", "else", "endif", NULL};
	static const char *const else_ends[] = {"endif", NULL};
	struct node *branch = node;
	struct node **end = &node->kids[2];

	node->kind = NODE_IF;
	while (true) {
		if (!parser_link(parser, branch, 0,
				 parse_tuple(parser, TUPLE_NO_CONDITION)) ||
		    !parse_body(parser, branch, 1, ends))
			return NULL;
		if (!parser_skip_name(parser, "elif"))
			break;
		branch = parser_node(parser, NODE_IF, parser->current.line);
		if (!parser_add(parser, node, &end, branch))
			return NULL;
	}
	if (parser_skip_name(parser, "else") &&
	    !parse_body(parser, node, 3, else_ends))
		return NULL;
	parser_advance(parser);
	return node;
}

static struct node *parse_with(struct parser *parser, struct node *node)
{
	static const char *const ends[] = {"endwith", NULL};
	struct node **targets = &node->kids[0];
	struct node **values = &node->kids[1];

	node->kind = NODE_WITH;
	while (!parser_at(parser, TOKEN_BLOCK_END)) {
		if (node->kids[0] && !parser_expect(parser, TOKEN_COMMA))
			return NULL;
		if (!parser_add(parser, node, &targets, parse_target(parser)) ||
		    !parser_expect(parser, TOKEN_ASSIGN) ||
		    !parser_add(parser, node, &values,
				parse_expression(parser)))
			return NULL;
	}
	if (!parse_body(parser, node, 2, ends))
		return NULL;
	parser_advance(parser);
	return node;
}

static struct node *parse_autoescape(struct parser *parser, struct node *node)
{
	static const char *const ends[] = {"endautoescape", NULL};
	uint8_t outer = parser->escape;
	struct node *mode = parse_expression(parser);
	bool done;

	node->kind = NODE_AUTOESCAPE;
	if (!parser_link(parser, node, 0, mode))
		return NULL;
	if (mode->kind == NODE_CONST && mode->value.kind == VALUE_BOOL)
		parser->escape = mode->value.truth ? NODE_ESCAPED : 0;
	else
		parser->escape = NODE_VOLATILE;
	done = parse_body(parser, node, 1, ends);
	parser->escape = outer;
	if (!done)
		return NULL;
	parser_advance(parser);
	return node;
}

static bool only_space(const struct node *list)
{
	for (const struct node *node = list; node; node = node->next) {
		if (node->kind != NODE_OUTPUT)
			return false;
		for (const struct node *part = node->kids[0]; part;
		     part = part->next) {
			if (part->kind != NODE_TEXT)
				return false;
			for (uint32_t i = 0; i < part->value.length; i++)
				if (!lexer_space(part->value.bytes[i]))
					return false;
		}
	}
	return true;
}

static struct node *parse_block(struct parser *parser, struct node *node)
{
	static const char *const ends[] = {"endblock", NULL};
	uint8_t outer = parser->escape;
	struct token name = parser->current;
	bool done;

	node->kind = NODE_BLOCK;
	if (!parser_expect(parser, TOKEN_NAME))
		return NULL;
	node->value = parser_text(parser, &name);
	if (parser_skip_name(parser, "scoped"))
		node->flags |= NODE_SCOPED;
	if (parser_skip_name(parser, "required"))
		node->flags |= NODE_REQUIRED;
	if (parser_at(parser, TOKEN_SUB))
		return parser_fail(
			parser, 0,
			"Block names in Jinja have to be valid Python"
			" identifiers and may not contain hyphens, use an"
			" underscore instead.");
	parser->escape =
		parser->template->options->autoescape ? NODE_ESCAPED : 0;
	done = parse_body(parser, node, 0, ends);
	parser->escape = outer;
	if (!done)
		return NULL;
	parser_advance(parser);
	if ((node->flags & NODE_REQUIRED) && !only_space(node->kids[0]))
		return parser_fail(parser, 0,
				   "Required blocks can only contain comments"
				   " or whitespace");
	if (parser_at(parser, TOKEN_NAME) &&
	    parser->current.length == name.length &&
	    memcmp(parser->current.text, name.text, name.length) == 0)
		parser_advance(parser);
	return node;
}

static struct node *parse_do(struct parser *parser, struct node *node)
{
	node->kind = NODE_DO;
	return parser_link(parser, node, 0, parse_tuple(parser, TUPLE_FULL));
}

static struct node *parse_extends(struct parser *parser, struct node *node)
{
	node->kind = NODE_EXTENDS;
	parser->template->extends = true;
	return parser_link(parser, node, 0, parse_expression(parser));
}

static struct node *parse_print_tag(struct parser *parser, struct node *node)
{
	struct node **end = &node->kids[0];

	node->kind = NODE_OUTPUT;
	while (!parser_at(parser, TOKEN_BLOCK_END)) {
		if (node->kids[0] && !parser_expect(parser, TOKEN_COMMA))
			return NULL;
		if (!parser_add(parser, node, &end, parse_expression(parser)))
			return NULL;
	}
	return node;
}

static struct node *parse_loop_control(struct parser *parser, struct node *node)
{
	(void)parser;
	return node; /* its kind was set by the tag's name */
}

typedef struct node *tag_parser(struct parser *parser, struct node *node);

enum tag_extension { EXTENSION_NONE, EXTENSION_DO, EXTENSION_LOOP };

static const struct {
	const char *name;
	tag_parser *parse;
	uint8_t kind, extension;
} tags[] = {
	{"for", parse_for, NODE_FOR, EXTENSION_NONE},
	{"if", parse_if, NODE_IF, EXTENSION_NONE},
	{"set", parse_set, NODE_SET, EXTENSION_NONE},
	{"block", parse_block, NODE_BLOCK, EXTENSION_NONE},
	{"extends", parse_extends, NODE_EXTENDS, EXTENSION_NONE},
	{"include", parse_include, NODE_INCLUDE, EXTENSION_NONE},
	{"import", parse_import, NODE_IMPORT, EXTENSION_NONE},
	{"from", parse_from, NODE_FROM, EXTENSION_NONE},
	{"macro", parse_macro, NODE_MACRO, EXTENSION_NONE},
	{"call", parse_call_block, NODE_CALL_BLOCK, EXTENSION_NONE},
	{"filter", parse_filter_block, NODE_FILTER_BLOCK, EXTENSION_NONE},
	{"with", parse_with, NODE_WITH, EXTENSION_NONE},
	{"autoescape", parse_autoescape, NODE_AUTOESCAPE, EXTENSION_NONE},
	{"print", parse_print_tag, NODE_OUTPUT, EXTENSION_NONE},
	{"do", parse_do, NODE_DO, EXTENSION_DO},
	{"break", parse_loop_control, NODE_BREAK, EXTENSION_LOOP},
	{"continue", parse_loop_control, NODE_CONTINUE, EXTENSION_LOOP},
};

struct node *parse_tag(struct parser *parser, const struct token *tag)
{
	const struct template_options *options = parser->template->options;
	struct node *node;

	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
		if (!token_is(tag, tags[i].name) ||
		    (tags[i].extension == EXTENSION_DO && !options->do_tag) ||
		    (tags[i].extension == EXTENSION_LOOP &&
		     !options->loop_controls))
			continue;
		node = parser_node(parser, tags[i].kind, tag->line);
		parser_advance(parser);
		return tags[i].parse(parser, node);
	}
	return NULL;
}
