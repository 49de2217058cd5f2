/* Filters of strings. */
#include "runtime/text/template/filter.h"
#include "runtime/text/template/operate.h"

int subject_text(struct call *call, struct value *out)
{
	return value_to_string(call->render, call->subject, out);
}

static int bind_none(struct call *call)
{
	static const char *const names[] = {NULL};

	return call_bind(call, names, 0, NULL);
}

static int in_case(struct call *call, enum string_case to, struct value *out)
{
	struct value text;

	if (bind_none(call) || subject_text(call, &text))
		return -1;
	return string_case(call->render, text, to, out);
}

static int filter_upper(struct call *call, struct value *out)
{
	return in_case(call, STRING_UPPER, out);
}

static int filter_lower(struct call *call, struct value *out)
{
	return in_case(call, STRING_LOWER, out);
}

static int filter_capitalize(struct call *call, struct value *out)
{
	return in_case(call, STRING_CAPITALIZE, out);
}

static void put_case(struct buf *buf, uint32_t point, enum unicode_case to)
{
	uint32_t points[3];
	int count = unicode_convert(point, to, points);

	for (int i = 0; i < count; i++)
		text_point(buf, points[i]);
}

/* Words begin behind white space, hyphens and opening brackets. */
static int filter_title(struct call *call, struct value *out)
{
	bool first = true;
	struct value text;
	const char *at;
	const char *end;
	struct buf buf;

	if (bind_none(call) || subject_text(call, &text) ||
	    render_count(call->render, text.length / 16))
		return -1;
	text_init(&buf);
	at = text.bytes;
	end = at + text.length;
	while (at < end) {
		uint32_t point = unicode_next(&at, end);

		if (unicode_is(point, UNICODE_SPACE) ||
		    (point && point < 0x80 && strchr("-({[<", (int)point))) {
			first = true;
			text_point(&buf, point);
			continue;
		}
		if (!first && string_final_sigma(at, end, point, true))
			text_point(&buf, 0x3c2);
		else
			put_case(&buf, point,
				 first ? UNICODE_TO_UPPER : UNICODE_TO_LOWER);
		first = false;
	}
	return text_take(call->render, &buf, out);
}

static int filter_trim(struct call *call, struct value *out)
{
	static const char *const names[] = {"chars", NULL};
	struct value characters;
	struct value text;

	if (call_bind(call, names, 0, &characters) || subject_text(call, &text))
		return -1;
	return string_strip(call, text, characters, STRIP_LEFT | STRIP_RIGHT,
			    out);
}

static int filter_center(struct call *call, struct value *out)
{
	static const char *const names[] = {"width", NULL};
	struct value argument;
	struct value text;
	int64_t width;

	if (call_bind(call, names, 0, &argument) ||
	    argument_int_or(call->render, argument, 80, &width) ||
	    subject_text(call, &text))
		return -1;
	return string_center(call->render, text, width, LITERAL(" "), out);
}

static int escape_text(struct render *render, struct value *text)
{
	struct buf buf;

	if (text->flags & VALUE_SAFE)
		return 0;
	text_init(&buf);
	if (text_done(render, value_escape(render, *text, &buf), &buf, text))
		return -1;
	text->flags |= VALUE_SAFE;
	return 0;
}

/* With autoescape a safe part makes the whole safe, and the rest escaped. */
static int replace_parts(struct call *call, struct value parts[3])
{
	struct render *render = call->render;
	uint8_t safe =
		(parts[0].flags | parts[1].flags | parts[2].flags) & VALUE_SAFE;

	for (int i = 0; i < 3; i++) {
		if (!render_autoescape(render))
			parts[i].flags = 0;
		else if (safe && escape_text(render, &parts[i]))
			return -1;
	}
	return 0;
}

static int filter_replace(struct call *call, struct value *out)
{
	static const char *const names[] = {"old", "new", "count", NULL};
	struct value arguments[3];
	struct value parts[3];
	int64_t most = -1;

	if (call_bind(call, names, 2, arguments) ||
	    subject_text(call, &parts[0]) ||
	    value_to_string(call->render, arguments[0], &parts[1]) ||
	    value_to_string(call->render, arguments[1], &parts[2]))
		return -1;
	if (arguments[2].kind != VALUE_NONE &&
	    argument_int_or(call->render, arguments[2], -1, &most))
		return -1;
	if (replace_parts(call, parts))
		return -1;
	return string_replace(call->render, parts, most, out);
}

static int filter_string(struct call *call, struct value *out)
{
	if (bind_none(call))
		return -1;
	return subject_text(call, out);
}

static int rsplit_word(struct value text, struct value *out)
{
	const char *space =
		text.length ? memrchr(text.bytes, ' ', text.length) : NULL;

	*out = space ? value_borrow(text.bytes, (size_t)(space - text.bytes))
		     : text;
	out->flags = text.flags;
	return 0;
}

static int bind_truncate(struct call *call, int64_t *length, bool *kill,
			 struct value *end, int64_t *leeway)
{
	static const char *const names[] = {"length", "killwords", "end",
					    "leeway", NULL};
	struct value arguments[4];

	if (call_bind(call, names, 0, arguments))
		return -1;
	if (arguments[3].kind == VALUE_NONE)
		arguments[3].kind = VALUE_ABSENT;
	*end = arguments[2].kind == VALUE_ABSENT ? LITERAL("...")
						 : arguments[2];
	if (argument_int_or(call->render, arguments[0], 255, length) ||
	    argument_bool(call->render, arguments[1], false, kill) ||
	    argument_int_or(call->render, arguments[3], 5, leeway) ||
	    argument_text(call, *end, "end"))
		return -1;
	if (*length < value_length(*end))
		return render_fail(call->render, RENDER_RUNTIME,
				   "expected length >= %lld, got %lld",
				   (long long)value_length(*end),
				   (long long)*length);
	if (*leeway < 0)
		return render_fail(call->render, RENDER_RUNTIME,
				   "expected leeway >= 0, got %lld",
				   (long long)*leeway);
	return 0;
}

static int filter_truncate(struct call *call, struct value *out)
{
	struct value text = call->subject;
	struct value kept;
	struct value end;
	int64_t length;
	int64_t leeway;
	const char *cut;
	bool kill;

	if (bind_truncate(call, &length, &kill, &end, &leeway))
		return -1;
	if (!is_string(text) && value_length(text) < 0)
		return fail_type(call->render,
				 "object of type '%s' has no len()",
				 value_type_name(text));
	if (render_defined(call->render, text))
		return -1;
	if (!is_string(text) || length > TEXT_MAX ||
	    value_length(text) <= length + leeway) {
		*out = text;
		return 0;
	}
	cut = unicode_at(text.bytes, text.length,
			 (size_t)(length - value_length(end)));
	kept = value_borrow(text.bytes, (size_t)(cut - text.bytes));
	kept.flags = text.flags;
	if (!kill)
		rsplit_word(kept, &kept);
	return value_operate(call->render, OPERATOR_ADD, kept, end, out);
}

static int filter_wordcount(struct call *call, struct value *out)
{
	struct value text;
	const char *at;
	const char *end;
	bool within = false;
	int64_t count = 0;

	if (bind_none(call) || subject_text(call, &text))
		return -1;
	at = text.bytes;
	end = at + text.length;
	while (at < end) {
		uint32_t point = unicode_next(&at, end);
		bool word = point == '_' || unicode_is(point, UNICODE_ALNUM);

		count += word && !within;
		within = word;
	}
	*out = value_int(count);
	return 0;
}

static int indention(struct call *call, struct value width, struct value *out)
{
	int64_t spaces;

	if (is_string(width)) {
		*out = width;
		return 0;
	}
	if (width.kind != VALUE_ABSENT && !is_integer(width))
		return fail_type(call->render,
				 "can't multiply sequence by non-int of type "
				 "'%s'",
				 value_type_name(width));
	if (argument_int_or(call->render, width, 4, &spaces))
		return -1;
	return value_operate(call->render, OPERATOR_MULTIPLY, LITERAL(" "),
			     value_int(spaces), out);
}

/* A line for each of the text with one more line end behind it. */
static void put_lines(struct buf *buf, struct value text, struct value indent,
		      bool first, bool blank)
{
	const char *at = text.bytes;
	const char *end = at + text.length;
	bool any = false;
	bool last = false;
	struct value line;
	const char *next;

	if (first)
		buf_append(buf, indent.bytes, indent.length);
	while (!last && !buf->full) {
		last = !string_next_line(&at, end, &line, &next);
		if (last) {
			bool closed = text.length > 0 && any &&
				      next != line.bytes + line.length;

			if (any && !closed)
				return; /* the added end closes this line */
			line = LITERAL("");
		}
		if (any) {
			buf_putc(buf, '\n');
			if (blank || line.length > 0)
				buf_append(buf, indent.bytes, indent.length);
		}
		buf_append(buf, line.bytes, line.length);
		any = true;
	}
}

static int filter_indent(struct call *call, struct value *out)
{
	static const char *const names[] = {"width", "first", "blank", NULL};
	struct value arguments[3];
	struct value indent;
	struct value text = call->subject;
	struct buf buf;
	bool first;
	bool blank;

	if (call_bind(call, names, 0, arguments) ||
	    indention(call, arguments[0], &indent) ||
	    argument_bool(call->render, arguments[1], false, &first) ||
	    argument_bool(call->render, arguments[2], false, &blank))
		return -1;
	if (text.kind == VALUE_UNDEFINED)
		return render_missing(call->render, text);
	if (text.kind == VALUE_LIST)
		return render_fail(call->render, RENDER_RUNTIME,
				   "'list' object has no attribute "
				   "'splitlines'");
	if (!is_string(text))
		return fail_type(call->render,
				 "unsupported operand type(s) for +=: '%s' and "
				 "'str'",
				 value_type_name(text));
	text_init(&buf);
	put_lines(&buf, text, indent, first, blank);
	if (text_take(call->render, &buf, out))
		return -1;
	out->flags = text.flags;
	return 0;
}

static int filter_format(struct call *call, struct value *out)
{
	struct arena *arena = render_arena(call->render);
	struct value arguments;
	struct value text;

	if (call->count > 0 && call->named_count > 0)
		return render_fail(call->render, RENDER_FILTER,
				   "can't handle positional and keyword "
				   "arguments at the same time");
	if (subject_text(call, &text))
		return -1;
	if (call->named_count > 0) {
		arguments = value_dict_new(arena, call->named_count);
		for (uint32_t i = 0; i < call->named_count; i++)
			value_dict_set(arena, arguments.dict,
				       call->named[i].name,
				       call->named[i].value);
	} else {
		arguments = value_tuple_new(arena, call->count);
		for (uint32_t i = 0; i < call->count; i++)
			value_list_add(arena, arguments.list,
				       call->arguments[i]);
	}
	return format_percent(call->render, text, arguments, out);
}

static const struct call_entry entries[] = {
	{"capitalize", filter_capitalize},
	{"center", filter_center},
	{"format", filter_format},
	{"indent", filter_indent},
	{"lower", filter_lower},
	{"replace", filter_replace},
	{"string", filter_string},
	{"title", filter_title},
	{"trim", filter_trim},
	{"truncate", filter_truncate},
	{"upper", filter_upper},
	{"wordcount", filter_wordcount},
};

const struct method_table filters_text = {entries, COUNT(entries)};
