/* Slices: subject[start:stop:step]. */
#include "runtime/text/template/operate.h"

/* Python's rules for bounds that are missing, negative or too large. */
static int64_t clamp(int64_t at, int64_t length, int64_t step)
{
	int64_t least = step < 0 ? -1 : 0;
	int64_t most = step < 0 ? length - 1 : length;

	if (at < 0)
		at += length;
	if (at < least)
		return least;
	return at > most ? most : at;
}

/* 1: `*out` was set; 0: the bound is not given; -1: it is no integer. */
static int bound(struct render *render, struct value value, int64_t *out)
{
	if (value.kind == VALUE_NONE || value.kind == VALUE_ABSENT)
		return 0;
	if (!is_integer(value))
		return -1;
	return argument_int(render, value, out) ? -1 : 1;
}

/* Start, stop, step for `length` items. 1: the bounds are no integers. */
static int resolve(struct render *render, const struct value bounds[3],
		   int64_t length, int64_t at[3])
{
	int given[3];

	at[2] = 1;
	for (int i = 0; i < 3; i++) {
		given[i] = bound(render, bounds[i], &at[i]);
		if (given[i] < 0)
			return 1;
	}
	if (at[2] == 0)
		return render_fail(render, RENDER_VALUE,
				   "slice step cannot be zero");
	if (at[2] < -INT64_MAX)
		at[2] = -INT64_MAX;
	at[0] = given[0]    ? clamp(at[0], length, at[2])
		: at[2] < 0 ? length - 1
			    : 0;
	at[1] = given[1]    ? clamp(at[1], length, at[2])
		: at[2] < 0 ? -1
			    : length;
	return 0;
}

static int64_t steps_of(const int64_t at[3])
{
	if (at[2] > 0)
		return at[0] < at[1] ? (at[1] - at[0] - 1) / at[2] + 1 : 0;
	if (at[2] < 0)
		return at[1] < at[0] ? (at[0] - at[1] - 1) / -at[2] + 1 : 0;
	return 0;
}

static int slice_items(struct render *render, struct value subject,
		       const int64_t at[3], struct value *out)
{
	struct arena *arena = render_arena(render);
	uint32_t count = (uint32_t)steps_of(at);

	if (render_count(render, count) ||
	    render_room(render, count * sizeof(struct value)))
		return -1;
	*out = subject.kind == VALUE_TUPLE ? value_tuple_new(arena, count)
					   : value_list_new(arena, count);
	for (uint32_t i = 0; i < count; i++)
		out->list->items[i] =
			subject.list->items[at[0] + (int64_t)i * at[2]];
	out->list->count = count;
	return 0;
}

/* Where each code point of a string begins, and the end. */
static uint32_t *offsets(struct render *render, struct value text,
			 size_t length)
{
	uint32_t *starts = room_new(render, length + 1, sizeof(*starts));
	const char *at = text.bytes;
	const char *end = text.bytes + text.length;

	if (!starts || render_count(render, length))
		return NULL;
	for (size_t i = 0; i < length; i++) {
		starts[i] = (uint32_t)(at - text.bytes);
		unicode_next(&at, end);
	}
	starts[length] = text.length;
	return starts;
}

static int slice_stepped(struct render *render, struct value text,
			 size_t length, const int64_t at[3], struct value *out)
{
	uint32_t *starts = offsets(render, text, length);
	int64_t count = steps_of(at);
	struct buf buf;

	if (!starts)
		return -1;
	text_init(&buf);
	for (int64_t i = 0; i < count; i++) {
		int64_t point = at[0] + i * at[2];

		buf_append(&buf, text.bytes + starts[point],
			   starts[point + 1] - starts[point]);
	}
	return text_take(render, &buf, out);
}

static int slice_string(struct render *render, struct value text, size_t length,
			const int64_t at[3], struct value *out)
{
	const char *start;
	const char *end;

	if (at[2] != 1) {
		if (slice_stepped(render, text, length, at, out))
			return -1;
		out->flags = text.flags;
		return 0;
	}
	if (at[0] >= at[1]) {
		*out = LITERAL("");
	} else if (length == text.length) {
		*out = value_borrow(text.bytes + at[0],
				    (size_t)(at[1] - at[0]));
	} else {
		start = unicode_at(text.bytes, text.length, (size_t)at[0]);
		end = unicode_at(start,
				 (size_t)(text.bytes + text.length - start),
				 (size_t)(at[1] - at[0]));
		*out = value_borrow(start, (size_t)(end - start));
	}
	out->flags = text.flags;
	return 0;
}

int value_slice(struct render *render, struct value subject,
		const struct value bounds[3], struct value *out)
{
	int64_t length = value_length(subject);
	int64_t at[3];
	int status = 1;

	if (subject.kind == VALUE_UNDEFINED)
		return render_missing(render, subject);
	if (is_string(subject) || is_sequence(subject) || is_range(subject))
		status = resolve(render, bounds, length, at);
	if (status < 0)
		return -1;
	if (status > 0)
		return fail_type(
			render,
			subject.kind == VALUE_DICT ? "unhashable type: 'slice'"
			: is_string(subject) || is_sequence(subject)
				? "slice indices must be integers or None or "
				  "have an __index__ method"
				: "'%s' object is not subscriptable",
			value_type_name(subject));
	if (is_string(subject))
		return slice_string(render, subject, (size_t)length, at, out);
	if (is_range(subject))
		return range_slice(render, subject, at, out);
	return slice_items(render, subject, at, out);
}
