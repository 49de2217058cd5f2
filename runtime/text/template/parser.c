#include "runtime/text/template/parser.h"

#include <string.h>

#include "runtime/base/mem.h"

static const char too_deep[] = "the template is nested too deep here";

struct node *parser_fail(struct parser *parser, uint32_t line,
			 const char *format, ...)
{
	va_list args;
	char *message;

	va_start(args, format);
	message = mem_vprintf(format, args);
	va_end(args);
	lexer_fail(&parser->lexer, line > 0 ? line : parser->current.line, "%s",
		   message);
	mem_free(message);
	return NULL;
}

static void read_token(struct parser *parser, struct token *token)
{
	uint32_t line = parser->current.line;

	if (parser->error->message || lexer_next(&parser->lexer, token) != 0) {
		*token = (struct token){.kind = TOKEN_END, .line = line};
		return;
	}
	if (token->kind == TOKEN_END)
		token->line = line; /* of the last token, as in Jinja2 */
}

void parser_advance(struct parser *parser)
{
	if (parser->has_ahead)
		parser->current = parser->ahead;
	else if (parser->current.kind != TOKEN_END)
		read_token(parser, &parser->current);
	parser->has_ahead = false;
}

struct token *parser_look(struct parser *parser)
{
	if (!parser->has_ahead) {
		read_token(parser, &parser->ahead);
		parser->has_ahead = true;
	}
	return &parser->ahead;
}

bool token_is(const struct token *token, const char *name)
{
	return token->kind == TOKEN_NAME && strlen(name) == token->length &&
	       memcmp(token->text, name, token->length) == 0;
}

bool parser_at_name(const struct parser *parser, const char *name)
{
	return token_is(&parser->current, name);
}

bool parser_skip(struct parser *parser, enum token_kind kind)
{
	if (parser->current.kind != kind)
		return false;
	parser_advance(parser);
	return true;
}

bool parser_skip_name(struct parser *parser, const char *name)
{
	if (!parser_at_name(parser, name))
		return false;
	parser_advance(parser);
	return true;
}

struct value parser_describe(const struct parser *parser)
{
	const struct token *token = &parser->current;
	const char *name;

	if (token->kind == TOKEN_NAME)
		return value_borrow(token->text, token->length);
	name = token_describe(token->kind);
	return value_borrow(name, strlen(name));
}

static bool expected(struct parser *parser, const char *what)
{
	struct value got = parser_describe(parser);

	if (parser->current.kind == TOKEN_END)
		parser_fail(parser, 0,
			    "unexpected end of template, expected '%s'.", what);
	else
		parser_fail(parser, 0, "expected token '%s', got '%.*s'", what,
			    (int)got.length, got.bytes);
	return false;
}

bool parser_expect(struct parser *parser, enum token_kind kind)
{
	return parser_skip(parser, kind) ||
	       expected(parser, token_describe(kind));
}

bool parser_expect_name(struct parser *parser, const char *name)
{
	return parser_skip_name(parser, name) || expected(parser, name);
}

struct value parser_text(struct parser *parser, const struct token *token)
{
	return value_string(parser->arena, token->text, token->length);
}

struct node *parser_node(struct parser *parser, enum node_kind kind,
			 uint32_t line)
{
	struct node *node = arena_alloc(parser->arena, sizeof(*node));

	*node = (struct node){
		.kind = (uint8_t)kind, .line = line, .flags = parser->escape};
	return node;
}

static bool raise_height(struct parser *parser, struct node *node,
			 const struct node *below)
{
	if (below->height < node->height)
		return true;
	node->height = below->height + 1;
	if (node->height < PARSER_HEIGHT)
		return true;
	parser_fail(parser, node->line, "%s", too_deep);
	return false;
}

struct node *parser_link(struct parser *parser, struct node *node, int kid,
			 struct node *below)
{
	if (!node || !below)
		return NULL;
	node->kids[kid] = below;
	return raise_height(parser, node, below) ? node : NULL;
}

bool parser_add(struct parser *parser, struct node *node, struct node ***end,
		struct node *item)
{
	if (!item)
		return false;
	**end = item;
	*end = &item->next;
	return raise_height(parser, node, item);
}

bool parser_enter(struct parser *parser)
{
	if (++parser->depth < PARSER_DEPTH)
		return true;
	parser_fail(parser, 0, "%s", too_deep);
	return false;
}

void parser_leave(struct parser *parser)
{
	parser->depth--;
}

/* The template as it is lexed: ends of lines are "\n", the last one goes. */
static void normalise(struct template *template)
{
	char *out = template->source;
	const char *in = out;
	const char *end = in + template->length;

	while (in < end) {
		char c = *in++;

		if (c == '\r') {
			c = '\n';
			if (in < end && *in == '\n')
				in++;
		}
		*out++ = c;
	}
	if (!template->options->keep_trailing_newline &&
	    out > template->source && out[-1] == '\n')
		out--;
	*out = '\0';
	template->length = (uint32_t)(out - template->source);
}

int parser_run(struct template *template, struct template_error *error)
{
	struct parser *parser = mem_alloc(sizeof(*parser));
	bool done;

	normalise(template);
	parser->template = template;
	parser->arena = &template->arena;
	parser->error = error;
	parser->escape = template->options->autoescape ? NODE_ESCAPED : 0;
	lexer_init(&parser->lexer, template->options, template->source,
		   template->length);
	parser->lexer.error = error;
	parser->current = (struct token){.kind = TOKEN_DATA, .line = 1};
	parser_advance(parser);
	done = parse_whole(parser, &template->body);
	mem_free(parser);
	if (done && !error->message)
		return 0;
	return -1;
}
