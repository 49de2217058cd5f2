#define PCRE2_CODE_UNIT_WIDTH 8
#include "runtime/text/template/regex.h"

#include <pcre2.h>

enum {
	PATTERN_MAX = 64 << 10,
	MATCH_LIMIT = 2000000, /* PCRE2's measure of work for one match */
	DEPTH_LIMIT = 2000,
	HEAP_LIMIT = 16 << 10, /* KiB */
};

struct regex {
	struct render *render;
	struct regex *next; /* of the rendering */
	struct value pattern;
	unsigned flags;
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	uint32_t groups;
};

/* All memory is the rendering's: nothing needs to be freed. */
static void *take_memory(size_t size, void *render)
{
	if (render_room(render, size))
		return NULL;
	return arena_alloc(render_arena(render), size);
}

static void leave_memory(void *memory, void *render)
{
	(void)memory;
	(void)render;
}

static int hex_of(const char *at, const char *end, int count, uint32_t *out)
{
	*out = 0;
	if (end - at < count)
		return -1;
	for (int i = 0; i < count; i++) {
		char c = at[i];
		int digit = c >= '0' && c <= '9' ? c - '0'
			    : (c | 0x20) >= 'a' && (c | 0x20) <= 'f'
				    ? (c | 0x20) - 'a' + 10
				    : -1;

		if (digit < 0)
			return -1;
		*out = *out << 4 | (uint32_t)digit;
	}
	return 0;
}

/* Behind a backslash: what Python spells another way than PCRE. */
static const char *translate_escape(struct buf *out, const char *at,
				    const char *end)
{
	uint32_t point;
	int digits = *at == 'u' ? 4 : *at == 'U' ? 8 : 0;

	if (*at == 'Z') {
		buf_puts(out, "\\z");
		return at + 1;
	}
	if (digits && hex_of(at + 1, end, digits, &point) == 0) {
		buf_printf(out, "\\x{%x}", point);
		return at + 1 + digits;
	}
	buf_putc(out, '\\');
	buf_putc(out, *at);
	return at + 1;
}

/* "{,3}" is "{0,3}"; and [ is nothing special within brackets. */
static void translate(struct buf *out, struct value pattern)
{
	const char *at = pattern.bytes;
	const char *end = at + pattern.length;
	const char *class = NULL; /* where brackets were opened */

	while (at < end) {
		if (*at == '\\' && at + 1 < end) {
			at = translate_escape(out, at + 1, end);
			continue;
		}
		if (class && *at == '[') {
			buf_puts(out, "\\[");
			at++;
			continue;
		}
		if (!class && *at == '{' && end - at > 1 && at[1] == ',')
			buf_puts(out, "{0");
		else
			buf_putc(out, *at);
		if (!class && *at == '[')
			class = at + (at + 1 < end && at[1] == '^');
		else if (class && *at == ']' && at > class + 1)
			class = NULL;
		at++;
	}
}

static uint32_t options(unsigned flags)
{
	uint32_t all = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;

	if (flags & REGEX_IGNORE_CASE)
		all |= PCRE2_CASELESS;
	if (flags & REGEX_MULTILINE)
		all |= PCRE2_MULTILINE;
	if (flags & REGEX_VERBOSE)
		all |= PCRE2_EXTENDED;
	if (flags & REGEX_DOTALL)
		all |= PCRE2_DOTALL;
	return all;
}

static int set_contexts(struct render *render, struct regex *regex)
{
	pcre2_general_context *general =
		pcre2_general_context_create(take_memory, leave_memory, render);

	if (!general)
		return -1;
	regex->data =
		pcre2_match_data_create_from_pattern(regex->code, general);
	regex->context = pcre2_match_context_create(general);
	if (!regex->data || !regex->context)
		return -1;
	pcre2_set_match_limit(regex->context, MATCH_LIMIT);
	pcre2_set_depth_limit(regex->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(regex->context, HEAP_LIMIT);
	pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT,
			   &regex->groups);
	return 0;
}

static pcre2_code *compile(struct render *render, struct value pattern,
			   unsigned flags)
{
	pcre2_general_context *general =
		pcre2_general_context_create(take_memory, leave_memory, render);
	pcre2_compile_context *context =
		general ? pcre2_compile_context_create(general) : NULL;
	pcre2_code *code = NULL;
	PCRE2_UCHAR message[200];
	PCRE2_SIZE offset;
	struct buf buf;
	int error;

	if (!context)
		return NULL;
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	buf_init(&buf, (size_t)PATTERN_MAX * 4);
	translate(&buf, pattern);
	code = pcre2_compile((PCRE2_SPTR)(buf.data ? buf.data : ""), buf.length,
			     options(flags), &error, &offset, context);
	buf_release(&buf);
	if (!code) {
		pcre2_get_error_message(error, message, sizeof(message));
		render_fail(render, RENDER_RUNTIME,
			    "regular expression '%.*s': %s at position %zu",
			    (int)pattern.length, pattern.bytes,
			    (const char *)message, (size_t)offset);
	}
	return code;
}

static struct regex *find_cached(struct render *render, struct value pattern,
				 unsigned flags)
{
	struct regex *regex = *render_slot(render);

	while (regex && (regex->flags != flags ||
			 !string_equal(regex->pattern, pattern)))
		regex = regex->next;
	return regex;
}

struct regex *regex_compile(struct render *render, struct value pattern,
			    unsigned flags)
{
	struct regex *regex = find_cached(render, pattern, flags);
	pcre2_code *code;

	if (regex)
		return regex;
	if (pattern.length > PATTERN_MAX) {
		render_fail(render, RENDER_LIMIT,
			    "a regular expression of more than %d KiB",
			    PATTERN_MAX >> 10);
		return NULL;
	}
	if (render_count(render, 100 + pattern.length))
		return NULL;
	code = compile(render, pattern, flags);
	if (!code)
		return NULL;
	regex = arena_alloc(render_arena(render), sizeof(*regex));
	*regex = (struct regex){.render = render,
				.next = *render_slot(render),
				.pattern = pattern,
				.flags = flags,
				.code = code};
	if (set_contexts(render, regex))
		return NULL;
	*render_slot(render) = regex;
	return regex;
}

static int failed(const struct regex *regex, int code)
{
	struct render *render = regex->render;

	if (code == PCRE2_ERROR_MATCHLIMIT || code == PCRE2_ERROR_DEPTHLIMIT ||
	    code == PCRE2_ERROR_HEAPLIMIT || code == PCRE2_ERROR_NOMEMORY)
		return render_fail(render, RENDER_LIMIT,
				   "regular expression '%.*s' takes too long",
				   (int)regex->pattern.length,
				   regex->pattern.bytes);
	return render_fail(render, RENDER_VALUE,
			   "regular expression '%.*s': the text is not UTF-8",
			   (int)regex->pattern.length, regex->pattern.bytes);
}

int regex_run(struct regex *regex, struct value text, size_t start,
	      enum regex_where where, struct regex_match *out)
{
	uint32_t how = start > 0 ? PCRE2_NO_UTF_CHECK : 0;
	size_t end;
	int code;

	if (where == REGEX_MATCH)
		how |= PCRE2_ANCHORED;
	else if (where == REGEX_FULLMATCH)
		how |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
	else if (where == REGEX_NEXT)
		how |= PCRE2_NOTEMPTY_ATSTART;
	code = pcre2_match(regex->code, (PCRE2_SPTR)text.bytes, text.length,
			   start, how, regex->data, regex->context);
	if (code < 0 && code != PCRE2_ERROR_NOMATCH)
		return failed(regex, code);
	out->groups = pcre2_get_ovector_pointer(regex->data);
	out->count = regex->groups + 1;
	end = code < 0 || out->groups[1] < start ? text.length : out->groups[1];
	if (render_count(regex->render, 1 + (end - start) / 256))
		return -1;
	return code >= 0;
}

uint32_t regex_groups(const struct regex *regex)
{
	return regex->groups;
}

int regex_group(const struct regex *regex, struct value name)
{
	char text[64];

	if (name.length >= sizeof(text))
		return -1;
	memcpy(text, name.bytes, name.length);
	text[name.length] = '\0';
	return pcre2_substring_number_from_name(regex->code, (PCRE2_SPTR)text);
}

struct value regex_part(const struct regex_match *match, struct value text,
			uint32_t group)
{
	size_t start = match->groups[2 * (size_t)group];
	size_t end = match->groups[2 * (size_t)group + 1];

	if (start == PCRE2_UNSET || end < start)
		return (struct value){.kind = VALUE_ABSENT};
	return value_borrow(text.bytes + start, end - start);
}
