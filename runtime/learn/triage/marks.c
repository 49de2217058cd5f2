/* What lines look like: frames of stacks, places in files, rulers, … */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/learn/triage/lexicon.h"

struct text {
	const char *at; /* after the indentation */
	size_t length;
};

static bool begins(const struct text *text, const char *with)
{
	return strncasecmp(text->at, with, strlen(with)) == 0;
}

static bool begins_one(const struct text *text, const char *const *list)
{
	for (; *list; list++)
		if (begins(text, *list))
			return true;
	return false;
}

static bool holds(const struct text *text, const char *what)
{
	return memmem(text->at, text->length, what, strlen(what)) != NULL;
}

/* "at a.b.c(D.java:12)", "File "x.py", line 3", "from x.rb:12:in". */
static bool is_frame(const struct text *text)
{
	if (begins(text, "at ") && (holds(text, "(") || holds(text, ":")))
		return true;
	if (begins(text, "File \"") && holds(text, "line "))
		return true;
	if (holds(text, ":in `") || holds(text, "goroutine "))
		return true;
	return text->at[0] == '#' && isdigit((unsigned char)text->at[1]) &&
	       (holds(text, "(") || holds(text, "0x"));
}

/* "name.ext:12", "name.ext(12", "line 12". */
static bool has_place(const struct text *text)
{
	const char *end = text->at + text->length;

	for (const char *c = text->at + 1; c + 2 < end; c++) {
		const char *dot = c;

		if (*c != '.' || !isalnum((unsigned char)c[-1]) ||
		    !isalpha((unsigned char)c[1]))
			continue;
		for (c++; c < end && isalnum((unsigned char)*c) && c - dot < 8;
		     c++)
			;
		if (c + 1 < end && strchr(":([", *c) &&
		    isdigit((unsigned char)c[1]))
			return true;
		c = dot;
	}
	return false;
}

/* Mostly one kind of punctuation, five times and more. */
static bool is_ruler(const struct text *text)
{
	char c = text->at[0];
	size_t run = 0;

	if (!ispunct((unsigned char)c) || text->length < 5)
		return false;
	while (run < text->length && text->at[run] == c)
		run++;
	return run >= 5 || run == text->length;
}

static bool is_caret(const struct text *text)
{
	return strspn(text->at, " ^~-|+") == text->length &&
	       memchr(text->at, '^', text->length);
}

static long number_before(const char *start, const char *word)
{
	const char *c = word;
	long value = 0, unit = 1;

	while (c > start && c[-1] == ' ')
		c--;
	if (c == start || !isdigit((unsigned char)c[-1]) || c == word)
		return -1;
	for (; c > start && isdigit((unsigned char)c[-1]) && unit < 1000000;
	     c--, unit *= 10)
		value += (c[-1] - '0') * unit;
	return value;
}

static long number_after(const char *word, const char *end)
{
	const char *c = word;

	while (c < end && isalpha((unsigned char)*c))
		c++;
	while (c < end && strchr(" :=(", *c))
		c++;
	return c < end && isdigit((unsigned char)*c) ? strtol(c, NULL, 10) : -1;
}

/* "3 failed", "Failures: 0": bad_count, no_bad_count. */
static triage_marks counts_of(const struct text *text)
{
	static const char *const words[] = {"fail",    "error",     "problem",
					    "offense", "violation", "broken"};
	const char *end = text->at + text->length;
	triage_marks marks = 0;

	for (const char *c = text->at; c < end; c++) {
		if (!isalpha((unsigned char)*c) ||
		    (c > text->at && isalpha((unsigned char)c[-1])))
			continue;
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
			long count;

			if (strncasecmp(c, words[i], strlen(words[i])) != 0)
				continue;
			count = number_before(text->at, c);
			if (count < 0)
				count = number_after(c, end);
			if (count > 0)
				marks |= triage_bit(MARK_bad_count);
			else if (count == 0)
				marks |= triage_bit(MARK_no_bad_count);
		}
	}
	return marks;
}

/* "… exited with 1.", "Error 2", "exit code 1": not 0. */
static bool has_exited(const struct text *text)
{
	static const char *const words[] = {
		"exited with ",       "exit code ",   "exit status ",
		"exit code: ",        "returned ",    "exited with code ",
		"exit value ",        "status code ", "exit code=",
		"ELIFECYCLE",         "errno ",       "Error ",
		"non-zero exit code",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		const char *found = memmem(text->at, text->length, words[i],
					   strlen(words[i]));

		if (!found)
			continue;
		found += strlen(words[i]);
		if (!isdigit((unsigned char)*found) || strtol(found, NULL, 10))
			return isdigit((unsigned char)*found) || i == 7 ||
			       i == 9 || i == 12;
	}
	return false;
}

static triage_marks levels_of(const struct text *text)
{
	static const char *const bad[] = {
		"[error]", "error:", "error ",  "err!",      "npm err!",
		"fail",    "not ok", "fatal",   "e: ",       "panic:",
		"[fatal]", "failed", "[e]",     "exception", "traceback",
		"(error)", "-- err", "! ",      "e   ",      "***",
		"make: *", "make[",  "failure", NULL};
	static const char *const fine[] = {
		"[info]", "info",   "[debug]", "debug", "ok ",
		"pass",   "[info",  "[  ok",   "[ ok",  "--- pass",
		"get:",   "[  run", "[trace]", NULL};
	triage_marks marks = 0;

	if (begins_one(text, bad) || holds(text, "ERROR ") ||
	    holds(text, "[error]") || holds(text, ": error"))
		marks |= triage_bit(MARK_level_bad);
	if (begins_one(text, fine))
		marks |= triage_bit(MARK_level_fine);
	return marks;
}

static triage_marks signs_of(const struct text *text)
{
	static const char *const crosses[] = {"✗", "✘", "✖", "×",
					      "❌", "☓", "✕", "\u2717"};
	static const char *const ticks[] = {"✓", "✔", "√", "✅"};
	triage_marks marks = 0;

	for (size_t i = 0; i < sizeof(crosses) / sizeof(*crosses); i++)
		if (holds(text, crosses[i]))
			marks |= triage_bit(MARK_cross);
	for (size_t i = 0; i < sizeof(ticks) / sizeof(*ticks); i++)
		if (holds(text, ticks[i]))
			marks |= triage_bit(MARK_tick);
	return marks;
}

static bool is_bullet(const struct text *text)
{
	size_t digits = strspn(text->at, "0123456789");

	return (digits > 0 && digits < 4 && strchr(").]", text->at[digits]) &&
		text->at[digits]) ||
	       begins(text, "- ") || begins(text, "* ") || begins(text, "• ");
}

static triage_marks starts_of(const struct text *text)
{
	static const char *const chatter[] = {
		"travis_", "##[", "::", "section_", "$ export", NULL};
	static const char *const commands[] = {"$ ", "+ ", "> ", "The command",
					       NULL};
	triage_marks marks = 0;
	char c = text->at[0];

	if (begins_one(text, chatter))
		marks |= triage_bit(MARK_chatter);
	if (begins_one(text, commands))
		marks |= triage_bit(MARK_command);
	if (c == '+' || c == '>')
		marks |= triage_bit(MARK_plus);
	if (c == '-' || c == '<')
		marks |= triage_bit(MARK_minus);
	if (c == '[' || c == '(')
		marks |= triage_bit(MARK_bracket);
	if (c == '#' || c == '*')
		marks |= triage_bit(MARK_hash);
	if (is_bullet(text))
		marks |= triage_bit(MARK_bullet);
	return marks;
}

static triage_marks letters_of(const struct text *text)
{
	size_t upper = 0, lower = 0, code = 0, camel = 0;
	triage_marks marks = 0;

	for (size_t i = 0; i < text->length; i++) {
		char c = text->at[i];

		upper += isupper((unsigned char)c) != 0;
		lower += islower((unsigned char)c) != 0;
		code += c && strchr("{}();=<>&|$@\\", c) != NULL;
		camel += i > 0 && isupper((unsigned char)c) &&
			 islower((unsigned char)text->at[i - 1]);
	}
	if (upper > 3 && upper > 2 * lower)
		marks |= triage_bit(MARK_capitals);
	if (code > 1 && code * 12 > text->length)
		marks |= triage_bit(MARK_code);
	if (camel > 0)
		marks |= triage_bit(MARK_camel);
	return marks;
}

static triage_marks insides_of(const struct text *text)
{
	triage_marks marks = 0;

	if (is_frame(text))
		marks |= triage_bit(MARK_stack);
	if (has_place(text))
		marks |= triage_bit(MARK_place);
	if (has_exited(text))
		marks |= triage_bit(MARK_exited);
	if (holds(text, "://"))
		marks |= triage_bit(MARK_url);
	if (memchr(text->at, '%', text->length))
		marks |= triage_bit(MARK_percent);
	if (memchr(text->at, '\'', text->length) ||
	    memchr(text->at, '"', text->length) ||
	    memchr(text->at, '`', text->length))
		marks |= triage_bit(MARK_quoted);
	if (memchr(text->at, '=', text->length))
		marks |= triage_bit(MARK_equals);
	if (text->at[text->length - 1] == ':')
		marks |= triage_bit(MARK_colon_end);
	if (begins(text, "Tests run") || holds(text, "examples,") ||
	    holds(text, "tests,") || begins(text, "Ran ") ||
	    holds(text, "passed,") || holds(text, "BUILD FAIL") ||
	    holds(text, "Build failed") || holds(text, "assertions,"))
		marks |= triage_bit(MARK_summary);
	return marks;
}

triage_marks triage_marks_of(const char *line, size_t length)
{
	struct text text = {line, length};

	while (text.length > 0 && isspace((unsigned char)text.at[0])) {
		text.at++;
		text.length--;
	}
	if (text.length == 0)
		return triage_bit(MARK_blank);
	return triage_words_of(text.at, text.length) | insides_of(&text) |
	       starts_of(&text) | letters_of(&text) | levels_of(&text) |
	       signs_of(&text) | counts_of(&text) |
	       (is_ruler(&text) ? triage_bit(MARK_ruler) : 0) |
	       (is_caret(&text) ? triage_bit(MARK_caret) : 0);
}
