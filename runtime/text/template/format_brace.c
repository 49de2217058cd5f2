/* "{0} {name.field!r:>8}".format(…), as Python does it. */
#include "runtime/text/template/format.h"

#include <stdio.h>

struct brace {
	struct call *call;
	struct render *render;
	int64_t next;   /* of the fields without a number */
	bool numbered;  /* fields have numbers */
	bool automatic; /* fields have none */
	uint8_t flags;
};

static int format_into(struct brace *brace, const char *at, const char *end,
		       int depth, struct buf *out);

static int wrong(struct brace *brace, const char *what)
{
	return render_fail(brace->render, RENDER_VALUE, "%s", what);
}

static int positional(struct brace *brace, int64_t index, struct value *out)
{
	if (index >= brace->call->count)
		return render_fail(brace->render, RENDER_RUNTIME,
				   "Replacement index %lld out of range for "
				   "positional args tuple",
				   (long long)index);
	*out = brace->call->arguments[index];
	return 0;
}

/* The digits of a whole name, or -1. */
static int64_t number_of(struct value name)
{
	int64_t number = 0;

	if (name.length == 0 || name.length > 9)
		return -1;
	for (uint32_t i = 0; i < name.length; i++) {
		if (name.bytes[i] < '0' || name.bytes[i] > '9')
			return -1;
		number = number * 10 + (name.bytes[i] - '0');
	}
	return number;
}

static int first_part(struct brace *brace, struct value name, struct value *out)
{
	int64_t number = number_of(name);
	struct call *call = brace->call;

	brace->automatic = brace->automatic || name.length == 0;
	brace->numbered = brace->numbered || number >= 0;
	if (brace->automatic && brace->numbered)
		return wrong(brace,
			     number >= 0 ? "cannot switch from automatic "
					   "field numbering to manual field "
					   "specification"
					 : "cannot switch from manual field "
					   "specification to automatic field "
					   "numbering");
	if (name.length == 0)
		return positional(brace, brace->next++, out);
	if (number >= 0)
		return positional(brace, number, out);
	for (uint32_t i = 0; i < call->named_count; i++)
		if (is_string(call->named[i].name) &&
		    string_equal(call->named[i].name, name)) {
			*out = call->named[i].value;
			return 0;
		}
	return render_fail(brace->render, RENDER_RUNTIME, "'%.*s'",
			   (int)name.length, name.bytes);
}

/* What begins with two underscores is not for templates. */
static int attribute(struct brace *brace, struct value *value,
		     struct value name)
{
	const struct call_entry *entry = method_find(*value, name);

	if (name.length == 0)
		return wrong(brace, "Empty attribute in format string");
	if (name.length > 1 && memcmp(name.bytes, "__", 2) == 0) {
		*value = render_undefined(brace->render,
					  "access to attribute '%.*s' is "
					  "unsafe",
					  (int)name.length, name.bytes);
		return 0;
	}
	if (value->kind == VALUE_OBJECT)
		return render_attribute(brace->render, *value, name, value);
	if (value->kind == VALUE_UNDEFINED)
		return render_missing(brace->render, *value);
	if (!entry)
		return render_fail(brace->render, RENDER_RUNTIME,
				   "'%s' object has no attribute '%.*s'",
				   value_type_name(*value), (int)name.length,
				   name.bytes);
	*value = bound_method(brace->render, *value, entry);
	return 0;
}

static int item(struct brace *brace, struct value *value, struct value name)
{
	int64_t number = number_of(name);
	struct value key = number >= 0 ? value_int(number) : name;
	struct value found = {.kind = VALUE_ABSENT};

	if (name.length == 0)
		return wrong(brace, "Empty attribute in format string");
	if (is_number(*value) || value->kind == VALUE_NONE)
		return fail_type(brace->render,
				 "'%s' object is not subscriptable",
				 value_type_name(*value));
	if (render_item(brace->render, *value, key, &found))
		return -1;
	if (found.kind == VALUE_UNDEFINED)
		return render_fail(brace->render, RENDER_RUNTIME, "'%.*s'",
				   (int)name.length, name.bytes);
	*value = found;
	return 0;
}

static const char *part_end(const char *at, const char *end)
{
	while (at < end && *at != '.' && *at != '[')
		at++;
	return at;
}

/* "name.field[item]": what it stands for. */
static int resolve(struct brace *brace, struct value name, struct value *out)
{
	const char *at = name.bytes;
	const char *end = at + name.length;
	const char *stop = part_end(at, end);

	if (first_part(brace, value_borrow(at, (size_t)(stop - at)), out))
		return -1;
	for (at = stop; at < end; at = stop) {
		if (*at++ == '.') {
			stop = part_end(at, end);
			if (attribute(brace, out,
				      value_borrow(at, (size_t)(stop - at))))
				return -1;
			continue;
		}
		stop = memchr(at, ']', (size_t)(end - at));
		if (!stop)
			return wrong(brace, "Missing ']' in format string");
		if (item(brace, out, value_borrow(at, (size_t)(stop - at))))
			return -1;
		stop++;
		if (stop < end && *stop != '.' && *stop != '[')
			return wrong(brace, "Only '.' or '[' may follow ']' in "
					    "format field specifier");
	}
	return 0;
}

/* !r, !s or !a. */
static int convert(struct brace *brace, char conversion, struct value *value)
{
	struct buf buf;
	int status;

	if (!conversion)
		return 0;
	if (conversion != 'r' && conversion != 's' && conversion != 'a')
		return render_fail(brace->render, RENDER_VALUE,
				   "Unknown conversion specifier '%c'",
				   conversion);
	text_init(&buf);
	status =
		(conversion == 's'   ? value_print
		 : conversion == 'a' ? format_ascii
				     : value_repr)(brace->render, *value, &buf);
	return text_done(brace->render, status, &buf, value);
}

static int put(struct brace *brace, struct value value,
	       struct value specification, struct buf *out)
{
	struct value text;
	struct buf buf;

	if (!(brace->flags & VALUE_SAFE))
		return format_value(brace->render, value, specification, out);
	if (specification.length == 0)
		return value_escape(brace->render, value, out);
	text_init(&buf);
	if (text_done(brace->render,
		      format_value(brace->render, value, specification, &buf),
		      &buf, &text))
		return -1;
	return value_escape(brace->render, text, out);
}

/* Where the field that begins at `at` ends; braces nest. */
static const char *field_end(const char *at, const char *end)
{
	int depth = 1;
	bool bracket = false;

	for (; at < end; at++) {
		if (bracket) {
			bracket = *at != ']';
			continue;
		}
		if (*at == '[')
			bracket = true;
		else if (*at == '{')
			depth++;
		else if (*at == '}' && --depth == 0)
			return at;
	}
	return NULL;
}

/* Where the name of a field ends: at !, : or the end. */
static const char *name_end(const char *at, const char *end)
{
	bool bracket = false;

	for (; at < end; at++) {
		if (bracket)
			bracket = *at != ']';
		else if (*at == '[')
			bracket = true;
		else if (*at == '!' || *at == ':')
			break;
	}
	return at;
}

static int field(struct brace *brace, const char *at, const char *end,
		 int depth, struct buf *out)
{
	const char *stop = name_end(at, end);
	struct value name = value_borrow(at, (size_t)(stop - at));
	char conversion = '\0';
	struct value value = {.kind = VALUE_ABSENT};
	struct buf specification;
	int status;

	if (memchr(name.bytes, '{', name.length))
		return wrong(brace, "unexpected '{' in field name");
	if (stop < end && *stop == '!') {
		if (stop + 1 == end)
			return wrong(brace, "end of string while looking for "
					    "conversion specifier");
		conversion = stop[1];
		stop += 2;
		if (stop < end && *stop != ':')
			return wrong(brace, "expected ':' after conversion "
					    "specifier");
	}
	if (resolve(brace, name, &value) || convert(brace, conversion, &value))
		return -1;
	text_init(&specification);
	status = stop < end ? format_into(brace, stop + 1, end, depth + 1,
					  &specification)
			    : 0;
	if (status == 0)
		status =
			put(brace, value,
			    value_borrow(specification.data ? specification.data
							    : "",
					 specification.length),
			    out);
	buf_release(&specification);
	return status;
}

static int format_into(struct brace *brace, const char *at, const char *end,
		       int depth, struct buf *out)
{
	if (depth > 2)
		return wrong(brace, "Max string recursion exceeded");
	while (at < end) {
		const char *stop;

		if (*at != '{' && *at != '}') {
			buf_putc(out, *at++);
			continue;
		}
		if (at + 1 < end && at[1] == *at && depth == 1) {
			buf_putc(out, *at);
			at += 2;
			continue;
		}
		if (*at == '}')
			return wrong(brace, "Single '}' encountered in format "
					    "string");
		if (at + 1 == end)
			return wrong(brace, "Single '{' encountered in format "
					    "string");
		stop = field_end(at + 1, end);
		if (!stop)
			return wrong(brace,
				     "expected '}' before end of string");
		if (render_count(brace->render, 1) ||
		    field(brace, at + 1, stop, depth, out))
			return -1;
		at = stop + 1;
	}
	return 0;
}

int format_brace(struct call *call, struct value format, struct value *out)
{
	struct brace brace = {.call = call,
			      .render = call->render,
			      .flags = format.flags & VALUE_SAFE};
	struct buf buf;
	int status;

	text_init(&buf);
	status = format_into(&brace, format.bytes, format.bytes + format.length,
			     1, &buf);
	if (text_done(call->render, status, &buf, out))
		return -1;
	out->flags = brace.flags;
	return 0;
}
