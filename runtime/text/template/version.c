/* Versions, loose, strict, semantic or of PEP 440, as Ansible compares them. */
#include "runtime/text/template/version.h"

#include "runtime/text/template/regex.h"

/* Digits are numbers, letters words; dots and the rest separate. */
static int loose_parts(struct call *call, struct value text, struct value *out)
{
	struct regex *regex = regex_compile(
		call->render, LITERAL("\\d+|[a-z]+|\\.|[^a-z\\d.]+"), 0);
	struct regex_match match;
	size_t start = 0;
	int found;

	if (!regex)
		return -1;
	*out = value_list_new(render_arena(call->render), 4);
	while ((found = regex_run(regex, text, start, REGEX_SEARCH, &match)) ==
	       1) {
		struct value part = regex_part(&match, text, 0);

		start = match.groups[1];
		if (text_is(part, "."))
			continue;
		if (part.bytes[0] >= '0' && part.bytes[0] <= '9' &&
		    !number_parse(call->render, part, 10, &part))
			return -1;
		if (ansible_add(call->render, *out, part))
			return -1;
	}
	return found < 0 ? -1 : 0;
}

/* The groups of a pattern as numbers or strings; none: no valid version. */
static int groups(struct call *call, struct value text, const char *pattern,
		  struct value out[8])
{
	struct regex *regex = regex_compile(
		call->render, value_borrow(pattern, strlen(pattern)), 0);
	struct regex_match match;
	int found;

	if (!regex)
		return -1;
	found = regex_run(regex, text, 0, REGEX_MATCH, &match);
	if (found == 0)
		return render_fail(call->render, RENDER_FILTER,
				   "Version comparison failed: invalid version "
				   "'%.*s'",
				   (int)text.length, text.bytes);
	for (uint32_t i = 0; found == 1 && i < 8; i++)
		out[i] = i < match.count ? regex_part(&match, text, i)
					 : (struct value){0};
	return found < 0 ? -1 : 0;
}

/* A number of digits, or `absent`. */
static struct value number_or(struct call *call, struct value text,
			      struct value absent)
{
	struct value number = absent;

	if (is_string(text))
		number_parse(call->render, text, 10, &number);
	return number;
}

static void add(struct call *call, struct value list, struct value item)
{
	value_list_add(render_arena(call->render), list.list, item);
}

/* "1.2.3a1": a release is later than all its alphas and betas. */
static int strict_parts(struct call *call, struct value text, struct value *out)
{
	struct value part[8] = {{0}};

	if (groups(call, text, "^(\\d+)\\.(\\d+)(\\.(\\d+))?([ab](\\d+))?$",
		   part))
		return -1;
	*out = value_list_new(render_arena(call->render), 5);
	add(call, *out, number_or(call, part[1], value_int(0)));
	add(call, *out, number_or(call, part[2], value_int(0)));
	add(call, *out, number_or(call, part[4], value_int(0)));
	add(call, *out,
	    is_string(part[5]) ? value_borrow(part[5].bytes, 1) : LITERAL("z"));
	add(call, *out, number_or(call, part[6], value_int(0)));
	return 0;
}

/*
 * Identifiers of a pre-release: numbers come before words, fewer before more,
 * and no pre-release after all. Each is a pair of its sort and itself.
 */
static int add_identifiers(struct call *call, struct value text,
			   struct value out)
{
	struct arena *arena = render_arena(call->render);
	struct value parts;

	if (!is_string(text)) {
		struct value last = value_list_new(arena, 1);

		add(call, last, value_int(2));
		add(call, out, last);
		return 0;
	}
	if (string_split(call, text, LITERAL("."), -1, &parts))
		return -1;
	for (uint32_t i = 0; i < parts.list->count; i++) {
		struct value pair = value_list_new(arena, 2);
		struct value part = parts.list->items[i];
		bool number = number_parse(call->render, part, 10, &part);

		add(call, pair, value_int(number ? 0 : 1));
		add(call, pair, part);
		if (ansible_add(call->render, out, pair))
			return -1;
	}
	return 0;
}

static int semantic_parts(struct call *call, struct value text,
			  struct value *out)
{
	struct value part[8] = {{0}};

	if (groups(call, text,
		   "^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)"
		   "(?:-([0-9A-Za-z.-]+))?(?:\\+[0-9A-Za-z.-]+)?$",
		   part))
		return -1;
	*out = value_list_new(render_arena(call->render), 5);
	for (int i = 1; i <= 3; i++)
		add(call, *out, number_or(call, part[i], value_int(0)));
	return add_identifiers(call, part[4], *out);
}

/* a, b, rc as the first letters of their longer names. */
static struct value pre_name(struct value text)
{
	struct value name = text;

	if (text_is(text, "alpha") || text_is(text, "beta"))
		name.length = 1;
	if (text_is(text, "c") || text_is(text, "pre") ||
	    text_is(text, "preview"))
		name = LITERAL("rc");
	return name;
}

/* PEP 440: dev < a < b < rc < release < post. */
static int pep440_parts(struct call *call, struct value text, struct value *out)
{
	struct arena *arena = render_arena(call->render);
	struct value part[8] = {{0}};
	struct value release;
	struct value numbers;
	struct value pre = LITERAL("z");

	if (string_case(call->render, text, STRING_LOWER, &text) ||
	    groups(call, text,
		   "^\\s*v?(?:(\\d+)!)?(\\d+(?:\\.\\d+)*)"
		   "(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\\d*))?"
		   "(?:-(?=\\d)|[-_.]?(?:post|rev|r)[-_.]?)?(?:(?<=[-_.a-z])"
		   "(\\d+))?(?:[-_.]?dev[-_.]?(\\d*))?"
		   "(\\+[a-z0-9._-]+)?\\s*$",
		   part) ||
	    string_split(call, part[2], LITERAL("."), -1, &numbers))
		return -1;
	release = value_list_new(arena, numbers.list->count);
	for (uint32_t i = 0; i < numbers.list->count; i++)
		add(call, release,
		    number_or(call, numbers.list->items[i], value_int(0)));
	while (release.list->count > 0 &&
	       release.list->items[release.list->count - 1].integer == 0)
		release.list->count--;
	if (is_string(part[3]))
		pre = pre_name(part[3]);
	else if (is_string(part[6]) && !is_string(part[5]))
		pre = LITERAL("A"); /* only a development version */
	*out = value_list_new(arena, 6);
	add(call, *out, number_or(call, part[1], value_int(0)));
	add(call, *out, release);
	add(call, *out, pre);
	add(call, *out, number_or(call, part[4], value_int(0)));
	add(call, *out, number_or(call, part[5], value_int(-1)));
	add(call, *out,
	    is_string(part[6]) ? number_or(call, part[6], value_int(0))
			       : value_float(1e300));
	return 0;
}

static int parts_of(struct call *call, struct value type, struct value version,
		    struct value *out)
{
	struct value text;

	if (ansible_text(call, version, &text))
		return -1;
	if (text_is(type, "strict"))
		return strict_parts(call, text, out);
	if (text_is(type, "semver") || text_is(type, "semantic"))
		return semantic_parts(call, text, out);
	if (text_is(type, "pep440"))
		return pep440_parts(call, text, out);
	return loose_parts(call, text, out);
}

/* The operators by their first sign: < > = !, and whether = belongs to it. */
static int operator_of(struct call *call, struct value name, char out[3])
{
	static const char *const known[][2] = {
		{"==", "=="}, {"=", "=="},  {"eq", "=="}, {"<", "<"},
		{"lt", "<"},  {"<=", "<="}, {"le", "<="}, {">", ">"},
		{"gt", ">"},  {">=", ">="}, {"ge", ">="}, {"!=", "!="},
		{"<>", "!="}, {"ne", "!="},
	};

	for (size_t i = 0; i < COUNT(known); i++)
		if (text_is(name, known[i][0])) {
			memcpy(out, known[i][1], strlen(known[i][1]) + 1);
			return 0;
		}
	return render_fail(call->render, RENDER_FILTER,
			   "Invalid operator type (%.*s)",
			   is_string(name) ? (int)name.length : 0,
			   is_string(name) ? name.bytes : "");
}

/* A number and a word at the same place have no order. */
static int check_order(struct call *call, const struct value_list *left,
		       const struct value_list *right)
{
	for (uint32_t i = 0; i < left->count && i < right->count; i++) {
		bool equal;

		if (value_equal(call->render, left->items[i], right->items[i],
				&equal))
			return -1;
		if (equal)
			continue;
		if (is_string(left->items[i]) == is_string(right->items[i]))
			return 0;
		return render_fail(call->render, RENDER_FILTER,
				   "Version comparison failed: '<' not "
				   "supported between instances of '%s' and "
				   "'%s'",
				   value_type_name(left->items[i]),
				   value_type_name(right->items[i]));
	}
	return 0;
}

enum { VERSION, OPERATOR, STRICT, TYPE };

static int check(struct call *call, struct value arguments[4])
{
	static const char *const types[] = {"loose", "strict", "semver",
					    "semantic", "pep440"};
	bool filled[2];
	bool strict = false;
	bool known = !ansible_given(arguments[TYPE]);

	if (ansible_given(arguments[STRICT]) && ansible_given(arguments[TYPE]))
		return render_fail(call->render, RENDER_FILTER,
				   "Cannot specify both 'strict' and "
				   "'version_type'");
	if (value_true(call->render, call->subject, &filled[0]) ||
	    value_true(call->render, arguments[VERSION], &filled[1]) ||
	    argument_bool(call->render, arguments[STRICT], false, &strict))
		return -1;
	if (!filled[0] || !filled[1])
		return render_fail(call->render, RENDER_FILTER,
				   filled[0] ? "Version parameter to compare "
					       "against cannot be empty"
					     : "Input version value cannot be "
					       "empty");
	for (size_t i = 0; i < COUNT(types); i++)
		known = known || text_is(arguments[TYPE], types[i]);
	if (!known)
		return render_fail(call->render, RENDER_FILTER,
				   "Invalid version type");
	if (strict)
		arguments[TYPE] = LITERAL("strict");
	return 0;
}

int test_version(struct call *call, struct value *out)
{
	static const char *const names[] = {"version", "operator", "strict",
					    "version_type", NULL};
	struct value arguments[4];
	struct value left;
	struct value right;
	char operator[3] = "==";
	bool equal;
	bool holds;

	if (call_bind(call, names, 1, arguments) || check(call, arguments) ||
	    (arguments[OPERATOR].kind != VALUE_ABSENT &&
	     operator_of(call, arguments[OPERATOR], operator)) ||
	    parts_of(call, arguments[TYPE], call->subject, &left) ||
	    parts_of(call, arguments[TYPE], arguments[VERSION], &right) ||
	    check_order(call, left.list, right.list) ||
	    value_equal(call->render, left, right, &equal))
		return -1;
	if (operator[0] == '=' || operator[0] == '!') {
		*out = value_bool(equal == (operator[0] == '='));
		return 0;
	}
	if (value_order(call->render, left, operator, right, &holds))
		return -1;
	*out = value_bool(holds);
	return 0;
}
