/* TAP 13 and 14: points, subtests, directives and blocks of YAML. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/mem.h"
#include "runtime/text/report/parts.h"

enum { LEVELS = 8, INDENT = 4, TEXT_MAX = 200 };

struct point {
	bool ok;
	const char *name;
	size_t name_length;
	const char *directive; /* "SKIP why", "todo why", or NULL */
};

/* One level of subtests. */
struct level {
	uint32_t first; /* test that is the first since its last point */
	long planned;   /* -1: no plan was read */
	long seen;
};

struct tap {
	struct report *report;
	struct level levels[LEVELS];
	struct buf block; /* YAML, and comments, of the last point */
	struct report_test *last;
	bool in_block, known;
	bool bailed; /* which says why the rest did not run */
};

static int level_of(const char *line, const char **at)
{
	size_t spaces = strspn(line, " ");
	int level = (int)(spaces / INDENT);

	*at = line + spaces;
	return level < LEVELS ? level : LEVELS - 1;
}

/* The first '#' after a space that is not escaped: a directive may follow. */
static const char *find_directive(const char *at)
{
	for (; *at; at++) {
		if (*at == '\\' && at[1])
			at++;
		else if (*at == '#' && isspace((unsigned char)at[-1]))
			return at;
	}
	return NULL;
}

static void read_directive(struct point *point, const char *hash)
{
	const char *word = hash + 1 + strspn(hash + 1, " ");

	if (strncasecmp(word, "skip", 4) == 0 ||
	    strncasecmp(word, "todo", 4) == 0) {
		point->directive = word;
		point->name_length = (size_t)(hash - point->name);
	}
}

static bool read_point(const char *at, struct point *point)
{
	const char *rest = report_after(at, "ok");
	const char *hash;

	*point = (struct point){.ok = rest != NULL};
	if (!rest)
		rest = report_after(at, "not ok");
	if (!rest || (*rest && *rest != ' '))
		return false;
	rest += strspn(rest, " ");
	rest += strspn(rest, "0123456789");
	rest += strspn(rest, " ");
	if (report_after(rest, "- "))
		rest += 2;
	point->name = rest;
	point->name_length = strlen(rest);
	hash = find_directive(rest);
	if (hash)
		read_directive(point, hash);
	while (point->name_length > 0 &&
	       strchr(" {", point->name[point->name_length - 1]))
		point->name_length--;
	return true;
}

static bool read_plan(const char *at, long *count)
{
	const char *number = report_after(at, "1..");
	char *end;

	if (!number || !isdigit((unsigned char)*number))
		return false;
	*count = strtol(number, &end, 10);
	return *end == '\0' || *end == ' ';
}

bool report_is_tap(const char *line)
{
	struct point point;
	long count;

	return report_after(line, "TAP version ") || read_plan(line, &count) ||
	       (read_point(line, &point) &&
		isdigit((unsigned char)line[strcspn(line, "0123456789")]) &&
		strcspn(line, "0123456789") <= strlen("not ok "));
}

/* "key: value" of a block; the value without quotes, or NULL. */
static const char *value_of(const char *at, const char *key, size_t *length)
{
	const char *value = report_after(at, key);

	if (!value || *value != ':')
		return NULL;
	value += 1 + strspn(value + 1, " ");
	*length = strlen(value);
	if (*length >= 2 && (*value == '\'' || *value == '"') &&
	    value[*length - 1] == *value) {
		value++;
		*length -= 2;
	}
	return value;
}

static void read_block_line(struct tap *tap, const char *at)
{
	struct report_test *test = tap->last;
	size_t length;
	const char *value;

	if (!test)
		return;
	if ((value = value_of(at, "duration_ms", &length)) &&
	    report_seconds(value) >= 0)
		test->seconds = report_seconds(value) / 1000;
	else if (((value = value_of(at, "message", &length)) ||
		  (value = value_of(at, "error", &length))) &&
		 !*test->message && length > 2)
		test->message = report_text(tap->report, value, length,
					    REPORT_MESSAGE_MAX);
	else if ((value = value_of(at, "file", &length)))
		test->file = report_text(tap->report, value, length,
					 REPORT_NAME_MAX);
}

static void end_point(struct tap *tap)
{
	struct report_test *test = tap->last;

	if (test && test->outcome == REPORT_FAILED && tap->block.length > 0) {
		test->details = report_tail(tap->report, tap->block.data,
					    tap->block.length);
		if (!*test->message)
			test->message =
				report_first_line(tap->report, test->details);
	}
	buf_clear(&tap->block);
	tap->last = NULL;
	tap->in_block = false;
}

/* The tests of a subtest are named before the test that stands for it. */
static void name_suite(struct tap *tap, uint32_t first,
		       const struct point *point)
{
	const char *before = "", *joined = "";

	for (uint32_t i = first; i < tap->report->count; i++) {
		struct report_test *test = &tap->report->tests[i];
		char text[REPORT_NAME_MAX];

		if (test->suite != before || i == first) {
			before = test->suite;
			snprintf(text, sizeof(text), "%.*s%s%s",
				 (int)point->name_length, point->name,
				 *before ? " > " : "", before);
			joined = report_text(tap->report, text, strlen(text),
					     REPORT_NAME_MAX);
		}
		test->suite = joined;
	}
}

static bool any_failed(const struct report *report, uint32_t first)
{
	for (uint32_t i = first; i < report->count; i++)
		if (report->tests[i].outcome == REPORT_FAILED ||
		    report->tests[i].outcome == REPORT_ERROR)
			return true;
	return false;
}

static void add_test(struct tap *tap, const struct point *point)
{
	struct report_test *test =
		report_add(tap->report, point->name, point->name_length);
	char number[TEXT_MAX];

	tap->last = test;
	if (!test)
		return;
	if (point->name_length == 0) {
		snprintf(number, sizeof(number), "test %ld",
			 tap->levels[0].seen);
		test->name = report_text(tap->report, number, strlen(number),
					 REPORT_NAME_MAX);
	}
	if (!point->ok)
		test->outcome = REPORT_FAILED;
	if (!point->directive)
		return;
	if (!point->ok || strncasecmp(point->directive, "skip", 4) == 0)
		test->outcome = REPORT_SKIPPED;
	test->message = report_first_line(tap->report, point->directive + 4);
}

static void take_point(struct tap *tap, int level, const struct point *point)
{
	uint32_t first = tap->levels[level].first;
	bool parent = level + 1 < LEVELS && tap->levels[level + 1].seen > 0;

	end_point(tap);
	tap->known = true;
	tap->levels[level].seen++;
	if (parent)
		name_suite(tap, first, point);
	/* what stands for its subtests tells nothing that they do not */
	if (!parent || (!point->ok && !any_failed(tap->report, first)))
		add_test(tap, point);
	for (int i = level; i < LEVELS; i++)
		tap->levels[i].first = tap->report->count;
	for (int i = level + 1; i < LEVELS; i++)
		tap->levels[i].seen = 0;
}

static void add_error(struct tap *tap, const char *name, const char *message)
{
	struct report_test *test;

	end_point(tap);
	tap->known = true;
	test = report_add(tap->report, name, strlen(name));
	if (!test)
		return;
	test->outcome = REPORT_ERROR;
	test->message = report_text(tap->report, message, strlen(message),
				    REPORT_MESSAGE_MAX);
}

static void take_line(struct tap *tap, const char *line)
{
	const char *at;
	int level = level_of(line, &at);
	struct point point;
	const char *rest;
	long count;

	if (tap->in_block) {
		if (strcmp(at, "...") == 0) {
			tap->in_block = false;
			return;
		}
		read_block_line(tap, at);
		report_collect(&tap->block, line, strlen(line));
	} else if (strcmp(at, "---") == 0) {
		tap->in_block = true;
	} else if (read_point(at, &point)) {
		take_point(tap, level, &point);
	} else if (read_plan(at, &count)) {
		tap->levels[level].planned = count;
		tap->known = true;
	} else if ((rest = report_after(line, "Bail out!"))) {
		tap->bailed = true;
		add_error(tap, "Bail out!", rest + strspn(rest, " "));
	} else if (*at == '#') {
		report_collect(&tap->block, at + 1, strlen(at + 1));
	}
}

static void check_plan(struct tap *tap)
{
	const struct level *top = &tap->levels[0];
	char text[TEXT_MAX];

	end_point(tap);
	if (tap->bailed || top->planned <= top->seen)
		return;
	snprintf(text, sizeof(text), "%ld of %ld planned tests did not run",
		 top->planned - top->seen, top->planned);
	add_error(tap, "plan", text);
}

int report_tap(struct report *report, const char *text, size_t length,
	       struct error **err)
{
	struct report_lines *lines = mem_alloc(sizeof(*lines));
	struct tap tap = {.report = report};

	for (int i = 0; i < LEVELS; i++)
		tap.levels[i].planned = -1;
	buf_init(&tap.block, (size_t)4 * REPORT_DETAILS_MAX);
	report_lines_start(lines, text, length);
	while (report_lines_next(lines))
		take_line(&tap, lines->line);
	check_plan(&tap);
	buf_release(&tap.block);
	mem_free(lines);
	if (!tap.known)
		return error_set(err, ERROR_INVALID,
				 "neither a test nor a plan of TAP is in it");
	return 0;
}
