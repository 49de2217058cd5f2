/* The parser: tokens to a tree. Private to this folder. */
#pragma once

#include "runtime/text/template/lexer.h"
#include "runtime/text/template/tree.h"

enum { PARSER_TAGS = 100, PARSER_DEPTH = 250, PARSER_HEIGHT = 400 };

/* The tags that a body waits for: their names, NULL at the end. */
typedef const char *const parser_ends[4];

struct parser {
	struct lexer lexer;
	struct token current, ahead;
	bool has_ahead;
	struct template *template;
	struct arena *arena; /* the template's */
	struct template_error *error;
	uint32_t depth; /* of expressions and tags within each other */
	struct token tags[PARSER_TAGS];
	const char *const *ends[PARSER_TAGS];
	uint32_t tag_count, end_count;
	const char *from; /* where the current tag begins */
	uint8_t escape;   /* NODE_ESCAPED and NODE_VOLATILE here */
};

/* Parse the template's source into template->body; 0 or -1. */
int parser_run(struct template *template, struct template_error *error);

/* Syntax errors; both return NULL. Line 0: that of the current token. */
struct node *parser_fail(struct parser *parser, uint32_t line,
			 const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The stream. A failure of the lexer looks like the end of the template. */
void parser_advance(struct parser *parser);
struct token *parser_look(struct parser *parser);
bool parser_skip(struct parser *parser, enum token_kind kind);
bool parser_skip_name(struct parser *parser, const char *name);
bool parser_expect(struct parser *parser, enum token_kind kind);
bool parser_expect_name(struct parser *parser, const char *name);

static inline bool parser_at(const struct parser *parser, enum token_kind kind)
{
	return parser->current.kind == kind;
}

bool parser_at_name(const struct parser *parser, const char *name);
bool token_is(const struct token *token, const char *name);
struct value parser_text(struct parser *parser, const struct token *token);

/* The current token as messages show it; `text` and its length. */
struct value parser_describe(const struct parser *parser);

/* Nodes. Linking fails where a tree becomes too high; it returns its node. */
struct node *parser_node(struct parser *parser, enum node_kind kind,
			 uint32_t line);
struct node *parser_link(struct parser *parser, struct node *node, int kid,
			 struct node *below);
/* Append to a list that ends at `*end`; false when `item` is NULL. */
bool parser_add(struct parser *parser, struct node *node, struct node ***end,
		struct node *item);

/* Expressions: NULL after a failure. */
struct node *parse_expression(struct parser *parser);
struct node *parse_or(struct parser *parser); /* without an inline if */

enum tuple_mode {
	TUPLE_FULL,
	TUPLE_NO_CONDITION,
	TUPLE_SIMPLE,   /* names and literals: targets */
	TUPLE_EXPLICIT, /* in parentheses: may be empty */
};

struct node *parse_tuple(struct parser *parser, enum tuple_mode mode);
struct node *parse_primary(struct parser *parser);
struct node *parse_unary(struct parser *parser, bool with_filter);
struct node *parse_postfix(struct parser *parser, struct node *node);
struct node *parse_filters(struct parser *parser, struct node *node,
			   bool begin);
struct node *parse_call(struct parser *parser, struct node *callee);

/* Arguments in parentheses, into the kids 1 to 4 of `node`. */
bool parse_arguments(struct parser *parser, struct node *node);

/* Count going deeper; parser_leave is its end also after a failure. */
bool parser_enter(struct parser *parser);
void parser_leave(struct parser *parser);

/* Targets of assignments. */
struct node *parse_target(struct parser *parser);
struct node *parse_target_name(struct parser *parser);

/* Statements. */
struct node *parse_statement(struct parser *parser);
struct node *parse_tag(struct parser *parser, const struct token *tag);

/*
 * The rest of a tag and a body until one of `ends`, which becomes current; the
 * list of its nodes in kid `kid` of `node`.
 */
bool parse_body(struct parser *parser, struct node *node, int kid,
		const char *const *ends);
bool parse_whole(struct parser *parser, struct node **list);

/* Tags of parser_template.c: `node` has its line; NULL after a failure. */
struct node *parse_macro(struct parser *parser, struct node *node);
struct node *parse_call_block(struct parser *parser, struct node *node);
struct node *parse_filter_block(struct parser *parser, struct node *node);
struct node *parse_include(struct parser *parser, struct node *node);
struct node *parse_import(struct parser *parser, struct node *node);
struct node *parse_from(struct parser *parser, struct node *node);
struct node *parse_parameters(struct parser *parser, struct node *node);

/* The value of a literal; false after a failure. */
bool parse_string(struct parser *parser, const struct token *token,
		  struct value *out);
struct value parse_integer(struct parser *parser, const struct token *token);
struct value parse_float(struct parser *parser, const struct token *token);
