/* urlize: addresses in plain text become links. */
#include <stdio.h>

#include "runtime/text/template/filter.h"
#include "runtime/text/template/regex.h"

/* Jinja's own expressions. */
static const char http_pattern[] =
	"^((https?://|www\\.)(([\\w%-]+\\.)+)?([a-z]{2,63}|xn--[\\w%]{2,59})"
	"|([\\w%-]{2,63}\\.)+(com|net|int|edu|gov|org|info|mil)"
	"|(https?://)((([\\d]{1,3})(\\.[\\d]{1,3}){3})"
	"|(\\[([\\da-f]{0,4}:){2}([\\da-f]{0,4}:?){1,6}])))"
	"(?::[\\d]{1,5})?(?:[/?#]\\S*)?$";
static const char email_pattern[] = "^\\S+@\\w[\\w.-]*\\.\\w+$";
static const char head_pattern[] = "^([(<]|&lt;)+";
static const char tail_pattern[] = "([)>.,\\n]|&gt;)+$";
static const char scheme_pattern[] = "^([\\w.+-]{2,}:(/){0,2})$";

struct linker {
	struct render *render;
	int64_t limit; /* of what a link shows; -1: none */
	struct value attributes, schemes;
	struct buf *out;
};

/* Does `pattern` match? Where it does is in `match`. */
static int matches(struct linker *linker, const char *pattern, unsigned flags,
		   struct value text, struct regex_match *match)
{
	struct regex *regex = regex_compile(
		linker->render, value_borrow(pattern, strlen(pattern)), flags);

	if (!regex)
		return -1;
	return regex_run(regex, text, 0, REGEX_SEARCH, match);
}

static uint32_t count_of(struct value text, const char *what)
{
	const char *at = text.bytes;
	const char *end = at + text.length;
	uint32_t count = 0;

	while (at < end &&
	       (at = memmem(at, (size_t)(end - at), what, strlen(what)))) {
		at += strlen(what);
		count++;
	}
	return count;
}

/* Closing brackets of the tail that have their opening one in the middle. */
static void balance(struct value *middle, struct value *tail)
{
	static const char *const pairs[][2] = {
		{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}};

	for (size_t i = 0; i < COUNT(pairs); i++) {
		const char *close = pairs[i][1];
		uint32_t opened = count_of(*middle, pairs[i][0]);
		uint32_t moves = count_of(*tail, close);

		if (opened <= count_of(*middle, close))
			continue;
		for (uint32_t n = 0; n < opened && n < moves; n++) {
			const char *found = memmem(tail->bytes, tail->length,
						   close, strlen(close));
			size_t bytes =
				(size_t)(found - tail->bytes) + strlen(close);

			middle->length += (uint32_t)bytes;
			tail->bytes += bytes;
			tail->length -= (uint32_t)bytes;
		}
	}
}

static bool starts_with(struct value text, const char *prefix)
{
	size_t length = strlen(prefix);

	return text.length >= length && memcmp(text.bytes, prefix, length) == 0;
}

static void put(struct linker *linker, struct value text)
{
	buf_append(linker->out, text.bytes, text.length);
}

static void put_link(struct linker *linker, const char *prefix,
		     struct value address, struct value shown, bool attributes)
{
	buf_printf(linker->out, "<a href=\"%s", prefix);
	put(linker, address);
	buf_putc(linker->out, '"');
	if (attributes)
		put(linker, linker->attributes);
	buf_putc(linker->out, '>');
	put(linker, shown);
	buf_puts(linker->out, "</a>");
}

static void put_url(struct linker *linker, struct value url)
{
	bool full = starts_with(url, "https://") || starts_with(url, "http://");
	struct value shown = url;
	struct buf *out = linker->out;

	if (linker->limit < 0 || value_length(url) <= linker->limit) {
		put_link(linker, full ? "" : "https://", url, url, true);
		return;
	}
	shown.length = (uint32_t)(unicode_at(url.bytes, url.length,
					     (size_t)linker->limit) -
				  url.bytes);
	put_link(linker, full ? "" : "https://", url, shown, true);
	out->length -= strlen("</a>");
	buf_puts(out, "...</a>");
}

static void put_other(struct linker *linker, struct value word)
{
	const struct value_list *schemes = linker->schemes.list;

	for (uint32_t i = 0; schemes && i < schemes->count; i++) {
		struct value scheme = schemes->items[i];

		if (word.length > scheme.length &&
		    memcmp(word.bytes, scheme.bytes, scheme.length) == 0) {
			put_link(linker, "", word, word, true);
			return;
		}
	}
	put(linker, word);
}

static int put_middle(struct linker *linker, struct value word)
{
	struct value address = word;
	struct regex_match match;
	bool mail = starts_with(word, "mailto:");
	int found =
		matches(linker, http_pattern, REGEX_IGNORE_CASE, word, &match);

	if (found < 0)
		return -1;
	if (found) {
		put_url(linker, word);
		return 0;
	}
	if (mail) {
		address.bytes += strlen("mailto:");
		address.length -= (uint32_t)strlen("mailto:");
	}
	if (mail || (word.length > 0 && memchr(word.bytes, '@', word.length) &&
		     !starts_with(word, "www.") &&
		     !memchr(word.bytes, ':', word.length)))
		found = matches(linker, email_pattern, 0, address, &match);
	if (found == 1)
		put_link(linker, mail ? "" : "mailto:", word, address, false);
	else
		put_other(linker, word);
	return found < 0 ? -1 : 0;
}

static int put_word(struct linker *linker, struct value word)
{
	struct value middle = word;
	struct value tail = LITERAL("");
	struct regex_match match;
	int found = matches(linker, head_pattern, 0, word, &match);

	if (found < 0)
		return -1;
	if (found) {
		buf_append(linker->out, word.bytes, match.groups[1]);
		middle = value_borrow(word.bytes + match.groups[1],
				      word.length - match.groups[1]);
	}
	found = matches(linker, tail_pattern, 0, middle, &match);
	if (found < 0)
		return -1;
	if (found) {
		tail = value_borrow(middle.bytes + match.groups[0],
				    middle.length - match.groups[0]);
		middle.length = (uint32_t)match.groups[0];
	}
	balance(&middle, &tail);
	if (put_middle(linker, middle))
		return -1;
	put(linker, tail);
	return 0;
}

static int link_all(struct linker *linker, struct value text)
{
	const char *at = text.bytes;
	const char *end = at + text.length;

	while (at < end) {
		const char *start = at;
		const char *stop = at;

		while (at < end &&
		       !unicode_is(unicode_next(&at, end), UNICODE_SPACE))
			stop = at;
		if (stop > start &&
		    put_word(linker,
			     value_borrow(start, (size_t)(stop - start))))
			return -1;
		buf_append(linker->out, stop, (size_t)(at - stop));
		if (linker->out->full || render_count(linker->render, 1))
			return -1;
	}
	return 0;
}

/* Append the words of the list sorted, each once. */
static int put_words(struct call *call, const struct value_list *words,
		     struct buf *out)
{
	struct sort_item *items =
		room_new(call->render, words->count, sizeof(*items));

	if (!items)
		return -1;
	for (uint32_t i = 0; i < words->count; i++)
		items[i].key = words->items[i];
	if (sort_items(call->render, items, words->count, false))
		return -1;
	for (uint32_t i = 0; i < words->count; i++) {
		if (i > 0 && string_equal(items[i].key, items[i - 1].key))
			continue;
		if (i > 0)
			buf_putc(out, ' ');
		escape_bytes(out, items[i].key.bytes, items[i].key.length);
	}
	return 0;
}

/* The words of `rel` sorted, with those that are always there. */
static int make_attributes(struct call *call, struct value rel, bool nofollow,
			   struct value target, struct value *out)
{
	struct value words;
	struct buf buf;

	if (string_split(call, is_string(rel) ? rel : LITERAL(""), value_none(),
			 -1, &words))
		return -1;
	value_list_add(render_arena(call->render), words.list,
		       LITERAL("noopener"));
	if (nofollow)
		value_list_add(render_arena(call->render), words.list,
			       LITERAL("nofollow"));
	text_init(&buf);
	buf_puts(&buf, " rel=\"");
	if (put_words(call, words.list, &buf)) {
		buf_release(&buf);
		return -1;
	}
	buf_putc(&buf, '"');
	if (is_string(target)) {
		buf_puts(&buf, " target=\"");
		escape_bytes(&buf, target.bytes, target.length);
		buf_putc(&buf, '"');
	}
	return text_take(call->render, &buf, out);
}

static int check_schemes(struct call *call, struct linker *linker,
			 struct value schemes)
{
	struct regex_match match;

	if (schemes.kind == VALUE_ABSENT || schemes.kind == VALUE_NONE)
		return 0;
	if (value_items(call->render, schemes, &linker->schemes))
		return -1;
	for (uint32_t i = 0; i < linker->schemes.list->count; i++) {
		struct value scheme = linker->schemes.list->items[i];

		if (argument_text(call, scheme, "extra_schemes"))
			return -1;
		if (matches(linker, scheme_pattern, 0, scheme, &match) != 1)
			return render_fail(call->render, RENDER_FILTER,
					   "'%.*s' is not a valid URI scheme "
					   "prefix.",
					   (int)scheme.length, scheme.bytes);
	}
	return 0;
}

int filter_urlize(struct call *call, struct value *out)
{
	static const char *const names[] = {"trim_url_limit", "nofollow",
					    "target",         "rel",
					    "extra_schemes",  NULL};
	struct linker linker = {.render = call->render};
	struct value arguments[5];
	struct value text;
	struct buf buf;
	bool nofollow;

	if (call_bind(call, names, 0, arguments) || subject_text(call, &text))
		return -1;
	if (arguments[0].kind == VALUE_NONE)
		arguments[0].kind = VALUE_ABSENT;
	if (argument_int_or(call->render, arguments[0], -1, &linker.limit) ||
	    argument_bool(call->render, arguments[1], false, &nofollow) ||
	    make_attributes(call, arguments[3], nofollow, arguments[2],
			    &linker.attributes) ||
	    check_schemes(call, &linker, arguments[4]))
		return -1;
	text_init(&buf);
	if (text_done(call->render, value_escape(call->render, text, &buf),
		      &buf, &text))
		return -1;
	linker.out = &buf;
	if (text_done(call->render, link_all(&linker, text), &buf, out))
		return -1;
	out->flags = render_autoescape(call->render) ? VALUE_SAFE : 0;
	return 0;
}
