/* The lexer outside of tags: text, comments, raw blocks, where tags begin. */
#include <assert.h>
#include <string.h>

#include "runtime/text/template/lexer.h"

enum {
	BEGIN_BLOCK,
	BEGIN_COMMENT,
	BEGIN_LINE_COMMENT,
	BEGIN_LINE,
	BEGIN_VARIABLE,
	BEGIN_RAW
};

/* Where a tag begins, and how. */
struct begin {
	const char *at, *inner; /* of the tag, and what follows its start */
	uint8_t what;
	char sign; /* '-', '+' or 0 */
};

static bool starts_line(const struct lexer *lexer, const char *at)
{
	return at == lexer->source || at[-1] == '\n';
}

/* The end of `start` at `at`, blanks before it allowed where it is a line's. */
static const char *match_rule(const struct lexer *lexer, const char *at,
			      const struct lexer_rule *rule)
{
	bool comment = rule->what == BEGIN_LINE_COMMENT;

	if (rule->what == BEGIN_LINE || comment) {
		if (!starts_line(lexer, at) &&
		    !(comment && !lexer_space(at[-1])))
			return NULL;
		while (at < lexer->end && lexer_space(*at) && *at != '\n' &&
		       *at != '\r')
			at++;
	}
	if (!lexer_starts(lexer, at, rule->start, rule->length))
		return NULL;
	return at + rule->length;
}

/* `{% raw %}` behind the block start `at`: where its text begins, or NULL. */
static const char *match_raw(const struct lexer *lexer, const char *at,
			     char *sign)
{
	const char *end = lexer->options->block_end;
	size_t length = strlen(end);

	*sign = 0;
	if (at < lexer->end && (*at == '-' || *at == '+'))
		*sign = *at++;
	at = lexer_skip_space(lexer, at);
	if (!lexer_starts(lexer, at, "raw", 3))
		return NULL;
	at = lexer_skip_space(lexer, at + 3);
	if (lexer_starts(lexer, at, end, length))
		return at + length;
	if (at < lexer->end && *at == '-' &&
	    lexer_starts(lexer, at + 1, end, length))
		return lexer_skip_space(lexer, at + 1 + length);
	return NULL;
}

static bool match_begin(const struct lexer *lexer, const char *at,
			struct begin *begin)
{
	const char *start = lexer->options->block_start;
	size_t length = strlen(start);

	begin->at = at;
	begin->what = BEGIN_RAW;
	if (lexer_starts(lexer, at, start, length)) {
		begin->inner = match_raw(lexer, at + length, &begin->sign);
		if (begin->inner)
			return true;
	}
	for (uint32_t i = 0; i < lexer->rule_count; i++) {
		const char *inner = match_rule(lexer, at, &lexer->rules[i]);

		if (!inner)
			continue;
		begin->what = lexer->rules[i].what;
		begin->sign = 0;
		if (inner < lexer->end && (*inner == '-' || *inner == '+'))
			begin->sign = *inner++;
		begin->inner = inner;
		return true;
	}
	return false;
}

static bool find_begin(const struct lexer *lexer, struct begin *begin)
{
	for (const char *at = lexer->at; at < lexer->end; at++)
		if (lexer->first[(unsigned char)*at] &&
		    match_begin(lexer, at, begin))
			return true;
	return false;
}

/* The end of the text before a tag, with what the tag takes away removed. */
static const char *strip_text(const struct lexer *lexer, const char *from,
			      const struct begin *begin)
{
	const char *end = begin->at;
	const char *line = end;

	if (begin->sign == '-') {
		while (end > from && lexer_space(end[-1]))
			end--;
		return end;
	}
	if (begin->sign == '+' || !lexer->options->lstrip_blocks ||
	    begin->what == BEGIN_VARIABLE)
		return end;
	while (line > from && line[-1] != '\n') {
		if (!lexer_space(line[-1]))
			return end;
		line--;
	}
	return line > from || lexer->line_starting ? line : end;
}

const char *lexer_block_end(const struct lexer *lexer, const char *at,
			    const char *end)
{
	size_t length = strlen(end);

	if (at < lexer->end && (*at == '-' || *at == '+') &&
	    lexer_starts(lexer, at + 1, end, length)) {
		const char *after = at + 1 + length;

		return *at == '-' ? lexer_skip_space(lexer, after) : after;
	}
	if (!lexer_starts(lexer, at, end, length))
		return NULL;
	at += length;
	if (lexer->options->trim_blocks && at < lexer->end && *at == '\n')
		at++;
	return at;
}

static int skip_comment(struct lexer *lexer)
{
	const char *end = lexer->options->comment_end;

	if (lexer->at == lexer->end)
		return 0; /* as Jinja2: nothing is left that could be wrong */
	for (const char *at = lexer->at; at < lexer->end; at++) {
		const char *after = lexer_block_end(lexer, at, end);

		if (!after)
			continue;
		lexer_move(lexer, after);
		return 0;
	}
	return lexer_fail(lexer, lexer->line, "Missing end of comment tag");
}

static void skip_line_comment(struct lexer *lexer)
{
	const char *end =
		memchr(lexer->at, '\n', (size_t)(lexer->end - lexer->at));

	lexer_move(lexer, end ? end : lexer->end);
}

/* The `endraw` tag at `at`: what follows it, or NULL. */
static const char *match_endraw(const struct lexer *lexer, const char *at,
				struct begin *begin)
{
	const char *start = lexer->options->block_start;
	size_t length = strlen(start);

	assert(at);
	if (!lexer_starts(lexer, at, start, length))
		return NULL;
	*begin = (struct begin){.at = at, .what = BEGIN_RAW};
	at += length;
	if (at < lexer->end && (*at == '-' || *at == '+'))
		begin->sign = *at++;
	at = lexer_skip_space(lexer, at);
	if (!lexer_starts(lexer, at, "endraw", 6))
		return NULL;
	at = lexer_skip_space(lexer, at + 6);
	return lexer_block_end(lexer, at, lexer->options->block_end);
}

/* The text of a raw block; a token without text when it is empty. */
static int read_raw(struct lexer *lexer, struct token *token)
{
	token->length = 0;
	if (lexer->at == lexer->end)
		return 0;
	for (const char *at = lexer->at; at < lexer->end; at++) {
		struct begin begin;
		const char *after = match_endraw(lexer, at, &begin);

		if (!after)
			continue;
		token->kind = TOKEN_DATA;
		token->line = lexer->line;
		token->text = lexer->at;
		token->length =
			(uint32_t)(strip_text(lexer, lexer->at, &begin) -
				   lexer->at);
		lexer_move(lexer, after);
		return 0;
	}
	return lexer_fail(lexer, lexer->line, "Missing end of raw directive");
}

/* Enter what `begin` begins: 1 with a token in `next`, 0 without, or -1. */
static int enter(struct lexer *lexer, const struct begin *begin)
{
	struct token *next = &lexer->next;

	next->line = lexer->line;
	next->text = begin->at;
	next->length = (uint32_t)(begin->inner - begin->at);
	lexer_move(lexer, begin->inner);
	switch (begin->what) {
	case BEGIN_COMMENT:
		return skip_comment(lexer);
	case BEGIN_LINE_COMMENT:
		skip_line_comment(lexer);
		return 0;
	case BEGIN_RAW:
		return read_raw(lexer, next) != 0 ? -1 : next->length > 0;
	case BEGIN_VARIABLE:
		next->kind = TOKEN_VARIABLE_BEGIN;
		lexer->state = LEXER_VARIABLE;
		return 1;
	default:
		next->kind = TOKEN_BLOCK_BEGIN;
		lexer->state =
			begin->what == BEGIN_LINE ? LEXER_LINE : LEXER_BLOCK;
		return 1;
	}
}

/* Text, if there is some, and what follows it. */
int lexer_text(struct lexer *lexer, struct token *token)
{
	struct begin begin;
	const char *from = lexer->at;
	bool found = find_begin(lexer, &begin);
	const char *end = found ? strip_text(lexer, from, &begin) : lexer->end;
	int entered;

	*token = (struct token){.kind = TOKEN_DATA,
				.line = lexer->line,
				.text = from,
				.length = (uint32_t)(end - from)};
	if (!found) {
		lexer_move(lexer, lexer->end);
		return token->length > 0 ? 1 : 0;
	}
	lexer_move(lexer, begin.at);
	entered = enter(lexer, &begin);
	if (entered < 0)
		return -1;
	lexer->has_next = entered == 1;
	return token->length > 0;
}
