/* Letter case, by Unicode's full mappings. */
#include "runtime/text/template/method.h"

/* ASCII letters turn without a look into the tables. */
static int ascii_case(struct render *render, struct value text,
		      enum string_case to, struct value *out)
{
	char from = to == STRING_UPPER ? 'a' : 'A';
	char *bytes = text_new(render, text.length, out);

	if (!bytes)
		return -1;
	for (uint32_t i = 0; i < text.length; i++) {
		unsigned char offset = (unsigned char)(text.bytes[i] - from);

		bytes[i] = (char)(text.bytes[i] ^ (offset < 26 ? 0x20 : 0));
	}
	out->flags = text.flags;
	return 0;
}

static bool is_cased(uint32_t point)
{
	return unicode_is(point, UNICODE_LOWER) ||
	       unicode_is(point, UNICODE_UPPER) ||
	       unicode_is(point, UNICODE_TITLE);
}

bool string_final_sigma(const char *at, const char *end, uint32_t point,
			bool after_letter)
{
	if (point != 0x3a3 || !after_letter)
		return false;
	return at == end || !unicode_is(unicode_next(&at, end), UNICODE_ALPHA);
}

static enum unicode_case case_for(enum string_case to, uint32_t point,
				  bool first, bool after_cased)
{
	switch (to) {
	case STRING_LOWER:
		return UNICODE_TO_LOWER;
	case STRING_UPPER:
		return UNICODE_TO_UPPER;
	case STRING_TITLE:
		return after_cased ? UNICODE_TO_LOWER : UNICODE_TO_TITLE;
	case STRING_CAPITALIZE:
		return first ? UNICODE_TO_TITLE : UNICODE_TO_LOWER;
	case STRING_FOLD:
		return UNICODE_TO_FOLD;
	case STRING_SWAP:
		break;
	}
	return unicode_is(point, UNICODE_UPPER) ? UNICODE_TO_LOWER
						: UNICODE_TO_UPPER;
}

int string_case(struct render *render, struct value text, enum string_case to,
		struct value *out)
{
	const char *at = text.bytes;
	const char *end = text.bytes + text.length;
	bool after_cased = false;
	struct buf buf;

	if ((to == STRING_LOWER || to == STRING_UPPER || to == STRING_FOLD) &&
	    unicode_ascii(text.bytes, text.length))
		return ascii_case(render, text, to, out);
	if (render_count(render, text.length / 16))
		return -1;
	text_init(&buf);
	while (at < end) {
		bool first = at == text.bytes;
		uint32_t point = unicode_next(&at, end);
		enum unicode_case into =
			case_for(to, point, first, after_cased);
		uint32_t points[3];
		int count = unicode_convert(point, into, points);

		if (into == UNICODE_TO_LOWER &&
		    string_final_sigma(at, end, point, after_cased))
			points[0] = 0x3c2;
		for (int i = 0; i < count; i++)
			text_point(&buf, points[i]);
		after_cased = is_cased(point);
	}
	if (text_take(render, &buf, out))
		return -1;
	out->flags = text.flags;
	return 0;
}

static int change(struct call *call, enum string_case to, struct value *out)
{
	static const char *const names[] = {NULL};

	if (call_bind(call, names, 0, NULL))
		return -1;
	return string_case(call->render, call->subject, to, out);
}

int str_lower(struct call *call, struct value *out)
{
	return change(call, STRING_LOWER, out);
}

int str_upper(struct call *call, struct value *out)
{
	return change(call, STRING_UPPER, out);
}

int str_title(struct call *call, struct value *out)
{
	return change(call, STRING_TITLE, out);
}

int str_capitalize(struct call *call, struct value *out)
{
	return change(call, STRING_CAPITALIZE, out);
}

int str_swapcase(struct call *call, struct value *out)
{
	return change(call, STRING_SWAP, out);
}

int str_casefold(struct call *call, struct value *out)
{
	return change(call, STRING_FOLD, out);
}

/* Do all code points have `property`, and is there one at all? */
static int all_have(struct call *call, enum unicode_property property,
		    bool empty, struct value *out)
{
	const char *at = call->subject.bytes;
	const char *end = at + call->subject.length;
	bool all = at < end || empty;

	while (all && at < end)
		all = unicode_is(unicode_next(&at, end), property);
	*out = value_bool(all);
	return 0;
}

static int is_alnum(struct call *call, struct value *out)
{
	return all_have(call, UNICODE_ALNUM, false, out);
}

static int is_alpha(struct call *call, struct value *out)
{
	return all_have(call, UNICODE_ALPHA, false, out);
}

static int is_ascii(struct call *call, struct value *out)
{
	*out = value_bool(
		unicode_ascii(call->subject.bytes, call->subject.length));
	return 0;
}

static int is_decimal(struct call *call, struct value *out)
{
	return all_have(call, UNICODE_DECIMAL, false, out);
}

static int is_digit(struct call *call, struct value *out)
{
	return all_have(call, UNICODE_DIGIT, false, out);
}

static int is_identifier(struct call *call, struct value *out)
{
	const char *at = call->subject.bytes;
	const char *end = at + call->subject.length;
	bool valid = at < end;

	while (valid && at < end) {
		bool first = at == call->subject.bytes;
		uint32_t point = unicode_next(&at, end);

		valid = point == '_' ||
			unicode_is(point,
				   first ? UNICODE_ALPHA : UNICODE_ALNUM);
	}
	*out = value_bool(valid);
	return 0;
}

/* All that have case have this one, and one has. */
static int in_case(struct call *call, enum unicode_property property,
		   struct value *out)
{
	const char *at = call->subject.bytes;
	const char *end = at + call->subject.length;
	bool any = false;

	while (at < end) {
		uint32_t point = unicode_next(&at, end);

		if (!is_cased(point))
			continue;
		any = unicode_is(point, property);
		if (!any)
			break;
	}
	*out = value_bool(any);
	return 0;
}

static int is_lower(struct call *call, struct value *out)
{
	return in_case(call, UNICODE_LOWER, out);
}

static int is_upper(struct call *call, struct value *out)
{
	return in_case(call, UNICODE_UPPER, out);
}

static int is_numeric(struct call *call, struct value *out)
{
	return all_have(call, UNICODE_NUMERIC, false, out);
}

static int is_printable(struct call *call, struct value *out)
{
	return all_have(call, UNICODE_PRINTABLE, true, out);
}

static int is_space(struct call *call, struct value *out)
{
	return all_have(call, UNICODE_SPACE, false, out);
}

static int is_title(struct call *call, struct value *out)
{
	const char *at = call->subject.bytes;
	const char *end = at + call->subject.length;
	bool after_cased = false;
	bool any = false;
	bool valid = true;

	while (valid && at < end) {
		uint32_t point = unicode_next(&at, end);
		bool lower = unicode_is(point, UNICODE_LOWER);
		bool cased = lower || is_cased(point);

		if (cased)
			valid = lower == after_cased;
		any = any || cased;
		after_cased = cased;
	}
	*out = value_bool(valid && any);
	return 0;
}

static const struct call_entry entries[] = {
	{"isalnum", is_alnum},         {"isalpha", is_alpha},
	{"isascii", is_ascii},         {"isdecimal", is_decimal},
	{"isdigit", is_digit},         {"isidentifier", is_identifier},
	{"islower", is_lower},         {"isnumeric", is_numeric},
	{"isprintable", is_printable}, {"isspace", is_space},
	{"istitle", is_title},         {"isupper", is_upper},
};

const struct method_table string_tests = {entries, COUNT(entries)};
