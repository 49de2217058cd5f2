/* pprint: as Python's pprint.pformat, 80 columns wide. */
#include "runtime/text/template/filter.h"
#include "runtime/text/template/regex.h"

enum { WIDTH = 80 };

struct printer {
	struct render *render;
	struct buf *out;
};

/* Where a value is printed: what is left and right of it, and how deep. */
struct place {
	int64_t indent, allowance;
	int level;
};

static int put_value(struct printer *printer, struct value value,
		     struct place place);

static int sorted_dict(struct render *render, struct value value, int depth,
		       struct value *out);

/* A copy in which all dicts are sorted by their keys. */
static int sorted_copy(struct render *render, struct value value, int depth,
		       struct value *out)
{
	*out = value;
	if (depth > NESTING_MAX)
		return render_fail(render, RENDER_LIMIT,
				   "containers nested too deeply");
	if (value.kind == VALUE_DICT)
		return sorted_dict(render, value, depth, out);
	if (!is_sequence(value))
		return 0;
	if (value_items(render, value, out))
		return -1;
	out->kind = value.kind;
	for (uint32_t i = 0; i < out->list->count; i++)
		if (sorted_copy(render, out->list->items[i], depth + 1,
				&out->list->items[i]))
			return -1;
	return 0;
}

static struct value pair_of(struct render *render,
			    const struct value_entry *entry)
{
	struct value pair = value_tuple_new(render_arena(render), 2);

	value_list_add(render_arena(render), pair.list, entry->key);
	value_list_add(render_arena(render), pair.list, entry->value);
	return pair;
}

/* Keys of different sorts have no order: their types' names do. */
static void name_types(struct sort_item *items, size_t count)
{
	size_t strings = 0;
	size_t numbers = 0;

	for (size_t i = 0; i < count; i++) {
		strings += is_string(items[i].key);
		numbers += is_number(items[i].key);
	}
	if (strings == count || numbers == count)
		return;
	for (size_t i = 0; i < count; i++) {
		const char *name = value_type_name(items[i].key);

		items[i].key = value_borrow(name, strlen(name));
	}
}

static int sorted_dict(struct render *render, struct value value, int depth,
		       struct value *out)
{
	struct sort_item *items =
		room_new(render, value.dict->count + 1, sizeof(*items));
	const struct value_entry *entry;
	size_t count = 0;
	uint32_t at = 0;

	if (!items)
		return -1;
	while ((entry = value_dict_next(value.dict, &at)))
		items[count++] =
			(struct sort_item){entry->key, pair_of(render, entry)};
	name_types(items, count);
	if (sort_items(render, items, count, false))
		return -1;
	*out = value_dict_new(render_arena(render), (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		const struct value *pair = items[i].item.list->items;
		struct value copy;

		if (sorted_copy(render, pair[1], depth + 1, &copy))
			return -1;
		value_dict_set(render_arena(render), out->dict, pair[0], copy);
	}
	return 0;
}

static int repr_of(struct printer *printer, struct value value,
		   struct value *out)
{
	struct buf buf;

	text_init(&buf);
	return text_done(printer->render,
			 value_repr(printer->render, value, &buf), &buf, out);
}

static void new_line(struct printer *printer, int64_t indent)
{
	buf_putc(printer->out, '\n');
	for (int64_t i = 0; i < indent && !printer->out->full; i++)
		buf_putc(printer->out, ' ');
}

static int put_dict(struct printer *printer, const struct value_dict *dict,
		    struct place place)
{
	const struct value_entry *entry;
	struct value key;
	uint32_t number = 0;
	uint32_t at = 0;

	buf_putc(printer->out, '{');
	while ((entry = value_dict_next(dict, &at))) {
		struct place inner = {.level = place.level};
		bool last = ++number == dict->count;

		if (repr_of(printer, entry->key, &key))
			return -1;
		buf_append(printer->out, key.bytes, key.length);
		buf_puts(printer->out, ": ");
		inner.indent = place.indent + 1 + value_length(key) + 2;
		inner.allowance = last ? place.allowance + 1 : 1;
		if (put_value(printer, entry->value, inner))
			return -1;
		if (!last) {
			buf_putc(printer->out, ',');
			new_line(printer, place.indent + 1);
		}
	}
	buf_putc(printer->out, '}');
	return 0;
}

static int put_items(struct printer *printer, struct value value,
		     struct place place)
{
	const struct value_list *list = value.list;
	const char *close = value.kind == VALUE_LIST ? "]"
			    : list->count == 1       ? ",)"
						     : ")";

	buf_putc(printer->out, value.kind == VALUE_LIST ? '[' : '(');
	for (uint32_t i = 0; i < list->count; i++) {
		struct place inner = {place.indent + 1, 1, place.level};

		if (i == list->count - 1)
			inner.allowance =
				place.allowance + (int64_t)strlen(close);
		if (put_value(printer, list->items[i], inner))
			return -1;
		if (i < list->count - 1) {
			buf_putc(printer->out, ',');
			new_line(printer, place.indent + 1);
		}
	}
	buf_puts(printer->out, close);
	return 0;
}

/* A long string as pieces that Python would join again. */
struct pieces {
	struct printer *printer;
	struct place place;
	struct value first; /* held back: alone it needs no parentheses */
	uint32_t count;
};

static void put_piece(struct pieces *pieces, struct value text)
{
	struct buf *out = pieces->printer->out;

	if (pieces->count == 0) {
		pieces->first = text;
	} else {
		if (pieces->count == 1) {
			if (pieces->place.level == 1)
				buf_putc(out, '(');
			buf_append(out, pieces->first.bytes,
				   pieces->first.length);
		}
		new_line(pieces->printer, pieces->place.indent);
		buf_append(out, text.bytes, text.length);
	}
	pieces->count++;
}

/* A word and the space behind it, from `at` on. */
static const char *part_end(const char *at, const char *end)
{
	bool space = false;

	while (at < end) {
		const char *start = at;
		bool is = unicode_is(unicode_next(&at, end), UNICODE_SPACE);

		if (space && !is)
			return start;
		space = is;
	}
	return end;
}

static int put_parts(struct pieces *pieces, struct value line, bool last)
{
	int64_t width = WIDTH - pieces->place.indent;
	const char *end = line.bytes + line.length;
	const char *start = line.bytes;
	const char *at = start;
	struct value rep;

	while (at < end) {
		const char *stop = part_end(at, end);

		if (last && stop == end)
			width -= pieces->place.allowance;
		if (repr_of(pieces->printer,
			    value_borrow(start, (size_t)(stop - start)), &rep))
			return -1;
		if (value_length(rep) > width && at > start) {
			if (repr_of(pieces->printer,
				    value_borrow(start, (size_t)(at - start)),
				    &rep))
				return -1;
			put_piece(pieces, rep);
			start = at;
		}
		at = stop;
	}
	if (repr_of(pieces->printer, value_borrow(start, (size_t)(end - start)),
		    &rep))
		return -1;
	put_piece(pieces, rep);
	return 0;
}

static int put_string(struct printer *printer, struct value value,
		      struct place place)
{
	struct pieces pieces = {.printer = printer, .place = place};
	struct value lines;
	struct value rep;

	if (place.level == 1) {
		pieces.place.indent++;
		pieces.place.allowance++;
	}
	if (string_lines(printer->render, value, true, &lines))
		return -1;
	for (uint32_t i = 0; i < lines.list->count; i++) {
		bool last = i == lines.list->count - 1;
		int64_t width = WIDTH - pieces.place.indent;

		if (last)
			width -= pieces.place.allowance;
		if (repr_of(printer, lines.list->items[i], &rep))
			return -1;
		if (value_length(rep) <= width)
			put_piece(&pieces, rep);
		else if (put_parts(&pieces, lines.list->items[i], last))
			return -1;
	}
	if (pieces.count == 1)
		buf_append(printer->out, rep.bytes, rep.length);
	else if (place.level == 1)
		buf_putc(printer->out, ')');
	return 0;
}

static int put_value(struct printer *printer, struct value value,
		     struct place place)
{
	struct value rep;

	if (render_count(printer->render, 1) || repr_of(printer, value, &rep))
		return -1;
	if (value_length(rep) > WIDTH - place.indent - place.allowance) {
		struct place inner = place;

		inner.level++;
		if (value.kind == VALUE_DICT)
			return put_dict(printer, value.dict, inner);
		if (is_sequence(value))
			return put_items(printer, value, inner);
		if (is_string(value) && value.length > 0)
			return put_string(printer, value, inner);
	}
	buf_append(printer->out, rep.bytes, rep.length);
	return 0;
}

int filter_pprint(struct call *call, struct value *out)
{
	static const char *const names[] = {NULL};
	struct printer printer = {.render = call->render};
	struct place place = {0, 0, 0};
	struct value sorted;
	struct buf buf;

	if (call_bind(call, names, 0, NULL) ||
	    sorted_copy(call->render, call->subject, 0, &sorted))
		return -1;
	text_init(&buf);
	printer.out = &buf;
	return text_done(call->render, put_value(&printer, sorted, place), &buf,
			 out);
}
