/* re.sub: the language of replacements, and finding all matches. */
#include "runtime/text/template/regex.h"

struct filler {
	struct render *render;
	struct regex *regex;
	struct value text;
	struct regex_match match;
	struct buf *out;
	bool checking; /* the replacement, before anything has matched */
};

static int put_group(struct filler *filler, int group)
{
	struct value part;

	if (group < 0 || (uint32_t)group > regex_groups(filler->regex))
		return render_fail(filler->render, RENDER_RUNTIME,
				   "invalid group reference %d", group);
	if (filler->checking)
		return 0;
	part = regex_part(&filler->match, filler->text, (uint32_t)group);
	if (part.kind != VALUE_ABSENT)
		buf_append(filler->out, part.bytes, part.length);
	return 0;
}

static int group_of(struct filler *filler, struct value name)
{
	int number = 0;

	for (uint32_t i = 0; i < name.length; i++) {
		if (name.bytes[i] < '0' || name.bytes[i] > '9' || i > 3) {
			number = regex_group(filler->regex, name);
			if (number < 0)
				render_fail(filler->render, RENDER_RUNTIME,
					    "unknown group name '%.*s'",
					    (int)name.length, name.bytes);
			return number;
		}
		number = number * 10 + (name.bytes[i] - '0');
	}
	return number;
}

/* "\g<name>", with `at` behind the g. */
static const char *named_group(struct filler *filler, const char *at,
			       const char *end)
{
	const char *stop = at < end && *at == '<'
				   ? memchr(at, '>', (size_t)(end - at))
				   : NULL;
	int group;

	if (!stop) {
		render_fail(filler->render, RENDER_RUNTIME,
			    "missing group name in a replacement");
		return NULL;
	}
	group = group_of(filler, value_borrow(at + 1, (size_t)(stop - at - 1)));
	return group < 0 || put_group(filler, group) ? NULL : stop + 1;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* "\1" and "\12" are groups, "\0" and three octal digits characters. */
static const char *numbered(struct filler *filler, const char *at,
			    const char *end)
{
	bool two = end - at > 1 && at[1] >= '0' && at[1] <= '9';
	uint32_t point = 0;

	if (*at == '0' || (end - at > 2 && is_octal(at[0]) && is_octal(at[1]) &&
			   is_octal(at[2]))) {
		const char *stop = at + 3;

		for (; at < end && at < stop && is_octal(*at); at++)
			point = point * 8 + (uint32_t)(*at - '0');
		text_point(filler->out, point);
		return at;
	}
	if (put_group(filler,
		      two ? (at[0] - '0') * 10 + (at[1] - '0') : at[0] - '0'))
		return NULL;
	return at + 1 + two;
}

static const char *put_escape(struct filler *filler, const char *at,
			      const char *end)
{
	static const char from[] = "abfnrtv\\";
	static const char into[] = "\a\b\f\n\r\t\v\\";
	const char *found = *at ? strchr(from, *at) : NULL;

	if (*at == 'g')
		return named_group(filler, at + 1, end);
	if (*at >= '0' && *at <= '9')
		return numbered(filler, at, end);
	if (found) {
		buf_putc(filler->out, into[found - from]);
		return at + 1;
	}
	if ((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z') {
		render_fail(filler->render, RENDER_RUNTIME,
			    "bad escape \\%c in a replacement", *at);
		return NULL;
	}
	buf_putc(filler->out, '\\');
	return at;
}

static int put_replacement(struct filler *filler, struct value replacement)
{
	const char *at = replacement.bytes;
	const char *end = at + replacement.length;

	while (at < end) {
		const char *slash = memchr(at, '\\', (size_t)(end - at));
		const char *stop = slash ? slash : end;

		buf_append(filler->out, at, (size_t)(stop - at));
		if (!slash)
			break;
		if (slash + 1 == end)
			return render_fail(filler->render, RENDER_RUNTIME,
					   "bad escape (end of pattern)");
		at = put_escape(filler, slash + 1, end);
		if (!at)
			return -1;
	}
	return 0;
}

/* As Python 3.7: an empty match counts, but not twice at one place. */
static int replace_all(struct filler *filler, struct value replacement)
{
	struct value text = filler->text;
	size_t copied = 0;
	size_t start = 0;
	enum regex_where where = REGEX_SEARCH;
	int found = 1;

	for (;;) {
		size_t end;

		found = regex_run(filler->regex, text, start, where,
				  &filler->match);
		if (found <= 0)
			break;
		end = filler->match.groups[1];
		if (filler->match.groups[0] > end ||
		    filler->match.groups[0] < copied)
			break; /* \K may turn a match inside out */
		buf_append(filler->out, text.bytes + copied,
			   filler->match.groups[0] - copied);
		if (put_replacement(filler, replacement) || filler->out->full)
			return -1;
		copied = start = end;
		where = filler->match.groups[0] == end ? REGEX_NEXT
						       : REGEX_SEARCH;
	}
	buf_append(filler->out, text.bytes + copied, text.length - copied);
	return found < 0 ? -1 : 0;
}

int regex_replace(struct render *render, struct regex *regex, struct value text,
		  struct value replacement, struct value *out)
{
	struct buf buf;
	struct filler filler = {
		.render = render, .regex = regex, .text = text, .out = &buf};
	int status;

	text_init(&buf);
	filler.checking = true;
	status = put_replacement(&filler, replacement);
	filler.checking = false;
	buf_clear(&buf);
	if (status == 0)
		status = replace_all(&filler, replacement);
	if (buf.full)
		return text_take(render, &buf, out);
	return text_done(render, status, &buf, out);
}
