/* Ansible's filters and tests by regular expression. */
#include "runtime/text/template/ansible.h"
#include "runtime/text/template/regex.h"

static int flags_of(struct call *call, struct value ignore_case,
		    struct value multiline, unsigned *flags)
{
	bool ignore;
	bool lines;

	if (argument_bool(call->render, ignore_case, false, &ignore) ||
	    argument_bool(call->render, multiline, false, &lines))
		return -1;
	*flags = (ignore ? REGEX_IGNORE_CASE : 0) |
		 (lines ? REGEX_MULTILINE : 0);
	return 0;
}

static struct regex *compile(struct call *call, struct value pattern,
			     unsigned flags)
{
	if (pattern.kind == VALUE_ABSENT)
		pattern = LITERAL("");
	if (!is_string(pattern)) {
		if (pattern.kind == VALUE_UNDEFINED)
			render_missing(call->render, pattern);
		else
			fail_type(call->render,
				  "first argument must be string or compiled "
				  "pattern");
		return NULL;
	}
	return regex_compile(call->render, pattern, flags);
}

static int filter_regex_replace(struct call *call, struct value *out)
{
	static const char *const names[] = {"pattern", "replacement",
					    "ignorecase", "multiline", NULL};
	struct value arguments[4];
	struct regex *regex;
	struct value text;
	unsigned flags;

	if (call_bind(call, names, 0, arguments) ||
	    ansible_text(call, call->subject, &text) ||
	    flags_of(call, arguments[2], arguments[3], &flags))
		return -1;
	regex = compile(call, arguments[0], flags);
	if (!regex)
		return -1;
	if (arguments[1].kind == VALUE_ABSENT)
		arguments[1] = LITERAL("");
	if (argument_text(call, arguments[1], "replacement"))
		return -1;
	return regex_replace(call->render, regex, text, arguments[1], out);
}

static struct value part_or_empty(const struct regex_match *match,
				  struct value text, uint32_t group)
{
	struct value part = regex_part(match, text, group);

	return part.kind == VALUE_ABSENT ? LITERAL("") : part;
}

/* The match, its one group, or a tuple of its groups. */
static struct value finding(struct call *call, const struct regex_match *match,
			    struct value text)
{
	struct arena *arena = render_arena(call->render);
	struct value tuple;

	if (match->count <= 2)
		return part_or_empty(match, text, match->count - 1);
	tuple = value_tuple_new(arena, match->count - 1);
	for (uint32_t i = 1; i < match->count; i++)
		value_list_add(arena, tuple.list,
			       part_or_empty(match, text, i));
	return tuple;
}

static int find_all(struct call *call, struct regex *regex, struct value text,
		    struct value out)
{
	enum regex_where where = REGEX_SEARCH;
	struct regex_match match;
	size_t start = 0;
	int found;

	while ((found = regex_run(regex, text, start, where, &match)) == 1) {
		size_t from = match.groups[0];
		size_t end = match.groups[1];

		if (ansible_add(call->render, out, finding(call, &match, text)))
			return -1;
		where = from == end ? REGEX_NEXT : REGEX_SEARCH;
		if (end < start)
			break;
		start = end;
	}
	return found < 0 ? -1 : 0;
}

static int filter_regex_findall(struct call *call, struct value *out)
{
	static const char *const names[] = {"regex", "multiline", "ignorecase",
					    NULL};
	struct value arguments[3];
	struct regex *regex;
	struct value text;
	unsigned flags;

	if (call_bind(call, names, 1, arguments) ||
	    ansible_text(call, call->subject, &text) ||
	    flags_of(call, arguments[2], arguments[1], &flags))
		return -1;
	regex = compile(call, arguments[0], flags);
	if (!regex)
		return -1;
	*out = value_list_new(render_arena(call->render), 0);
	return find_all(call, regex, text, *out);
}

/*
 * "\1" or "\g<name>" as the number of a group, one too large when there is no
 * such group; -1 after render_fail.
 */
static int64_t wanted_group(struct call *call, const struct regex *regex,
			    struct value argument)
{
	struct value name = argument;
	struct value number;
	int64_t group;

	if (argument_text(call, argument, "group"))
		return -1;
	if (name.length > 4 && memcmp(name.bytes, "\\g<", 3) == 0 &&
	    name.bytes[name.length - 1] == '>') {
		name.bytes += 3;
		name.length -= 4;
	} else if (name.length > 1 && name.bytes[0] == '\\' &&
		   name.bytes[1] >= '0' && name.bytes[1] <= '9') {
		name.bytes++;
		name.length--;
	} else {
		render_fail(call->render, RENDER_FILTER, "Unknown argument");
		return -1;
	}
	if (number_parse(call->render, name, 10, &number) &&
	    number.kind == VALUE_INT)
		group = number.integer;
	else
		group = regex_group(regex, name);
	if (group < 0 || group > regex_groups(regex))
		return regex_groups(regex) + 1;
	return group;
}

static int named_flags(struct call *call, unsigned *flags)
{
	struct value ignore = {.kind = VALUE_ABSENT};
	struct value lines = {.kind = VALUE_ABSENT};

	for (uint32_t i = 0; i < call->named_count; i++) {
		if (text_is(call->named[i].name, "ignorecase"))
			ignore = call->named[i].value;
		else if (text_is(call->named[i].name, "multiline"))
			lines = call->named[i].value;
	}
	return flags_of(call, ignore, lines, flags);
}

/* The groups that the arguments behind the expression ask for, as a list. */
static int wanted_groups(struct call *call, const struct regex *regex,
			 const struct regex_match *match, struct value text,
			 struct value *out)
{
	for (uint32_t i = 1; i < call->count; i++) {
		int64_t group = wanted_group(call, regex, call->arguments[i]);
		struct value part;

		if (group < 0)
			return -1;
		if (!match)
			continue;
		if (group > regex_groups(regex))
			return render_fail(call->render, RENDER_RUNTIME,
					   "no such group");
		part = regex_part(match, text, (uint32_t)group);
		if (part.kind == VALUE_ABSENT)
			part = value_none();
		value_list_add(render_arena(call->render), out->list, part);
	}
	return 0;
}

static int filter_regex_search(struct call *call, struct value *out)
{
	struct regex_match match;
	struct regex *regex;
	struct value text;
	unsigned flags;
	int found;

	if (call->count == 0)
		return fail_type(call->render,
				 "regex_search() missing 1 required positional "
				 "argument: 'regex'");
	if (named_flags(call, &flags) ||
	    ansible_text(call, call->subject, &text))
		return -1;
	regex = compile(call, call->arguments[0], flags);
	if (!regex)
		return -1;
	found = regex_run(regex, text, 0, REGEX_SEARCH, &match);
	if (found < 0)
		return -1;
	*out = value_none();
	if (found == 1 && call->count == 1)
		*out = part_or_empty(&match, text, 0);
	else if (found == 1)
		*out = value_list_new(render_arena(call->render), call->count);
	return wanted_groups(call, regex, found ? &match : NULL, text, out);
}

static int escape_kind(struct call *call, struct value type, const char **set)
{
	*set = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f";
	if (type.kind == VALUE_ABSENT || text_is(type, "python"))
		return 0;
	*set = "].[^$*\\";
	if (text_is(type, "posix_basic"))
		return 0;
	return render_fail(call->render, RENDER_FILTER,
			   "Invalid regex type (%.*s)",
			   is_string(type) ? (int)type.length : 0,
			   is_string(type) ? type.bytes : "");
}

static int filter_regex_escape(struct call *call, struct value *out)
{
	static const char *const names[] = {"re_type", NULL};
	struct value type;
	struct value text;
	const char *set;
	struct buf buf;

	if (call_bind(call, names, 0, &type) || escape_kind(call, type, &set) ||
	    ansible_text(call, call->subject, &text))
		return -1;
	text_init(&buf);
	for (uint32_t i = 0; i < text.length; i++) {
		if (text.bytes[i] && strchr(set, text.bytes[i]))
			buf_putc(&buf, '\\');
		buf_putc(&buf, text.bytes[i]);
	}
	return text_take(call->render, &buf, out);
}

static const struct call_entry entries[] = {
	{"regex_escape", filter_regex_escape},
	{"regex_findall", filter_regex_findall},
	{"regex_replace", filter_regex_replace},
	{"regex_search", filter_regex_search},
};

const struct method_table filters_ansible_regex = {entries, COUNT(entries)};

/* `type` may be the name of one of re's own ways to match. */
static int matches(struct call *call, const struct value *arguments,
		   enum regex_where where, struct value *out)
{
	struct regex_match match;
	struct regex *regex;
	struct value text;
	unsigned flags;
	int found;

	if (flags_of(call, arguments[1], arguments[2], &flags))
		return -1;
	if (ansible_text(call, call->subject, &text))
		return -1;
	regex = compile(call, arguments[0], flags);
	if (!regex)
		return -1;
	found = regex_run(regex, text, 0, where, &match);
	*out = value_bool(found == 1);
	return found < 0 ? -1 : 0;
}

int test_regex(struct call *call, struct value *out)
{
	static const char *const names[] = {"pattern", "ignorecase",
					    "multiline", "match_type", NULL};
	enum regex_where where = REGEX_SEARCH;
	struct value arguments[4];

	if (call_bind(call, names, 0, arguments))
		return -1;
	if (text_is(arguments[3], "match"))
		where = REGEX_MATCH;
	else if (text_is(arguments[3], "fullmatch"))
		where = REGEX_FULLMATCH;
	return matches(call, arguments, where, out);
}

static int test_where(struct call *call, enum regex_where where,
		      struct value *out)
{
	static const char *const names[] = {"pattern", "ignorecase",
					    "multiline", NULL};
	struct value arguments[3];

	if (call_bind(call, names, 0, arguments))
		return -1;
	return matches(call, arguments, where, out);
}

int test_match(struct call *call, struct value *out)
{
	return test_where(call, REGEX_MATCH, out);
}

int test_search(struct call *call, struct value *out)
{
	return test_where(call, REGEX_SEARCH, out);
}
