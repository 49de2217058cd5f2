/* The lexer: a template's text as tokens, the way Jinja2 cuts it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "runtime/text/template/error.h"
#include "runtime/text/template/options.h"

enum token_kind {
	TOKEN_END,
	TOKEN_DATA,
	TOKEN_VARIABLE_BEGIN,
	TOKEN_VARIABLE_END,
	TOKEN_BLOCK_BEGIN,
	TOKEN_BLOCK_END,
	TOKEN_NAME,
	TOKEN_STRING,
	TOKEN_INTEGER,
	TOKEN_FLOAT,
	TOKEN_ADD,
	TOKEN_SUB,
	TOKEN_DIV,
	TOKEN_FLOORDIV,
	TOKEN_MUL,
	TOKEN_MOD,
	TOKEN_POW,
	TOKEN_TILDE,
	TOKEN_LBRACKET,
	TOKEN_RBRACKET,
	TOKEN_LPAREN,
	TOKEN_RPAREN,
	TOKEN_LBRACE,
	TOKEN_RBRACE,
	TOKEN_EQ,
	TOKEN_NE,
	TOKEN_GT,
	TOKEN_GTEQ,
	TOKEN_LT,
	TOKEN_LTEQ,
	TOKEN_ASSIGN,
	TOKEN_DOT,
	TOKEN_COLON,
	TOKEN_PIPE,
	TOKEN_COMMA,
	TOKEN_SEMICOLON,
};

/* `text` is borrowed from the source: strings have their quotes. */
struct token {
	enum token_kind kind;
	uint32_t line;
	const char *text;
	uint32_t length;
};

enum lexer_state { LEXER_TEXT, LEXER_BLOCK, LEXER_VARIABLE, LEXER_LINE };

enum { LEXER_NESTING = 128, LEXER_RULES = 5 };

/* What may begin a tag, in the order in which they are tried. */
struct lexer_rule {
	const char *start;
	uint32_t length;
	uint8_t what;
};

struct lexer {
	const struct template_options *options;
	struct template_error *error;
	const char *source, *at, *end; /* borrowed; ends of lines are "\n" */
	uint32_t line;
	enum lexer_state state;
	bool line_starting;
	bool first[256]; /* bytes that a tag may begin with */
	struct lexer_rule rules[LEXER_RULES];
	uint32_t rule_count;
	struct token next; /* what follows the text just returned */
	bool has_next;
	char open[LEXER_NESTING]; /* the brackets that must close */
	uint32_t open_count;
};

/* The source's newlines have been made "\n"; it must outlive the lexer. */
void lexer_init(struct lexer *lexer, const struct template_options *options,
		const char *source, size_t length);

/* The next token, or -1 with lexer->error and its line set. */
int lexer_next(struct lexer *lexer, struct token *token);

/* How messages call a token of `kind`. Static. */
const char *token_describe(enum token_kind kind);

/* Steps of the lexer's second half: text outside of tags, see lexer_text.c. */
int lexer_text(struct lexer *lexer, struct token *token);
int lexer_fail(struct lexer *lexer, uint32_t line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Go on to `at`, counting lines. */
void lexer_move(struct lexer *lexer, const char *at);

/* Does `text` follow at `at`? */
bool lexer_starts(const struct lexer *lexer, const char *at, const char *text,
		  size_t length);

static inline bool lexer_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

static inline const char *lexer_skip_space(const struct lexer *lexer,
					   const char *at)
{
	while (at < lexer->end && lexer_space(*at))
		at++;
	return at;
}

/* How long the end `end` of a tag is at `at`, by its rules; 0: none there. */
const char *lexer_block_end(const struct lexer *lexer, const char *at,
			    const char *end);
