/* wordwrap, as Python's textwrap does it. */
#include "runtime/text/template/filter.h"
#include "runtime/text/template/regex.h"

/* textwrap's own expressions: where a line may be broken. */
#define SPACE "[\\t\\n\\x0b\\x0c\\r ]"
#define WORD "[^\\t\\n\\x0b\\x0c\\r ]"
#define PUNCTUATION "[\\w!\"'&.,?]"
#define LETTER "[^\\d\\W]"

static const char hyphens[] =
	"(" SPACE "+|(?<=" PUNCTUATION ")-{2,}(?=\\w)|" WORD
	"+?(?:-(?:(?<=" LETTER "{2}-)|(?<=" LETTER "-" LETTER "-))(?=" LETTER
	"-?" LETTER ")|(?=" SPACE "|\\Z)|(?<=" PUNCTUATION ")(?=-{2,}\\w)))";
static const char spaces[] = "(" SPACE "+)";

struct chunk {
	const char *at;
	size_t bytes;
	int64_t length; /* in code points */
};

struct wrapper {
	struct render *render;
	int64_t width;
	bool break_words, break_hyphens;
	struct value separator;
	struct chunk *chunks;
	size_t count, capacity;
	struct buf *out;
};

static int add_chunk(struct wrapper *wrapper, const char *at, const char *end)
{
	struct chunk *chunks;

	if (at == end)
		return 0;
	if (wrapper->count == wrapper->capacity) {
		size_t capacity =
			wrapper->capacity ? wrapper->capacity * 2 : 64;

		chunks = room_new(wrapper->render, capacity, sizeof(*chunks));
		if (!chunks)
			return -1;
		if (wrapper->count > 0)
			memcpy(chunks, wrapper->chunks,
			       wrapper->count * sizeof(*chunks));
		wrapper->chunks = chunks;
		wrapper->capacity = capacity;
	}
	wrapper->chunks[wrapper->count++] =
		(struct chunk){at, (size_t)(end - at),
			       (int64_t)unicode_length(at, (size_t)(end - at))};
	return 0;
}

static int split_chunks(struct wrapper *wrapper, struct regex *regex,
			struct value line)
{
	size_t start = 0;
	struct regex_match match;
	int found;

	wrapper->count = 0;
	while ((found = regex_run(regex, line, start, REGEX_SEARCH, &match)) ==
	       1) {
		if (match.groups[1] == match.groups[0])
			break;
		if (add_chunk(wrapper, line.bytes + start,
			      line.bytes + match.groups[0]) ||
		    add_chunk(wrapper, line.bytes + match.groups[0],
			      line.bytes + match.groups[1]))
			return -1;
		start = match.groups[1];
	}
	if (found < 0)
		return -1;
	return add_chunk(wrapper, line.bytes + start, line.bytes + line.length);
}

static bool is_blank(const struct chunk *chunk)
{
	const char *at = chunk->at;
	const char *end = at + chunk->bytes;

	while (at < end)
		if (!unicode_is(unicode_next(&at, end), UNICODE_SPACE))
			return false;
	return true;
}

/* Behind the last hyphen within `room` that has something before it. */
static int64_t hyphen_end(const struct chunk *chunk, int64_t room)
{
	const char *at = chunk->at;
	const char *end = at + chunk->bytes;
	bool other = false;
	int64_t found = room;
	int64_t i = 0;

	while (at < end && i < room) {
		uint32_t point = unicode_next(&at, end);

		if (point == '-' && other)
			found = i + 1;
		other = other || point != '-';
		i++;
	}
	return found;
}

/* Take what fits from the front of a word longer than a line. */
static void break_word(struct wrapper *wrapper, struct chunk *chunk,
		       int64_t used)
{
	int64_t room = wrapper->width - used;
	const char *stop;
	size_t bytes;

	if (wrapper->break_hyphens && chunk->length > room)
		room = hyphen_end(chunk, room);
	stop = unicode_at(chunk->at, chunk->bytes, (size_t)room);
	bytes = (size_t)(stop - chunk->at);
	chunk->at = stop;
	chunk->bytes -= bytes;
	chunk->length -= room;
}

/*
 * A word that no line can hold: cut it, or let it be a line of its own. True
 * when the line ends here as it is.
 */
static bool take_long_word(struct wrapper *wrapper, size_t *next, int64_t used,
			   const char **end)
{
	struct chunk *word = wrapper->chunks + *next;

	if (*next == wrapper->count || word->length <= wrapper->width)
		return false;
	if (wrapper->break_words) {
		/* nothing fits: textwrap keeps the space before it */
		if (wrapper->width > used) {
			break_word(wrapper, word, used);
			*end = word->at;
		}
		return true;
	}
	if (used == 0) {
		*end = word->at + word->bytes;
		(*next)++;
	}
	return false;
}

/* One line from chunk `*next` on: where its text starts and ends. */
static void take_line(struct wrapper *wrapper, size_t *next, bool first,
		      const char **start, const char **end)
{
	struct chunk *chunks = wrapper->chunks;
	int64_t used = 0;
	size_t from;

	if (!first && is_blank(&chunks[*next]))
		(*next)++;
	from = *next;
	*start = *end = from < wrapper->count ? chunks[from].at : "";
	while (*next < wrapper->count &&
	       used + chunks[*next].length <= wrapper->width) {
		used += chunks[*next].length;
		*end = chunks[*next].at + chunks[*next].bytes;
		(*next)++;
	}
	if (!take_long_word(wrapper, next, used, end) && *next > from &&
	    is_blank(&chunks[*next - 1]))
		*end = chunks[*next - 1].at;
}

static int wrap_line(struct wrapper *wrapper)
{
	bool first = true;
	size_t next = 0;

	while (next < wrapper->count) {
		const char *start;
		const char *end;

		take_line(wrapper, &next, first, &start, &end);
		if (render_count(wrapper->render, 1))
			return -1;
		if (end == start)
			continue;
		if (!first)
			buf_append(wrapper->out, wrapper->separator.bytes,
				   wrapper->separator.length);
		buf_append(wrapper->out, start, (size_t)(end - start));
		first = false;
	}
	return 0;
}

static int wrap_all(struct wrapper *wrapper, struct value text)
{
	struct value pattern =
		wrapper->break_hyphens ? LITERAL(hyphens) : LITERAL(spaces);
	struct regex *regex = regex_compile(wrapper->render, pattern, 0);
	const char *at = text.bytes;
	const char *end = at + text.length;
	bool first = true;
	struct value line;
	const char *next;

	if (!regex)
		return -1;
	while (string_next_line(&at, end, &line, &next)) {
		if (!first)
			buf_append(wrapper->out, wrapper->separator.bytes,
				   wrapper->separator.length);
		first = false;
		if (split_chunks(wrapper, regex, line) || wrap_line(wrapper))
			return -1;
	}
	return 0;
}

int filter_wordwrap(struct call *call, struct value *out)
{
	static const char *const names[] = {"width", "break_long_words",
					    "wrapstring", "break_on_hyphens",
					    NULL};
	struct wrapper wrapper = {.render = call->render};
	struct value arguments[4];
	struct buf buf;

	if (call_bind(call, names, 0, arguments) ||
	    argument_int_or(call->render, arguments[0], 79, &wrapper.width) ||
	    argument_bool(call->render, arguments[1], true,
			  &wrapper.break_words) ||
	    argument_bool(call->render, arguments[3], true,
			  &wrapper.break_hyphens))
		return -1;
	if (call->subject.kind == VALUE_UNDEFINED)
		return render_missing(call->render, call->subject);
	if (!is_string(call->subject))
		return render_fail(call->render, RENDER_RUNTIME,
				   "'%s' object has no attribute 'splitlines'",
				   value_type_name(call->subject));
	wrapper.separator =
		is_string(arguments[2]) ? arguments[2] : LITERAL("\n");
	if (wrapper.width <= 0)
		return render_fail(call->render, RENDER_VALUE,
				   "invalid width %lld (must be > 0)",
				   (long long)wrapper.width);
	text_init(&buf);
	wrapper.out = &buf;
	return text_done(call->render, wrap_all(&wrapper, call->subject), &buf,
			 out);
}
