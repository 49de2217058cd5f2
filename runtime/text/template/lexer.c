#include "runtime/text/template/lexer.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"

/* Operators, the longer ones first. */
static const struct {
	char text[3];
	uint8_t kind;
} operators[] = {
	{"//", TOKEN_FLOORDIV}, {"**", TOKEN_POW},      {"==", TOKEN_EQ},
	{"!=", TOKEN_NE},       {">=", TOKEN_GTEQ},     {"<=", TOKEN_LTEQ},
	{"+", TOKEN_ADD},       {"-", TOKEN_SUB},       {"/", TOKEN_DIV},
	{"*", TOKEN_MUL},       {"%", TOKEN_MOD},       {"~", TOKEN_TILDE},
	{"[", TOKEN_LBRACKET},  {"]", TOKEN_RBRACKET},  {"(", TOKEN_LPAREN},
	{")", TOKEN_RPAREN},    {"{", TOKEN_LBRACE},    {"}", TOKEN_RBRACE},
	{">", TOKEN_GT},        {"<", TOKEN_LT},        {"=", TOKEN_ASSIGN},
	{".", TOKEN_DOT},       {":", TOKEN_COLON},     {"|", TOKEN_PIPE},
	{",", TOKEN_COMMA},     {";", TOKEN_SEMICOLON},
};

enum { OPERATORS = sizeof(operators) / sizeof(*operators) };

const char *token_describe(enum token_kind kind)
{
	static const char *const names[] = {
		[TOKEN_END] = "end of template",
		[TOKEN_DATA] = "template data / text",
		[TOKEN_VARIABLE_BEGIN] = "begin of print statement",
		[TOKEN_VARIABLE_END] = "end of print statement",
		[TOKEN_BLOCK_BEGIN] = "begin of statement block",
		[TOKEN_BLOCK_END] = "end of statement block",
		[TOKEN_NAME] = "name",
		[TOKEN_STRING] = "string",
		[TOKEN_INTEGER] = "integer",
		[TOKEN_FLOAT] = "float",
	};

	for (size_t i = 0; i < OPERATORS; i++)
		if (operators[i].kind == kind)
			return operators[i].text;
	return names[kind];
}

int lexer_fail(struct lexer *lexer, uint32_t line, const char *format, ...)
{
	va_list args;
	char *message;

	va_start(args, format);
	message = mem_vprintf(format, args);
	va_end(args);
	if (!lexer->error->message)
		lexer->error->line = line;
	template_error_set(lexer->error, RENDER_SYNTAX, "%s", message);
	mem_free(message);
	return -1;
}

bool lexer_starts(const struct lexer *lexer, const char *at, const char *text,
		  size_t length)
{
	return (size_t)(lexer->end - at) >= length &&
	       memcmp(at, text, length) == 0;
}

void lexer_move(struct lexer *lexer, const char *at)
{
	if (at > lexer->at)
		lexer->line_starting = at[-1] == '\n';
	for (const char *from = lexer->at; from < at; from++) {
		from = memchr(from, '\n', (size_t)(at - from));
		if (!from)
			break;
		lexer->line++;
	}
	lexer->at = at;
}

static void add_rule(struct lexer *lexer, const char *start, uint8_t what)
{
	uint32_t length;
	uint32_t i;

	if (!start || !*start)
		return;
	length = (uint32_t)strlen(start);
	/* longer ones first; of the same length what Jinja2 sorts last */
	for (i = lexer->rule_count; i > 0; i--) {
		const struct lexer_rule *before = &lexer->rules[i - 1];

		if (before->length > length ||
		    (before->length == length && before->what > what))
			break;
		lexer->rules[i] = *before;
	}
	lexer->rules[i] = (struct lexer_rule){start, length, what};
	lexer->rule_count++;
	lexer->first[(unsigned char)*start] = true;
}

void lexer_init(struct lexer *lexer, const struct template_options *options,
		const char *source, size_t length)
{
	*lexer = (struct lexer){.options = options,
				.source = source,
				.at = source,
				.end = source + length,
				.line = 1,
				.line_starting = true};
	/* numbered by their names' order: block, comment, line…, variable */
	add_rule(lexer, options->block_start, 0);
	add_rule(lexer, options->comment_start, 1);
	add_rule(lexer, options->line_comment, 2);
	add_rule(lexer, options->line_statement, 3);
	add_rule(lexer, options->variable_start, 4);
	if (options->line_comment || options->line_statement)
		for (int c = 0; c < 256; c++)
			lexer->first[c] |= lexer_space((char)c) && c != '\n';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_base_digit(char c, int base)
{
	if (base <= 10)
		return c >= '0' && c < '0' + base;
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The end of digits with single underscores between them. */
static const char *skip_digits(const struct lexer *lexer, const char *at,
			       int base)
{
	while (at < lexer->end) {
		const char *digit = *at == '_' ? at + 1 : at;

		if (digit >= lexer->end || !is_base_digit(*digit, base))
			break;
		at = digit + 1;
	}
	return at;
}

/* The end of the float at `at`, or NULL: it is an integer. */
static const char *match_float(const struct lexer *lexer, const char *at)
{
	const char *end = skip_digits(lexer, at, 10);
	const char *exponent;
	bool fraction = false;

	if (at > lexer->source && at[-1] == '.')
		return NULL;
	if (end + 1 < lexer->end && *end == '.' && is_digit(end[1])) {
		end = skip_digits(lexer, end + 1, 10);
		fraction = true;
	}
	if (end == lexer->end || (*end != 'e' && *end != 'E'))
		return fraction ? end : NULL;
	exponent = end + 1;
	if (exponent < lexer->end && (*exponent == '+' || *exponent == '-'))
		exponent++;
	if (exponent == lexer->end || !is_digit(*exponent))
		return fraction ? end : NULL;
	return skip_digits(lexer, exponent, 10);
}

static const char *match_integer(const struct lexer *lexer, const char *at)
{
	int base = 0;
	const char *digits;

	if (*at != '0')
		return skip_digits(lexer, at, 10);
	if (at + 1 < lexer->end) {
		char letter = (char)(at[1] | 0x20);

		base = letter == 'x' ? 16 : letter == 'o' ? 8 : 0;
		base = letter == 'b' ? 2 : base;
	}
	if (base > 0) {
		digits = skip_digits(lexer, at + 2, base);
		if (digits > at + 2)
			return digits;
	}
	return skip_digits(lexer, at, 1); /* zeros */
}

/* The end of the string at `at`, or NULL when it never ends. */
static const char *match_string(const struct lexer *lexer, const char *at)
{
	char quote = *at++;

	for (; at < lexer->end && *at != quote; at++)
		if (*at == '\\')
			at++;
	return at < lexer->end ? at + 1 : NULL;
}

/* The end of the whole tag, if `at` is there and no bracket is open. */
static const char *match_end(const struct lexer *lexer, const char *at)
{
	const char *end = lexer->options->variable_end;
	const char *space;
	const char *last = NULL;

	if (lexer->open_count > 0)
		return NULL;
	if (lexer->state == LEXER_BLOCK)
		return lexer_block_end(lexer, at, lexer->options->block_end);
	if (lexer->state == LEXER_VARIABLE) {
		size_t length = strlen(end);

		if (at < lexer->end && *at == '-' &&
		    lexer_starts(lexer, at + 1, end, length))
			return lexer_skip_space(lexer, at + 1 + length);
		return lexer_starts(lexer, at, end, length) ? at + length
							    : NULL;
	}
	space = lexer_skip_space(lexer, at);
	if (space == lexer->end)
		return space;
	for (const char *c = at; c < space; c++)
		if (*c == '\n')
			last = c + 1;
	return last;
}

static int close_bracket(struct lexer *lexer, char c)
{
	char want;

	if (lexer->open_count == 0)
		return lexer_fail(lexer, lexer->line, "unexpected '%c'", c);
	want = lexer->open[--lexer->open_count];
	if (want != c)
		return lexer_fail(lexer, lexer->line,
				  "unexpected '%c', expected '%c'", c, want);
	return 0;
}

static int count_bracket(struct lexer *lexer, char c)
{
	const char *brackets = "{}()[]";
	const char *found = strchr(brackets, c);

	if (!found)
		return 0;
	if ((found - brackets) % 2 == 1)
		return close_bracket(lexer, c);
	if (lexer->open_count == LEXER_NESTING)
		return lexer_fail(lexer, lexer->line,
				  "brackets are nested too deep");
	lexer->open[lexer->open_count++] = found[1];
	return 0;
}

/* Nothing of the language begins here. */
static int fail_char(struct lexer *lexer)
{
	unsigned long position = 0;
	int length = 1;
	char quote = *lexer->at == '\'' ? '"' : '\'';

	for (const char *c = lexer->source; c < lexer->at; c++)
		position += (*c & 0xc0) != 0x80;
	while (lexer->at + length < lexer->end &&
	       (lexer->at[length] & 0xc0) == 0x80)
		length++;
	return lexer_fail(lexer, lexer->line, "unexpected char %c%.*s%c at %lu",
			  quote, length, lexer->at, quote, position);
}

static int read_operator(struct lexer *lexer, struct token *token)
{
	for (size_t i = 0; i < OPERATORS; i++) {
		size_t length = strlen(operators[i].text);

		if (!lexer_starts(lexer, lexer->at, operators[i].text, length))
			continue;
		token->kind = operators[i].kind;
		token->length = (uint32_t)length;
		if (length == 1 && count_bracket(lexer, *lexer->at) != 0)
			return -1;
		lexer->at += length;
		return 0;
	}
	return fail_char(lexer);
}

static int take(struct lexer *lexer, struct token *token, enum token_kind kind,
		const char *end)
{
	token->kind = kind;
	token->length = (uint32_t)(end - lexer->at);
	lexer_move(lexer, end);
	return 0;
}

/* A number, name, string or operator. */
static int read_word(struct lexer *lexer, struct token *token)
{
	const char *at = lexer->at;
	const char *end = NULL;

	if (is_digit(*at)) {
		end = match_float(lexer, at);
		if (end)
			return take(lexer, token, TOKEN_FLOAT, end);
		return take(lexer, token, TOKEN_INTEGER,
			    match_integer(lexer, at));
	}
	if (is_name(*at)) {
		for (end = at; end < lexer->end && is_name(*end);)
			end++;
		return take(lexer, token, TOKEN_NAME, end);
	}
	if (*at == '\'' || *at == '"')
		end = match_string(lexer, at);
	if (end)
		return take(lexer, token, TOKEN_STRING, end);
	return read_operator(lexer, token);
}

static int read_tag(struct lexer *lexer, struct token *token)
{
	const char *end = match_end(lexer, lexer->at);

	if (!end) {
		lexer_move(lexer, lexer_skip_space(lexer, lexer->at));
		end = match_end(lexer, lexer->at);
	}
	token->line = lexer->line;
	token->text = lexer->at;
	token->length = 0;
	if (end) {
		token->kind = lexer->state == LEXER_VARIABLE
				      ? TOKEN_VARIABLE_END
				      : TOKEN_BLOCK_END;
		lexer->state = LEXER_TEXT;
		lexer_move(lexer, end);
		return 0;
	}
	if (lexer->at >= lexer->end) {
		token->kind = TOKEN_END;
		return 0;
	}
	return read_word(lexer, token);
}

int lexer_next(struct lexer *lexer, struct token *token)
{
	int found = 0;

	if (lexer->has_next) {
		*token = lexer->next;
		lexer->has_next = false;
		return 0;
	}
	while (lexer->state == LEXER_TEXT && found == 0) {
		if (lexer->at >= lexer->end) {
			token->kind = TOKEN_END;
			token->line = lexer->line;
			token->length = 0;
			return 0;
		}
		found = lexer_text(lexer, token);
		if (found == 0 && lexer->has_next)
			return lexer_next(lexer, token);
	}
	if (found != 0)
		return found < 0 ? -1 : 0;
	return read_tag(lexer, token);
}
