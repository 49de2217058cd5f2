/* Looking for a string within another. Positions count code points. */
#include "runtime/text/template/method.h"

/* The part of the subject between optional bounds, and what it starts at. */
struct window {
	const char *start, *end;
	int64_t offset; /* in code points */
	bool valid;     /* false: the start is behind the end of the text */
};

static int64_t clamp(int64_t at, int64_t length)
{
	if (at < 0)
		at += length;
	return at < 0 ? 0 : at;
}

static int take_window(struct call *call, const struct value bounds[2],
		       struct window *window)
{
	struct value text = call->subject;
	int64_t length = value_length(text);
	int64_t at[2] = {0, length};

	for (int i = 0; i < 2; i++) {
		if (bounds[i].kind == VALUE_NONE)
			continue;
		if (argument_int_or(call->render, bounds[i], at[i], &at[i]))
			return -1;
		at[i] = clamp(at[i], length);
	}
	window->valid = at[0] <= length;
	if (at[1] > length)
		at[1] = length;
	if (at[0] > at[1]) {
		window->valid = false;
		at[0] = at[1];
	}
	window->offset = at[0];
	window->start = unicode_at(text.bytes, text.length, (size_t)at[0]);
	window->end =
		unicode_at(window->start,
			   text.length - (size_t)(window->start - text.bytes),
			   (size_t)(at[1] - at[0]));
	return 0;
}

/* The last place of `what`, or NULL. */
static const char *find_last(const char *start, const char *end,
			     struct value what)
{
	const char *at = end - what.length;

	if ((size_t)(end - start) < what.length)
		return NULL;
	for (; at >= start; at--)
		if (what.length == 0 ||
		    memcmp(at, what.bytes, what.length) == 0)
			return at;
	return NULL;
}

static const char *find_first(const char *start, const char *end,
			      struct value what)
{
	if (what.length == 0)
		return start;
	return memmem(start, (size_t)(end - start), what.bytes, what.length);
}

static int find(struct call *call, bool last, bool must, struct value *out)
{
	static const char *const names[] = {"sub", "start", "end", NULL};
	struct value arguments[3];
	struct window window;
	const char *found = NULL;

	if (call_bind(call, names, 1, arguments) ||
	    argument_text(call, arguments[0], "argument 1") ||
	    take_window(call, arguments + 1, &window))
		return -1;
	if (window.valid)
		found = (last ? find_last : find_first)(
			window.start, window.end, arguments[0]);
	if (!found && must)
		return render_fail(call->render, RENDER_VALUE,
				   "substring not found");
	*out = value_int(found ? window.offset +
					 (int64_t)unicode_length(
						 window.start,
						 (size_t)(found - window.start))
			       : -1);
	return 0;
}

int str_find(struct call *call, struct value *out)
{
	return find(call, false, false, out);
}

int str_rfind(struct call *call, struct value *out)
{
	return find(call, true, false, out);
}

int str_index(struct call *call, struct value *out)
{
	return find(call, false, true, out);
}

int str_rindex(struct call *call, struct value *out)
{
	return find(call, true, true, out);
}

int str_count(struct call *call, struct value *out)
{
	static const char *const names[] = {"sub", "start", "end", NULL};
	struct value arguments[3];
	struct window window;
	const char *at;
	int64_t count = 0;

	if (call_bind(call, names, 1, arguments) ||
	    argument_text(call, arguments[0], "argument 1") ||
	    take_window(call, arguments + 1, &window))
		return -1;
	at = window.start;
	if (arguments[0].length == 0)
		count = window.valid ? (int64_t)unicode_length(
					       at, (size_t)(window.end - at)) +
					       1
				     : 0;
	else
		while ((at = find_first(at, window.end, arguments[0]))) {
			at += arguments[0].length;
			count++;
		}
	*out = value_int(count);
	return 0;
}

static bool has_affix(const struct window *window, struct value affix,
		      bool at_end)
{
	const char *at = at_end ? window->end - affix.length : window->start;

	return window->valid &&
	       affix.length <= (size_t)(window->end - window->start) &&
	       (affix.length == 0 ||
		memcmp(at, affix.bytes, affix.length) == 0);
}

/* One string, or a tuple of which one suffices. */
static int affix(struct call *call, bool at_end, struct value *out)
{
	static const char *const names[] = {"prefix", "start", "end", NULL};
	struct value arguments[3];
	struct window window;
	bool found = false;

	if (call_bind(call, names, 1, arguments) ||
	    take_window(call, arguments + 1, &window))
		return -1;
	if (arguments[0].kind == VALUE_TUPLE) {
		const struct value_list *list = arguments[0].list;

		for (uint32_t i = 0; !found && i < list->count; i++) {
			if (argument_text(call, list->items[i], "tuple"))
				return -1;
			found = has_affix(&window, list->items[i], at_end);
		}
	} else if (is_string(arguments[0])) {
		found = has_affix(&window, arguments[0], at_end);
	} else {
		return fail_type(call->render,
				 "%s first arg must be str or a tuple of str, "
				 "not %s",
				 call->name, value_type_name(arguments[0]));
	}
	*out = value_bool(found);
	return 0;
}

int str_startswith(struct call *call, struct value *out)
{
	return affix(call, false, out);
}

int str_endswith(struct call *call, struct value *out)
{
	return affix(call, true, out);
}

static int remove_affix(struct call *call, bool at_end, struct value *out)
{
	static const char *const names[] = {"affix", NULL};
	struct value text = call->subject;
	struct window window = {text.bytes, text.bytes + text.length, 0, true};
	struct value part;

	if (call_bind(call, names, 1, &part) ||
	    argument_text(call, part, "argument"))
		return -1;
	*out = text;
	if (has_affix(&window, part, at_end)) {
		out->length -= part.length;
		out->bytes += at_end ? 0 : part.length;
	}
	return 0;
}

int str_removeprefix(struct call *call, struct value *out)
{
	return remove_affix(call, false, out);
}

int str_removesuffix(struct call *call, struct value *out)
{
	return remove_affix(call, true, out);
}

static int partition(struct call *call, bool last, struct value *out)
{
	static const char *const names[] = {"sep", NULL};
	struct value text = call->subject;
	const char *end = text.bytes + text.length;
	struct value separator;
	const char *found;
	struct value *parts;

	if (call_bind(call, names, 1, &separator) ||
	    argument_text(call, separator, "argument"))
		return -1;
	if (separator.length == 0)
		return render_fail(call->render, RENDER_VALUE,
				   "empty separator");
	found = (last ? find_last : find_first)(text.bytes, end, separator);
	*out = value_tuple_new(render_arena(call->render), 3);
	parts = out->list->items;
	out->list->count = 3;
	parts[0] = parts[1] = parts[2] = value_borrow("", 0);
	if (found) {
		parts[0] =
			value_borrow(text.bytes, (size_t)(found - text.bytes));
		parts[1] = separator;
		found += separator.length;
		parts[2] = value_borrow(found, (size_t)(end - found));
	} else {
		parts[last ? 2 : 0] = text;
	}
	for (int i = 0; i < 3; i++)
		parts[i].flags = text.flags;
	return 0;
}

int str_partition(struct call *call, struct value *out)
{
	return partition(call, false, out);
}

int str_rpartition(struct call *call, struct value *out)
{
	return partition(call, true, out);
}

/* An empty `old` is found before every code point and at the end. */
static void replace_empty(struct buf *buf, struct value text, struct value new,
			  int64_t most)
{
	const char *at = text.bytes;
	const char *end = text.bytes + text.length;

	while (most != 0 && !buf->full) {
		const char *start = at;

		buf_append(buf, new.bytes, new.length);
		most--;
		if (at == end)
			return;
		unicode_next(&at, end);
		buf_append(buf, start, (size_t)(at - start));
	}
	buf_append(buf, at, (size_t)(end - at));
}

static void replace_all(struct buf *buf, struct value text, struct value old,
			struct value new, int64_t most)
{
	const char *at = text.bytes;
	const char *end = text.bytes + text.length;
	const char *found;

	while (most != 0 && !buf->full && (found = find_first(at, end, old))) {
		buf_append(buf, at, (size_t)(found - at));
		buf_append(buf, new.bytes, new.length);
		at = found + old.length;
		most--;
	}
	buf_append(buf, at, (size_t)(end - at));
}

int string_replace(struct render *render, const struct value parts[3],
		   int64_t most, struct value *out)
{
	struct value text = parts[0];
	struct value old = parts[1];
	struct value new = parts[2];
	struct buf buf;

	if (most == 0 ||
	    (old.length > 0 &&
	     !find_first(text.bytes, text.bytes + text.length, old))) {
		*out = text;
		return 0;
	}
	text_init(&buf);
	if (old.length == 0)
		replace_empty(&buf, text, new, most);
	else
		replace_all(&buf, text, old, new, most);
	if (text_take(render, &buf, out))
		return -1;
	out->flags = text.flags;
	return 0;
}

/* A safe text escapes what is put into it. */
static int escaped(struct render *render, struct value *text)
{
	struct buf buf;

	text_init(&buf);
	return text_done(render, value_escape(render, *text, &buf), &buf, text);
}

int str_replace(struct call *call, struct value *out)
{
	static const char *const names[] = {"old", "new", "count", NULL};
	struct value arguments[3];
	struct value parts[3];
	int64_t most;

	if (call_bind(call, names, 2, arguments) ||
	    argument_text(call, arguments[0], "argument 1") ||
	    argument_text(call, arguments[1], "argument 2") ||
	    argument_int_or(call->render, arguments[2], -1, &most))
		return -1;
	if ((call->subject.flags & VALUE_SAFE) &&
	    (escaped(call->render, &arguments[0]) ||
	     escaped(call->render, &arguments[1])))
		return -1;
	parts[0] = call->subject;
	parts[1] = arguments[0];
	parts[2] = arguments[1];
	return string_replace(call->render, parts, most, out);
}
