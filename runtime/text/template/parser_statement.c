/* The parser: bodies of text and tags, and what is wrong with a tag. */
#include <string.h>

#include "runtime/text/template/parser.h"

/* "'elif' or 'else' or 'endif'" */
static void append_ends(struct buf *text, const char *const *ends)
{
	for (; *ends; ends++)
		buf_printf(text, "'%s'%s", *ends, ends[1] ? " or " : "");
}

static bool waited_for(const struct parser *parser, const struct token *name)
{
	for (uint32_t i = 0; i < parser->end_count; i++)
		for (const char *const *end = parser->ends[i]; *end; end++)
			if (token_is(name, *end))
				return true;
	return false;
}

/* Fail at a tag that is not known, or (NULL) at the end of the template. */
static struct node *fail_tag(struct parser *parser, const struct token *name,
			     const char *const *ends)
{
	struct buf text;

	buf_init(&text, 4096);
	if (name)
		buf_printf(&text, "Encountered unknown tag '%.*s'.",
			   (int)name->length, name->text);
	else
		buf_puts(&text, "Unexpected end of template.");
	if (!ends && parser->end_count > 0)
		ends = parser->ends[parser->end_count - 1];
	if (ends && name && waited_for(parser, name)) {
		buf_puts(&text,
			 " You probably made a nesting mistake. Jinja is"
			 " expecting this tag, but currently looking for ");
		append_ends(&text, ends);
		buf_putc(&text, '.');
	} else if (ends) {
		buf_puts(&text, " Jinja was looking for the following tags: ");
		append_ends(&text, ends);
		buf_putc(&text, '.');
	}
	if (parser->tag_count > 0)
		buf_printf(&text,
			   " The innermost block that needs to be closed is"
			   " '%.*s'.",
			   (int)parser->tags[parser->tag_count - 1].length,
			   parser->tags[parser->tag_count - 1].text);
	parser_fail(parser, name ? name->line : 0, "%s", text.data);
	buf_release(&text);
	return NULL;
}

struct node *parse_statement(struct parser *parser)
{
	struct token tag = parser->current;
	struct node *node;

	if (tag.kind != TOKEN_NAME)
		return parser_fail(parser, tag.line, "tag name expected");
	if (parser->tag_count == PARSER_TAGS)
		return parser_fail(parser, tag.line,
				   "tags are nested too deep");
	parser->tags[parser->tag_count++] = tag;
	node = parse_tag(parser, &tag);
	if (!node && !parser->error->message) {
		parser->tag_count--;
		return fail_tag(parser, &tag, NULL);
	}
	parser->tag_count--;
	return node;
}

/* The template's text, with the newlines it is to have. */
static struct value data_value(struct parser *parser, const struct token *token)
{
	const char *newline = parser->template->options->newline;
	struct value value = value_borrow(token->text, token->length);
	struct buf text;

	if (strcmp(newline, "\n") == 0 ||
	    !memchr(token->text, '\n', token->length))
		return value;
	buf_init(&text, (size_t)token->length * 2 + 1);
	for (uint32_t i = 0; i < token->length; i++) {
		if (token->text[i] == '\n')
			buf_puts(&text, newline);
		else
			buf_putc(&text, token->text[i]);
	}
	value = value_string(parser->arena, text.data, text.length);
	buf_release(&text);
	return value;
}

static struct node *parse_data(struct parser *parser)
{
	struct node *node =
		parser_node(parser, NODE_TEXT, parser->current.line);

	node->value = data_value(parser, &parser->current);
	parser_advance(parser);
	return node;
}

/* What stands between two ends of the lexer, for messages. */
static void mark_source(struct parser *parser, struct node *node,
			const char *from)
{
	const char *to = parser->current.text;

	if (node && to > from) {
		node->source = (uint32_t)(from - parser->template->source);
		node->length = (uint32_t)(to - from);
	}
}

static struct node *parse_print(struct parser *parser)
{
	const char *from;
	struct node *node;

	parser_advance(parser);
	from = parser->current.text;
	node = parse_tuple(parser, TUPLE_FULL);
	if (!node)
		return NULL;
	mark_source(parser, node, from);
	return parser_expect(parser, TOKEN_VARIABLE_END) ? node : NULL;
}

/* Texts and values that follow each other; NULL after a failure. */
static struct node *parse_output(struct parser *parser)
{
	struct node *node =
		parser_node(parser, NODE_OUTPUT, parser->current.line);
	struct node **end = &node->kids[0];

	while (true) {
		struct node *part;

		if (parser_at(parser, TOKEN_DATA))
			part = parse_data(parser);
		else if (parser_at(parser, TOKEN_VARIABLE_BEGIN))
			part = parse_print(parser);
		else
			return node;
		if (!parser_add(parser, node, &end, part))
			return NULL;
	}
}

static bool at_end(const struct parser *parser, const char *const *ends)
{
	for (; ends && *ends; ends++)
		if (parser_at_name(parser, *ends))
			return true;
	return false;
}

/* The next node of a body; NULL at its end or after a failure. */
static struct node *parse_next(struct parser *parser, const char *const *ends)
{
	struct node *node;
	const char *from;

	if (parser_at(parser, TOKEN_END))
		return NULL;
	if (!parser_at(parser, TOKEN_BLOCK_BEGIN))
		return parse_output(parser);
	parser_advance(parser);
	from = parser->current.text;
	parser->from = from;
	if (at_end(parser, ends))
		return NULL;
	node = parse_statement(parser);
	if (!node)
		return NULL;
	if (!node->length)
		mark_source(parser, node, from);
	return parser_expect(parser, TOKEN_BLOCK_END) ? node : NULL;
}

static bool parse_list(struct parser *parser, struct node *holder,
		       struct node **list, const char *const *ends)
{
	struct node *node;
	struct node **end = list;

	if (ends)
		parser->ends[parser->end_count++] = ends;
	while ((node = parse_next(parser, ends)))
		if (!parser_add(parser, holder, &end, node))
			break;
	if (ends)
		parser->end_count--;
	return !parser->error->message;
}

bool parse_body(struct parser *parser, struct node *node, int kid,
		const char *const *ends)
{
	bool done = false;

	parser_skip(parser, TOKEN_COLON);
	if (!node->length)
		mark_source(parser, node, parser->from);
	if (!parser_expect(parser, TOKEN_BLOCK_END))
		return false;
	if (parser_enter(parser))
		done = parse_list(parser, node, &node->kids[kid], ends);
	parser_leave(parser);
	if (done && parser_at(parser, TOKEN_END)) {
		fail_tag(parser, NULL, ends);
		return false;
	}
	return done;
}

bool parse_whole(struct parser *parser, struct node **list)
{
	struct node top = {0};

	return parse_list(parser, &top, list, NULL);
}
