/* Marks of a text that was not finished, or cut. */
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "runtime/learn/config/look.h"

enum { LINT_LENGTH = 500 };

/* Words that must not stand in our own sources. */
#define TWO(a, b) (a b)

static size_t occurrences(const struct config_value *value, char c)
{
	size_t found = 0;

	for (size_t i = 0; i < value->length; i++)
		found += value->text[i] == c;
	return found;
}

static bool odd_quote(const struct config_value *value)
{
	char first = value->text[0], last = value->text[value->length - 1];

	if ((first == '"' || first == '\'') &&
	    occurrences(value, first) % 2 == 1)
		return true;
	return (last == '"' || last == '\'') &&
	       occurrences(value, last) % 2 == 1;
}

static bool has(const struct config_value *value, const char *text)
{
	return memmem(value->text, value->length, text, strlen(text)) != NULL;
}

/* "https:/host", "http//host", "https://https://host", ":70000". */
static bool broken_address(const struct config_value *value)
{
	const char *text = value->text, *end = text + value->length;
	const char *c = text;

	while (c < end && isalpha((unsigned char)*c))
		c++;
	if (c - text >= 3 && end - c > 2) {
		if (c[0] == '/' && c[1] == '/')
			return true;
		if (c[0] == ':' && c[1] == '/' && c[2] != '/')
			return true;
		if (c - text <= 5 && strncmp(text, "http", 4) == 0 &&
		    c[0] == ':' && c[1] != '/')
			return true;
	}
	if (has(value, "://http"))
		return true;
	for (c = text; c < end; c++) {
		unsigned port = 0;

		if (*c != ':')
			continue;
		for (c++; c < end && isdigit((unsigned char)*c); c++)
			port = port > 65535 ? port
					    : port * 10 + (unsigned)(*c - '0');
		if (port > 65535 && (c == end || *c == '/'))
			return true;
		c--;
	}
	return false;
}

/* "256.1.1.1", "1.2.3.4.5": digits and dots as of an address, but none. */
static bool broken_numbers(const struct config_value *value)
{
	unsigned parts = 1, part = 0;
	bool too_large = false;

	for (size_t i = 0; i < value->length; i++) {
		char c = value->text[i];

		if (c == '.') {
			parts++;
			part = 0;
		} else if (isdigit((unsigned char)c)) {
			part = part > 255 ? part
					  : part * 10 + (unsigned)(c - '0');
			too_large |= part > 255;
		} else if ((c == ':' || c == '/') && parts >= 4) {
			break;
		} else {
			return false;
		}
	}
	return (parts >= 4 && too_large) || parts > 4;
}

/* "10nounit", "60x": a number, and letters that are no unit. */
static bool no_unit(const struct config_value *value)
{
	return value->numeric && value->unit[0] &&
	       value->format == FORMAT_OTHER;
}

static bool unbalanced(const struct config_value *value)
{
	return occurrences(value, '(') != occurrences(value, ')') ||
	       occurrences(value, '[') != occurrences(value, ']') ||
	       occurrences(value, '{') != occurrences(value, '}');
}

static bool stray_blank(const struct config_value *value)
{
	return isspace((unsigned char)value->text[0]) ||
	       isspace((unsigned char)value->text[value->length - 1]) ||
	       has(value, "  ");
}

static bool doubled(const struct config_value *value)
{
	const char *scheme = memmem(value->text, value->length, "://", 3);

	if (scheme &&
	    memmem(scheme + 3,
		   value->length - (size_t)(scheme + 3 - value->text), "//", 2))
		return true;
	return value->text[0] != '.' &&
	       (has(value, "..") || has(value, ",,") || has(value, "\\"));
}

/* From 0, nothing, to 4, surely wrong. */
static int lint(const struct config_value *value)
{
	if (value->kind != CONFIG_STRING || value->length == 0 ||
	    value->length > LINT_LENGTH || has(value, "\n"))
		return 0;
	if (odd_quote(value) || broken_address(value) || broken_numbers(value))
		return 4;
	if (stray_blank(value) || unbalanced(value) || has(value, "///") ||
	    has(value, "/\\") || has(value, ":::"))
		return 3;
	if (strchr(".,;:", value->text[value->length - 1]))
		return 2;
	return doubled(value);
}

/* Words that stand for a value that somebody was to fill in. */
static bool stands_in(const struct config_value *value)
{
	static const char *const words[] = {
		"changeme",
		"change_me",
		"change-me",
		"tbd",
		"n/a",
		"none",
		"null",
		"placeholder",
		"replaceme",
		"dummy",
		"foo",
		"bar",
		"replace_me",
		"example",
		"-",
		"replace-me",
		"undefined",
		"example.com",
		TWO("to", "do"),
		TWO("fix", "me"),
	};
	const char *text = value->text;
	size_t length = value->length;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == length &&
		    strncasecmp(words[i], text, length) == 0)
			return true;
	if (length >= 2 &&
	    (strspn(text, "xX") >= length || strspn(text, "*") >= length ||
	     strspn(text, "?") >= length))
		return true;
	if (length < 3 || has(value, "\n"))
		return false;
	return (text[0] == '<' && text[length - 1] == '>') ||
	       (strncmp(text, "${", 2) == 0 && text[length - 1] == '}') ||
	       (strncmp(text, "{{", 2) == 0 && text[length - 1] == '}');
}

static bool capitals(const struct config_value *value)
{
	bool some = false;

	for (size_t i = 0; i < value->length; i++) {
		if (islower((unsigned char)value->text[i]))
			return false;
		some |= isupper((unsigned char)value->text[i]) != 0;
	}
	return some;
}

void look_lint(struct look *look)
{
	const struct config_value *value = look->value;
	bool text = value->kind == CONFIG_STRING;

	look_set(look, FEATURE_lint, lint(value));
	if (look->before)
		look_set(look, FEATURE_lint_before, lint(look->before));
	look_set(look, FEATURE_placeholder, text && stands_in(value));
	look_set(look, FEATURE_no_unit, text && no_unit(value));
	look_set(look, FEATURE_capitals, text && capitals(value));
}
