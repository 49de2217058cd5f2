/* What pytest prints: -v a line a test, -rA its summary, and its failures. */
#include <ctype.h>

#include "runtime/base/map.h"
#include "runtime/base/mem.h"
#include "runtime/text/report/parts.h"

enum section {
	SECTION_NONE,
	SECTION_FAILURES,
	SECTION_DURATIONS,
	SECTION_SUMMARY,
};

static const struct word {
	const char *word;
	enum report_outcome outcome;
} words[] = {
	{"PASSED", REPORT_PASSED}, {"FAILED", REPORT_FAILED},
	{"ERROR", REPORT_ERROR},   {"SKIPPED", REPORT_SKIPPED},
	{"XFAIL", REPORT_SKIPPED}, {"XPASS", REPORT_PASSED},
	{"RERUN", REPORT_FAILED},
};

struct pytest {
	struct report *report;
	struct map tests;       /* by node: number of its last result + 1 */
	struct map short_names; /* by "Class.name", as failures name them */
	enum section section;
	uint32_t failure; /* whose section is read: number + 1, or 0 */
	struct buf output;
	bool known;
};

/* A result: the node (with "::"), what came of it and why. */
struct result {
	const char *node, *why;
	size_t node_length, why_length;
	const struct word *word;
};

static const struct word *word_at(const char *at, const char **rest)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		*rest = report_after(at, words[i].word);
		if (*rest && (**rest == '\0' || **rest == ' '))
			return &words[i];
	}
	return NULL;
}

static bool is_node(const char *node, size_t length)
{
	const char *colons = memmem(node, length, "::", 2);

	return colons && colons > node && !isspace((unsigned char)*node);
}

/* "[gw0] [ 50%] " of pytest-xdist */
static const char *skip_worker(const char *line)
{
	const char *at = report_after(line, "[gw");

	at = at ? strstr(at, "%] ") : NULL;
	return at ? at + 3 : line;
}

/* The " - " behind a node, whose parameters in brackets may have one, too. */
static const char *find_dash(const char *node)
{
	int depth = 0;

	for (const char *at = node; *at; at++) {
		if (*at == '[')
			depth++;
		else if (*at == ']')
			depth--;
		else if (depth <= 0 && report_after(at, " - "))
			return at;
	}
	return depth > 0 ? strstr(node, " - ") : NULL;
}

/* "PASSED tests/a.py::test_x - why" */
static bool status_first(const char *line, struct result *result)
{
	const char *dash;

	result->word = word_at(line, &result->node);
	if (!result->word || *result->node != ' ')
		return false;
	result->node++;
	dash = find_dash(result->node);
	result->node_length =
		dash ? (size_t)(dash - result->node) : strlen(result->node);
	result->why = dash ? dash + 3 : "";
	result->why_length = strlen(result->why);
	return is_node(result->node, result->node_length);
}

/* "tests/a.py::test_x SKIPPED (why)   [ 50%]" */
static bool status_last(const char *line, struct result *result)
{
	const char *rest;

	for (const char *at = strchr(line, ' '); at; at = strchr(at + 1, ' ')) {
		size_t length = (size_t)(at - line);

		result->word = word_at(at + 1, &rest);
		if (!result->word || !is_node(line, length))
			continue;
		result->node = line;
		result->node_length = length;
		rest += strspn(rest, " ");
		result->why = *rest == '(' ? rest + 1 : "";
		result->why_length = strlen(result->why);
		while (result->why_length > 0 &&
		       result->why[result->why_length - 1] != ')')
			result->why_length--;
		if (result->why_length > 0)
			result->why_length--;
		return true;
	}
	return false;
}

static bool read_result(const char *line, struct result *result)
{
	line = skip_worker(line);
	return status_first(line, result) || status_last(line, result);
}

bool report_is_pytest(const char *line)
{
	struct result result;

	return read_result(line, &result) ||
	       (*line == '=' && strstr(line, " test session starts "));
}

/* Splits "tests/a.py::Class::test[x::y]" into file, suite and name. */
static void set_node(struct report *report, struct report_test *test,
		     const char *node)
{
	const char *bracket = strchr(node, '[');
	size_t length = bracket ? (size_t)(bracket - node) : strlen(node);
	const char *first = strstr(node, "::");
	const char *last = first;

	if (!first)
		return; /* a result has always one: read_result */
	for (const char *at = first; at && at < node + length;
	     at = strstr(at + 2, "::"))
		last = at;
	test->file = report_text(report, node, (size_t)(first - node),
				 REPORT_NAME_MAX);
	test->suite = report_text(report, node, (size_t)(last - node),
				  REPORT_NAME_MAX);
	test->name = report_text(report, last + 2, strlen(last + 2),
				 REPORT_NAME_MAX);
}

/* Failures are headed by "Class.name": the node's end with dots. */
static void add_short_name(struct pytest *pytest, const char *node,
			   uint32_t number)
{
	const char *from = strstr(node, "::");
	char *name = mem_copy(from ? from + 2 : node);
	char *out = name;

	for (const char *at = name; *at; at++) {
		if (at[0] == ':' && at[1] == ':') {
			*out++ = '.';
			at++;
		} else {
			*out++ = *at;
		}
	}
	*out = '\0';
	map_put(&pytest->short_names, name, (void *)(uintptr_t)number);
	mem_free(name);
}

static struct report_test *test_of(struct pytest *pytest,
				   const struct result *result)
{
	char *node = mem_copy_n(result->node, result->node_length);
	uintptr_t number = (uintptr_t)map_get(&pytest->tests, node);
	struct report_test *test = NULL;

	if (number > 0) {
		test = &pytest->report->tests[number - 1];
	} else if ((test = report_add(pytest->report, "", 0))) {
		number = pytest->report->count;
		set_node(pytest->report, test, node);
		test->outcome = result->word->outcome;
		map_put(&pytest->tests, node, (void *)number);
		add_short_name(pytest, node, (uint32_t)number);
	}
	/* what is tried again has a result of its own for each try */
	if (strcmp(result->word->word, "RERUN") == 0)
		map_remove(&pytest->tests, node);
	mem_free(node);
	return test;
}

static void take_result(struct pytest *pytest, const struct result *result)
{
	struct report_test *test = test_of(pytest, result);

	if (!test)
		return;
	/* the teardown of a test that passed may fail: both are told */
	if (result->word->outcome == REPORT_ERROR ||
	    (result->word->outcome == REPORT_FAILED &&
	     test->outcome == REPORT_PASSED))
		test->outcome = result->word->outcome;
	if (result->why_length > 0 && test->outcome != REPORT_PASSED)
		test->message =
			report_text(pytest->report, result->why,
				    result->why_length, REPORT_MESSAGE_MAX);
}

static void end_failure(struct pytest *pytest)
{
	struct report_test *test;

	if (pytest->failure > 0 && pytest->output.length > 0) {
		test = &pytest->report->tests[pytest->failure - 1];
		test->details = report_tail(pytest->report, pytest->output.data,
					    pytest->output.length);
	}
	pytest->failure = 0;
	buf_clear(&pytest->output);
}

/* "____ ERROR at setup of TestX.test_y ____" */
static void start_failure(struct pytest *pytest, const char *line)
{
	const char *name = line + strspn(line, "_ ");
	const char *end = line + strlen(line);
	const char *of;
	char *text;

	end_failure(pytest);
	while (end > name && (end[-1] == '_' || end[-1] == ' '))
		end--;
	of = strstr(name, " of ");
	if (report_after(name, "ERROR at ") && of && of + 4 <= end)
		name = of + 4;
	text = mem_copy_n(name, (size_t)(end - name));
	pytest->failure =
		(uint32_t)(uintptr_t)map_get(&pytest->short_names, text);
	mem_free(text);
}

static void start_section(struct pytest *pytest, const char *line)
{
	end_failure(pytest);
	if (strstr(line, " FAILURES ") || strstr(line, " ERRORS "))
		pytest->section = SECTION_FAILURES;
	else if (strstr(line, " slowest "))
		pytest->section = SECTION_DURATIONS;
	else if (strstr(line, " short test summary "))
		pytest->section = SECTION_SUMMARY;
	else
		pytest->section = SECTION_NONE;
}

/* "0.02s call     tests/a.py::test_x"; setup and teardown are added. */
static void take_duration(struct pytest *pytest, const char *line)
{
	double seconds = report_seconds(line + strspn(line, " "));
	const char *node = strrchr(line, ' ');
	struct report_test *test;
	uintptr_t number;

	number = node ? (uintptr_t)map_get(&pytest->tests, node + 1) : 0;
	if (seconds < 0 || number == 0)
		return;
	test = &pytest->report->tests[number - 1];
	test->seconds = test->seconds < 0 ? seconds : test->seconds + seconds;
}

static bool is_rule(const char *line, char sign)
{
	return line[0] == sign && line[1] == sign && strchr(line, ' ');
}

/* The first time: results. A rerun of the summary was told before. */
static void find_result(struct pytest *pytest, const char *line)
{
	struct result result;

	if (pytest->section == SECTION_FAILURES ||
	    pytest->section == SECTION_DURATIONS || !read_result(line, &result))
		return;
	if (pytest->section != SECTION_SUMMARY ||
	    strcmp(result.word->word, "RERUN") != 0)
		take_result(pytest, &result);
}

/* The second time, when tests are known: what is told of them. */
static void find_details(struct pytest *pytest,
			 const struct report_lines *lines)
{
	const char *line = lines->line;

	if (pytest->section == SECTION_FAILURES) {
		if (is_rule(line, '_'))
			start_failure(pytest, line);
		else if (pytest->failure > 0)
			report_collect(&pytest->output, line, lines->length);
	} else if (pytest->section == SECTION_DURATIONS &&
		   isdigit((unsigned char)line[strspn(line, " ")])) {
		take_duration(pytest, line);
	}
}

static void read_lines(struct pytest *pytest, struct report_lines *lines,
		       bool again)
{
	pytest->section = SECTION_NONE;
	while (report_lines_next(lines)) {
		pytest->known = pytest->known || report_is_pytest(lines->line);
		if (is_rule(lines->line, '='))
			start_section(pytest, lines->line);
		else if (again)
			find_details(pytest, lines);
		else
			find_result(pytest, lines->line);
	}
	end_failure(pytest);
}

int report_pytest(struct report *report, const char *text, size_t length,
		  struct error **err)
{
	struct report_lines *lines = mem_alloc(sizeof(*lines));
	struct pytest pytest = {.report = report};

	map_init(&pytest.tests);
	map_init(&pytest.short_names);
	buf_init(&pytest.output, (size_t)4 * REPORT_DETAILS_MAX);
	report_lines_start(lines, text, length);
	read_lines(&pytest, lines, false);
	report_lines_start(lines, text, length);
	read_lines(&pytest, lines, true);
	map_release(&pytest.tests);
	map_release(&pytest.short_names);
	buf_release(&pytest.output);
	mem_free(lines);
	if (!pytest.known)
		return error_set(err, ERROR_INVALID,
				 "no result of pytest is in it: it prints"
				 " them with -v or -rA");
	return 0;
}
