/* Strings in parts, and stripped at their ends. */
#include "runtime/text/template/method.h"

/* What the parts of a text share: its arena and whether they are safe. */
struct parts {
	struct render *render;
	struct value_list *list;
	uint8_t flags;
};

static int add_part(struct parts *parts, const char *start, const char *end)
{
	struct value part = value_borrow(start, (size_t)(end - start));

	if ((parts->list->count & 0xff) == 0xff &&
	    (render_count(parts->render, 256) ||
	     render_room(parts->render,
			 (size_t)parts->list->count * 2 * sizeof(part))))
		return -1;
	part.flags = parts->flags;
	value_list_add(render_arena(parts->render), parts->list, part);
	return 0;
}

static bool in_set(struct value set, uint32_t point)
{
	const char *at = set.bytes;
	const char *end;

	if (!is_string(set))
		return unicode_is(point, UNICODE_SPACE);
	end = at + set.length;
	while (at < end)
		if (unicode_next(&at, end) == point)
			return true;
	return false;
}

static const char *skip_forward(const char *at, const char *end,
				struct value set)
{
	while (at < end) {
		const char *start = at;

		if (!in_set(set, unicode_next(&at, end)))
			return start;
	}
	return end;
}

/* Where the code point before `at` begins. */
static const char *step_back(const char *start, const char *at)
{
	const char *back = at - 1;
	const char *check;

	while (back > start && ((unsigned char)*back & 0xc0) == 0x80 &&
	       at - back < 4)
		back--;
	check = back;
	unicode_next(&check, at);
	return check == at ? back : at - 1;
}

static const char *skip_backward(const char *start, const char *end,
				 struct value set)
{
	while (end > start) {
		const char *back = step_back(start, end);
		const char *at = back;

		if (!in_set(set, unicode_next(&at, end)))
			return end;
		end = back;
	}
	return start;
}

int string_strip(struct call *call, struct value text, struct value characters,
		 int sides, struct value *out)
{
	const char *start = text.bytes;
	const char *end = text.bytes + text.length;

	if (characters.kind != VALUE_ABSENT && characters.kind != VALUE_NONE &&
	    !is_string(characters))
		return fail_type(call->render, "%s arg must be None or str",
				 call->name);
	if (sides & STRIP_LEFT)
		start = skip_forward(start, end, characters);
	if (sides & STRIP_RIGHT)
		end = skip_backward(start, end, characters);
	*out = value_borrow(start, (size_t)(end - start));
	out->flags = text.flags;
	return 0;
}

static int strip(struct call *call, int sides, struct value *out)
{
	static const char *const names[] = {"chars", NULL};
	struct value characters;

	if (call_bind(call, names, 0, &characters))
		return -1;
	return string_strip(call, call->subject, characters, sides, out);
}

int str_strip(struct call *call, struct value *out)
{
	return strip(call, STRIP_LEFT | STRIP_RIGHT, out);
}

int str_lstrip(struct call *call, struct value *out)
{
	return strip(call, STRIP_LEFT, out);
}

int str_rstrip(struct call *call, struct value *out)
{
	return strip(call, STRIP_RIGHT, out);
}

static const char *word_end(const char *at, const char *end)
{
	while (at < end) {
		const char *start = at;

		if (unicode_is(unicode_next(&at, end), UNICODE_SPACE))
			return start;
	}
	return end;
}

static int split_space(struct parts *parts, struct value text, int64_t most)
{
	const struct value space = {.kind = VALUE_NONE};
	const char *end = text.bytes + text.length;
	const char *at = skip_forward(text.bytes, end, space);

	while (at < end) {
		const char *stop = word_end(at, end);

		if (most-- == 0)
			return add_part(parts, at,
					skip_backward(at, end, space));
		if (add_part(parts, at, stop))
			return -1;
		at = skip_forward(stop, end, space);
	}
	return 0;
}

static int split_at(struct parts *parts, struct value text,
		    struct value separator, int64_t most)
{
	const char *end = text.bytes + text.length;
	const char *at = text.bytes;
	const char *found;

	while (most-- != 0 &&
	       (found = memmem(at, (size_t)(end - at), separator.bytes,
			       separator.length))) {
		if (add_part(parts, at, found))
			return -1;
		at = found + separator.length;
	}
	return add_part(parts, at, end);
}

static bool is_separator(struct value separator)
{
	return separator.kind != VALUE_ABSENT && separator.kind != VALUE_NONE;
}

static int check_separator(struct call *call, struct value separator)
{
	if (!is_separator(separator))
		return 0;
	if (!is_string(separator))
		return fail_type(call->render, "must be str or None, not %s",
				 value_type_name(separator));
	if (separator.length == 0)
		return render_fail(call->render, RENDER_VALUE,
				   "empty separator");
	return 0;
}

int string_split(struct call *call, struct value text, struct value separator,
		 int64_t most, struct value *out)
{
	struct parts parts = {call->render, NULL, text.flags};

	if (check_separator(call, separator))
		return -1;
	*out = value_list_new(render_arena(call->render), 4);
	parts.list = out->list;
	if (is_separator(separator))
		return split_at(&parts, text, separator, most);
	return split_space(&parts, text, most);
}

static const char *word_start(const char *start, const char *end)
{
	while (end > start) {
		const char *back = step_back(start, end);
		const char *at = back;

		if (unicode_is(unicode_next(&at, end), UNICODE_SPACE))
			return end;
		end = back;
	}
	return start;
}

static int rsplit_space(struct parts *parts, struct value text, int64_t most)
{
	const struct value space = {.kind = VALUE_NONE};
	const char *start = text.bytes;
	const char *end = skip_backward(start, start + text.length, space);

	while (end > start) {
		const char *stop = word_start(start, end);

		if (most-- == 0)
			return add_part(parts, skip_forward(start, end, space),
					end);
		if (add_part(parts, stop, end))
			return -1;
		end = skip_backward(start, stop, space);
	}
	return 0;
}

static int rsplit_at(struct parts *parts, struct value text,
		     struct value separator, int64_t most)
{
	const char *start = text.bytes;
	const char *end = start + text.length;
	const char *at = end - separator.length;

	while (most != 0 && at >= start) {
		if (memcmp(at, separator.bytes, separator.length) != 0) {
			at--;
			continue;
		}
		if (add_part(parts, at + separator.length, end))
			return -1;
		end = at;
		at = end - separator.length;
		most--;
	}
	return add_part(parts, start, end);
}

static void reverse(struct value_list *list)
{
	for (uint32_t i = 0; i < list->count / 2; i++) {
		struct value other = list->items[list->count - 1 - i];

		list->items[list->count - 1 - i] = list->items[i];
		list->items[i] = other;
	}
}

static int bind_split(struct call *call, struct value *separator, int64_t *most)
{
	static const char *const names[] = {"sep", "maxsplit", NULL};
	struct value arguments[2];

	if (call_bind(call, names, 0, arguments) ||
	    argument_int_or(call->render, arguments[1], -1, most))
		return -1;
	*separator = arguments[0];
	return 0;
}

int str_split(struct call *call, struct value *out)
{
	struct value separator;
	int64_t most;

	if (bind_split(call, &separator, &most))
		return -1;
	return string_split(call, call->subject, separator, most, out);
}

int str_rsplit(struct call *call, struct value *out)
{
	struct parts parts = {call->render, NULL, call->subject.flags};
	struct value separator;
	int64_t most;
	int status;

	if (bind_split(call, &separator, &most) ||
	    check_separator(call, separator))
		return -1;
	*out = value_list_new(render_arena(call->render), 4);
	parts.list = out->list;
	if (is_separator(separator))
		status = rsplit_at(&parts, call->subject, separator, most);
	else
		status = rsplit_space(&parts, call->subject, most);
	reverse(out->list);
	return status;
}

static bool ends_line(uint32_t point)
{
	return (point >= '\n' && point <= '\r') ||
	       (point >= 0x1c && point <= 0x1e) || point == 0x85 ||
	       point == 0x2028 || point == 0x2029;
}

bool string_next_line(const char **at, const char *end, struct value *out,
		      const char **next)
{
	const char *start = *at;
	const char *stop = start;

	if (start >= end)
		return false;
	while (*at < end) {
		stop = *at;
		uint32_t point = unicode_next(at, end);

		if (!ends_line(point)) {
			stop = *at;
			continue;
		}
		if (point == '\r' && *at < end && **at == '\n')
			(*at)++;
		break;
	}
	*out = value_borrow(start, (size_t)(stop - start));
	*next = *at;
	return true;
}

int string_lines(struct render *render, struct value text, bool keep,
		 struct value *out)
{
	struct parts parts = {render, NULL, text.flags};
	const char *at = text.bytes;
	const char *end = text.bytes + text.length;
	struct value line;
	const char *next;

	*out = value_list_new(render_arena(render), 4);
	parts.list = out->list;
	while (string_next_line(&at, end, &line, &next))
		if (add_part(&parts, line.bytes,
			     keep ? next : line.bytes + line.length))
			return -1;
	return 0;
}

int str_splitlines(struct call *call, struct value *out)
{
	static const char *const names[] = {"keepends", NULL};
	struct value argument;
	bool keep;

	if (call_bind(call, names, 0, &argument) ||
	    argument_bool(call->render, argument, false, &keep))
		return -1;
	return string_lines(call->render, call->subject, keep, out);
}

int string_join(struct render *render, struct value separator,
		struct value items, struct value *out)
{
	bool safe = separator.flags & VALUE_SAFE;
	uint64_t number = 0;
	struct value item;
	struct buf buf;
	uint64_t at = 0;
	int more;

	text_init(&buf);
	while ((more = render_next(render, items, &at, &item)) == 1) {
		if (render_count(render, 1))
			break;
		if (number > 0)
			buf_append(&buf, separator.bytes, separator.length);
		if (!is_string(item)) {
			fail_type(render,
				  "sequence item %llu: expected str instance, "
				  "%s found",
				  (unsigned long long)number,
				  value_type_name(item));
			break;
		}
		if (safe)
			value_escape(render, item, &buf);
		else
			buf_append(&buf, item.bytes, item.length);
		number++;
	}
	if (text_done(render, more == 0 ? 0 : -1, &buf, out))
		return -1;
	out->flags = safe ? VALUE_SAFE : 0;
	return 0;
}

int str_join(struct call *call, struct value *out)
{
	static const char *const names[] = {"iterable", NULL};
	struct value items;

	if (call_bind(call, names, 1, &items))
		return -1;
	if (!value_iterable(items))
		return fail_type(call->render, "can only join an iterable");
	return string_join(call->render, call->subject, items, out);
}
