/* JUnit's XML, by libexpat: no entities of its own, nothing from outside. */
#include <expat.h>

#include "runtime/text/report/parts.h"

enum { DEPTH_MAX = 64, ATTRIBUTES_MAX = 256 };

/* What the text between tags is. */
enum content {
	CONTENT_NONE,
	CONTENT_PROBLEM, /* of failure, error, skipped */
	CONTENT_OUTPUT,  /* of system-out, system-err */
};

struct junit {
	XML_Parser parser;
	struct report *report;
	struct buf problem, output;    /* of this test */
	const char *suites[DEPTH_MAX]; /* names of the suites around, or NULL */
	const char *file;
	int depth;
	int test_depth; /* of the testcase; 0: outside of one */
	enum content content;
	struct report_test test; /* that is read */
	const char *refused;     /* why reading was stopped */
	bool known;              /* an element of JUnit's was there */
};

static const char *attribute(const XML_Char **attributes, const char *name)
{
	for (int i = 0; attributes[i] && i < ATTRIBUTES_MAX; i += 2)
		if (strcmp(attributes[i], name) == 0)
			return attributes[i + 1];
	return "";
}

static void stop(struct junit *junit, const char *why)
{
	junit->refused = why;
	XML_StopParser(junit->parser, XML_FALSE);
}

static const char *text_of(struct junit *junit, const char *text)
{
	return report_text(junit->report, text, strlen(text), REPORT_NAME_MAX);
}

static const char *suite_around(const struct junit *junit)
{
	for (int i = junit->depth - 1; i >= 0; i--)
		if (junit->suites[i] && *junit->suites[i])
			return junit->suites[i];
	return "";
}

static void start_test(struct junit *junit, const XML_Char **attributes)
{
	const char *class = attribute(attributes, "classname");
	const char *file = attribute(attributes, "file");

	junit->test_depth = junit->depth;
	junit->test = (struct report_test){0};
	junit->test.name = text_of(junit, attribute(attributes, "name"));
	junit->test.suite =
		*class ? text_of(junit, class) : suite_around(junit);
	junit->test.file = *file ? text_of(junit, file) : junit->file;
	junit->test.message = "";
	junit->test.details = "";
	junit->test.seconds = report_seconds(attribute(attributes, "time"));
	if (strcmp(attribute(attributes, "status"), "notrun") == 0)
		junit->test.outcome = REPORT_SKIPPED;
	buf_clear(&junit->problem);
	buf_clear(&junit->output);
}

/* An attempt that failed before the one that counts (Maven's surefire). */
static void add_attempt(struct junit *junit, const XML_Char **attributes)
{
	const char *why = attribute(attributes, "message");
	struct report_test *test = report_add(junit->report, "", 0);

	if (!test)
		return;
	test->name = junit->test.name;
	test->suite = junit->test.suite;
	test->file = junit->test.file;
	test->outcome = REPORT_FAILED;
	test->message = report_first_line(junit->report, why);
}

static void start_problem(struct junit *junit, enum report_outcome outcome,
			  const XML_Char **attributes)
{
	const char *why = attribute(attributes, "message");

	junit->content = CONTENT_PROBLEM;
	if (junit->test.outcome == REPORT_PASSED || outcome == REPORT_ERROR)
		junit->test.outcome = outcome;
	if (!*why)
		why = attribute(attributes, "type");
	if (!*junit->test.message)
		junit->test.message = report_first_line(junit->report, why);
}

static void in_test(struct junit *junit, const char *name,
		    const XML_Char **attributes)
{
	if (strcmp(name, "failure") == 0)
		start_problem(junit, REPORT_FAILED, attributes);
	else if (strcmp(name, "error") == 0)
		start_problem(junit, REPORT_ERROR, attributes);
	else if (strcmp(name, "skipped") == 0)
		start_problem(junit, REPORT_SKIPPED, attributes);
	else if (strcmp(name, "system-out") == 0 ||
		 strcmp(name, "system-err") == 0)
		junit->content = CONTENT_OUTPUT;
	else if (strcmp(name, "flakyFailure") == 0 ||
		 strcmp(name, "flakyError") == 0)
		add_attempt(junit, attributes);
}

static void start_suite(struct junit *junit, const XML_Char **attributes)
{
	const char *file = attribute(attributes, "file");

	junit->known = true;
	junit->suites[junit->depth - 1] =
		text_of(junit, attribute(attributes, "name"));
	if (*file)
		junit->file = text_of(junit, file);
}

static void on_start(void *data, const XML_Char *name,
		     const XML_Char **attributes)
{
	struct junit *junit = data;

	if (junit->depth == DEPTH_MAX) {
		stop(junit, "elements are nested deeper than 64");
		return;
	}
	junit->suites[junit->depth++] = NULL;
	if (junit->test_depth) {
		in_test(junit, name, attributes);
	} else if (strcmp(name, "testcase") == 0) {
		junit->known = true;
		start_test(junit, attributes);
	} else if (strcmp(name, "testsuite") == 0) {
		start_suite(junit, attributes);
	} else if (strcmp(name, "testsuites") == 0) {
		junit->known = true;
	}
}

static void end_test(struct junit *junit)
{
	struct report_test *test = report_add(junit->report, "", 0);
	const struct buf *from =
		junit->problem.length ? &junit->problem : &junit->output;

	junit->test_depth = 0;
	if (!test)
		return;
	*test = junit->test;
	if (test->outcome == REPORT_PASSED)
		return;
	if (from->length > 0 && test->outcome != REPORT_SKIPPED)
		test->details =
			report_tail(junit->report, from->data, from->length);
	if (!*test->message && junit->problem.length > 0)
		test->message =
			report_first_line(junit->report, junit->problem.data);
}

static void on_end(void *data, const XML_Char *name)
{
	struct junit *junit = data;

	(void)name;
	if (junit->test_depth == junit->depth)
		end_test(junit);
	junit->content = CONTENT_NONE;
	junit->depth--;
}

/* Of a problem the beginning is kept, of output the end. */
static void on_text(void *data, const XML_Char *text, int length)
{
	struct junit *junit = data;
	struct buf *output = &junit->output;

	if (junit->content == CONTENT_PROBLEM &&
	    junit->problem.length < REPORT_DETAILS_MAX) {
		buf_append(&junit->problem, text, (size_t)length);
	} else if (junit->content == CONTENT_OUTPUT) {
		if (output->length > (size_t)2 * REPORT_DETAILS_MAX)
			buf_consume(output,
				    output->length - REPORT_DETAILS_MAX);
		buf_append(output, text, (size_t)length);
	}
}

/* NOLINTNEXTLINE(readability-function-size): libexpat's parameters */
static void on_entity(void *data, const XML_Char *name, int is_parameter,
		      const XML_Char *value, int length, const XML_Char *base,
		      const XML_Char *system, const XML_Char *public,
		      const XML_Char *notation)
{
	(void)name;
	(void)is_parameter;
	(void)value;
	(void)length;
	(void)base;
	(void)system;
	(void)public;
	(void)notation;
	stop(data, "it declares an entity, and those are refused");
}

static int result_of(const struct junit *junit, enum XML_Status status,
		     struct error **err)
{
	unsigned long line = XML_GetCurrentLineNumber(junit->parser);

	if (junit->refused)
		return error_set(err, ERROR_INVALID, "line %lu: %s", line,
				 junit->refused);
	if (status != XML_STATUS_OK)
		return error_set(
			err, ERROR_INVALID, "line %lu: XML: %s", line,
			XML_ErrorString(XML_GetErrorCode(junit->parser)));
	if (!junit->known)
		return error_set(err, ERROR_INVALID,
				 "XML, but not JUnit's: there is neither"
				 " 'testsuite' nor 'testcase' in it");
	return 0;
}

int report_junit(struct report *report, const char *text, size_t length,
		 struct error **err)
{
	struct junit junit = {.report = report, .file = ""};
	enum XML_Status status;
	int result;

	junit.parser = XML_ParserCreate(NULL);
	if (!junit.parser)
		return error_set(err, ERROR_LIMIT, "no memory to read XML");
	/* one piece of text may be as long as the report */
	buf_init(&junit.problem, REPORT_BYTES_MAX * 2L);
	buf_init(&junit.output, REPORT_BYTES_MAX * 2L);
	XML_SetUserData(junit.parser, &junit);
	XML_SetElementHandler(junit.parser, on_start, on_end);
	XML_SetCharacterDataHandler(junit.parser, on_text);
	XML_SetEntityDeclHandler(junit.parser, on_entity);
	status = XML_Parse(junit.parser, text, (int)length, XML_TRUE);
	result = result_of(&junit, status, err);
	XML_ParserFree(junit.parser);
	buf_release(&junit.problem);
	buf_release(&junit.output);
	return result;
}
