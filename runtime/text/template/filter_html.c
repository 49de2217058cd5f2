/* Filters for HTML and URLs, and the few that look at names. */
#include "runtime/text/template/filter.h"

static int bind_none(struct call *call)
{
	static const char *const names[] = {NULL};

	return call_bind(call, names, 0, NULL);
}

static int filter_safe(struct call *call, struct value *out)
{
	if (bind_none(call) || subject_text(call, out))
		return -1;
	out->flags |= VALUE_SAFE;
	return 0;
}

static int escape_as(struct call *call, bool force, struct value *out)
{
	struct value text;
	struct buf buf;

	if (bind_none(call) || subject_text(call, &text))
		return -1;
	if (force)
		text.flags = 0;
	text_init(&buf);
	if (text_done(call->render, value_escape(call->render, text, &buf),
		      &buf, out))
		return -1;
	out->flags |= VALUE_SAFE;
	return 0;
}

static int filter_escape(struct call *call, struct value *out)
{
	return escape_as(call, false, out);
}

static int filter_forceescape(struct call *call, struct value *out)
{
	return escape_as(call, true, out);
}

/* Without everything from `open` to `close`. */
static void drop_between(struct buf *out, struct value text, const char *open,
			 const char *close)
{
	const char *at = text.bytes;
	const char *end = at + text.length;

	while (at < end) {
		const char *start =
			memmem(at, (size_t)(end - at), open, strlen(open));
		const char *stop =
			start ? memmem(start + strlen(open),
				       (size_t)(end - start) - strlen(open),
				       close, strlen(close))
			      : NULL;

		if (!stop)
			break;
		buf_append(out, at, (size_t)(start - at));
		at = stop + strlen(close);
	}
	buf_append(out, at, (size_t)(end - at));
}

static void squeeze(struct buf *out, struct value text)
{
	const char *at = text.bytes;
	const char *end = at + text.length;
	bool space = false;

	while (at < end) {
		const char *start = at;

		if (unicode_is(unicode_next(&at, end), UNICODE_SPACE)) {
			space = true;
			continue;
		}
		if (space && out->length > 0)
			buf_putc(out, ' ');
		space = false;
		buf_append(out, start, (size_t)(at - start));
	}
}

/* "#39" or "#x27" as a code point; 0: it is none. */
static uint32_t numeric_entity(struct value name)
{
	bool hex = name.length > 2 && (name.bytes[1] | 0x20) == 'x';
	uint32_t point = 0;

	for (uint32_t i = hex ? 2 : 1; i < name.length && i < 9; i++) {
		char c = name.bytes[i];
		int digit = c >= '0' && c <= '9' ? c - '0'
			    : hex && (c | 0x20) >= 'a' && (c | 0x20) <= 'f'
				    ? (c | 0x20) - 'a' + 10
				    : -1;

		if (digit < 0)
			return 0;
		point = point * (hex ? 16 : 10) + (uint32_t)digit;
	}
	return point > UNICODE_MAX ? 0xfffd : point;
}

static uint32_t entity_point(struct value name)
{
	static const struct {
		const char *name;
		uint32_t point;
	} entities[] = {
		{"amp", '&'},       {"lt", '<'},       {"gt", '>'},
		{"quot", '"'},      {"apos", '\''},    {"nbsp", 0xa0},
		{"copy", 0xa9},     {"reg", 0xae},     {"laquo", 0xab},
		{"raquo", 0xbb},    {"mdash", 0x2014}, {"ndash", 0x2013},
		{"hellip", 0x2026}, {"euro", 0x20ac},  {"trade", 0x2122},
		{"times", 0xd7},    {"middot", 0xb7},  {"deg", 0xb0},
		{"bull", 0x2022},   {"lsquo", 0x2018}, {"rsquo", 0x2019},
		{"ldquo", 0x201c},  {"rdquo", 0x201d}, {"sect", 0xa7},
		{"auml", 0xe4},     {"ouml", 0xf6},    {"uuml", 0xfc},
		{"Auml", 0xc4},     {"Ouml", 0xd6},    {"Uuml", 0xdc},
		{"szlig", 0xdf},    {"eacute", 0xe9},  {"egrave", 0xe8},
	};

	if (name.length > 1 && name.bytes[0] == '#')
		return numeric_entity(name);
	for (size_t i = 0; i < COUNT(entities); i++)
		if (text_is(name, entities[i].name))
			return entities[i].point;
	return 0;
}

static void unescape(struct buf *out, struct value text)
{
	const char *at = text.bytes;
	const char *end = at + text.length;

	while (at < end) {
		const char *stop =
			*at == '&' ? memchr(at, ';', (size_t)(end - at)) : NULL;
		uint32_t point =
			stop && stop - at < 12
				? entity_point(value_borrow(
					  at + 1, (size_t)(stop - at - 1)))
				: 0;

		if (point) {
			text_point(out, point);
			at = stop + 1;
		} else {
			buf_putc(out, *at++);
		}
	}
}

static int filter_striptags(struct call *call, struct value *out)
{
	struct render *render = call->render;
	struct buf buf;

	if (bind_none(call) || subject_text(call, out))
		return -1;
	text_init(&buf);
	drop_between(&buf, *out, "<!--", "-->");
	if (text_take(render, &buf, out))
		return -1;
	drop_between(&buf, *out, "<", ">");
	if (text_take(render, &buf, out))
		return -1;
	squeeze(&buf, *out);
	if (text_take(render, &buf, out))
		return -1;
	unescape(&buf, *out);
	return text_take(render, &buf, out);
}

static void quote_url(struct buf *out, struct value text, bool query)
{
	for (uint32_t i = 0; i < text.length; i++) {
		unsigned char c = (unsigned char)text.bytes[i];
		bool plain = (c >= '0' && c <= '9') ||
			     ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			     (c && strchr(query ? "_.-~" : "_.-~/", c));

		if (plain)
			buf_putc(out, (char)c);
		else if (query && c == ' ')
			buf_putc(out, '+');
		else
			buf_printf(out, "%%%02X", c);
	}
}

/* "key=value", from anything with two items. */
static int quote_pair(struct call *call, struct value pair, struct buf *buf)
{
	struct value items;
	struct value text;

	if (!value_iterable(pair))
		return fail_type(call->render,
				 "cannot unpack non-iterable %s object",
				 value_type_name(pair));
	if (value_items(call->render, pair, &items))
		return -1;
	if (items.list->count != 2)
		return render_fail(call->render, RENDER_VALUE,
				   "not enough values to unpack (expected 2, "
				   "got %u)",
				   items.list->count);
	for (int i = 0; i < 2; i++) {
		if (value_to_string(call->render, items.list->items[i], &text))
			return -1;
		if (i == 1)
			buf_putc(buf, '=');
		quote_url(buf, text, true);
	}
	return 0;
}

static int quote_pairs(struct call *call, struct buf *buf)
{
	struct value pairs = call->subject;
	struct value pair;
	uint64_t at = 0;
	int more;

	if (pairs.kind == VALUE_DICT) {
		struct call items = {.render = call->render,
				     .subject = pairs,
				     .name = "items"};

		if (method_find(pairs, LITERAL("items"))
			    ->function(&items, &pairs))
			return -1;
	}
	while ((more = render_next(call->render, pairs, &at, &pair)) == 1) {
		if (render_count(call->render, 1))
			return -1;
		if (buf->length > 0)
			buf_putc(buf, '&');
		if (quote_pair(call, pair, buf))
			return -1;
	}
	return more;
}

static int filter_urlencode(struct call *call, struct value *out)
{
	struct value text;
	struct buf buf;
	int status = 0;

	if (bind_none(call))
		return -1;
	text_init(&buf);
	if (is_string(call->subject) || !value_iterable(call->subject)) {
		status = subject_text(call, &text);
		if (status == 0)
			quote_url(&buf, text, false);
	} else {
		status = quote_pairs(call, &buf);
	}
	return text_done(call->render, status, &buf, out);
}

static int put_attribute(struct call *call, const struct value_entry *entry,
			 struct buf *buf)
{
	if (!is_string(entry->key))
		return fail_type(call->render,
				 "expected string or bytes-like object, got "
				 "'%s'",
				 value_type_name(entry->key));
	for (uint32_t i = 0; i < entry->key.length; i++)
		if (entry->key.bytes[i] &&
		    strchr(" \t\n\r\f\v/>=", entry->key.bytes[i]))
			return render_fail(call->render, RENDER_VALUE,
					   "Invalid character in attribute "
					   "name: '%.*s'",
					   (int)entry->key.length,
					   entry->key.bytes);
	buf_putc(buf, ' ');
	if (value_escape(call->render, entry->key, buf))
		return -1;
	buf_puts(buf, "=\"");
	if (value_escape(call->render, entry->value, buf))
		return -1;
	buf_putc(buf, '"');
	return 0;
}

static int filter_xmlattr(struct call *call, struct value *out)
{
	static const char *const names[] = {"autospace", NULL};
	const struct value_entry *entry;
	struct value argument;
	struct buf buf;
	uint32_t at = 0;
	bool space;
	int status = 0;

	if (call_bind(call, names, 0, &argument) ||
	    argument_bool(call->render, argument, true, &space))
		return -1;
	if (call->subject.kind == VALUE_UNDEFINED)
		return render_missing(call->render, call->subject);
	if (call->subject.kind != VALUE_DICT)
		return render_fail(call->render, RENDER_RUNTIME,
				   "'%s' object has no attribute 'items'",
				   value_type_name(call->subject));
	text_init(&buf);
	while (status == 0 &&
	       (entry = value_dict_next(call->subject.dict, &at)))
		if (entry->value.kind != VALUE_NONE &&
		    entry->value.kind != VALUE_UNDEFINED)
			status = put_attribute(call, entry, &buf);
	if (!space && buf.length > 0)
		buf_consume(&buf, 1);
	if (text_done(call->render, status, &buf, out))
		return -1;
	out->flags = render_autoescape(call->render) ? VALUE_SAFE : 0;
	return 0;
}

static int filter_default(struct call *call, struct value *out)
{
	static const char *const names[] = {"default_value", "boolean", NULL};
	struct value arguments[2];
	bool boolean;
	bool truth = true;

	if (call_bind(call, names, 0, arguments) ||
	    argument_bool(call->render, arguments[1], false, &boolean))
		return -1;
	*out = call->subject;
	if (out->kind == VALUE_UNDEFINED)
		truth = false;
	else if (boolean && value_true(call->render, *out, &truth))
		return -1;
	if (!truth)
		*out = arguments[0].kind == VALUE_ABSENT ? LITERAL("")
							 : arguments[0];
	return 0;
}

/* obj.name, but never an item of a dict. */
static int filter_attr(struct call *call, struct value *out)
{
	static const char *const names[] = {"name", NULL};
	const struct call_entry *entry;
	struct value name;

	if (call_bind(call, names, 1, &name) ||
	    value_to_string(call->render, name, &name))
		return -1;
	if (call->subject.kind == VALUE_OBJECT ||
	    call->subject.kind == VALUE_UNDEFINED)
		return render_attribute(call->render, call->subject, name, out);
	entry = method_find(call->subject, name);
	if (entry)
		*out = bound_method(call->render, call->subject, entry);
	else
		*out = render_undefined(call->render,
					"'%s object' has no attribute '%.*s'",
					value_type_name(call->subject),
					(int)name.length, name.bytes);
	return 0;
}

static const struct call_entry entries[] = {
	{"attr", filter_attr},           {"d", filter_default},
	{"default", filter_default},     {"e", filter_escape},
	{"escape", filter_escape},       {"forceescape", filter_forceescape},
	{"safe", filter_safe},           {"striptags", filter_striptags},
	{"urlencode", filter_urlencode}, {"xmlattr", filter_xmlattr},
};

const struct method_table filters_html = {entries, COUNT(entries)};
