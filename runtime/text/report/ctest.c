/* What `ctest` prints. */
#include <ctype.h>

#include "runtime/base/mem.h"
#include "runtime/text/report/parts.h"

/* A result: " 2/10 Test  #2: name ......***Failed    0.02 sec". */
struct result {
	const char *name, *status;
	size_t name_length;
};

static const char *digits(const char *at)
{
	const char *start = at;

	while (isdigit((unsigned char)*at))
		at++;
	return at > start ? at : NULL;
}

static const char *spaces(const char *at)
{
	return at + strspn(at, " ");
}

/* Reads "N/M Test #N: "; where the name begins, or NULL. */
static const char *head(const char *line)
{
	const char *at = digits(spaces(line));

	if (!at || *at != '/' || !(at = digits(at + 1)))
		return NULL;
	at = report_after(spaces(at), "Test");
	if (!at || *spaces(at) != '#')
		return NULL;
	at = digits(spaces(at) + 1);
	return at && *at == ':' ? spaces(at + 1) : NULL;
}

/* Names are followed by a space and dots; long ones by the status alone. */
static bool read_result(const char *line, struct result *result)
{
	const char *name = head(line);
	const char *end, *dots;

	if (!name || !*name)
		return false;
	dots = strstr(name, " .");
	end = dots ? dots : strstr(name, "   ");
	if (!end)
		end = strstr(name, "***");
	if (!end || end == name)
		return false;
	result->name = name;
	result->name_length = (size_t)(end - name);
	result->status = end + strspn(end, " .");
	return true;
}

bool report_is_ctest(const char *line)
{
	struct result result;

	return read_result(line, &result);
}

static bool has(const char *status, const char *word)
{
	return strstr(status, word) != NULL;
}

static enum report_outcome outcome_of(const char *status)
{
	if (report_after(status, "Passed"))
		return REPORT_PASSED;
	if (has(status, "Skipped") || has(status, "(Disabled)"))
		return REPORT_SKIPPED;
	if (has(status, "Failed"))
		return REPORT_FAILED;
	return REPORT_ERROR; /* Not Run, Timeout, Exception: SegFault */
}

/* The time before " sec", which is not the first number of the status. */
static double seconds_of(const char *status)
{
	const char *end = strstr(status, " sec");
	const char *at = end;

	while (at && at > status &&
	       (isdigit((unsigned char)at[-1]) || at[-1] == '.'))
		at--;
	return at && at < end ? report_seconds(at) : -1;
}

static void add(struct report *report, const struct result *result)
{
	struct report_test *test =
		report_add(report, result->name, result->name_length);
	const char *status = result->status + strspn(result->status, "*");
	size_t length = strlen(status);

	if (!test)
		return;
	test->outcome = outcome_of(status);
	test->seconds = seconds_of(status);
	while (length > 0 && !isalpha((unsigned char)status[length - 1]) &&
	       status[length - 1] != ')')
		length--;
	if (length > 4 && strncmp(status + length - 4, " sec", 4) == 0) {
		length -= 4;
		while (length > 0 && strchr("0123456789. ", status[length - 1]))
			length--;
	}
	if (test->outcome != REPORT_PASSED)
		test->message =
			report_text(report, status, length, REPORT_MESSAGE_MAX);
}

/* With --output-on-failure what a test printed follows its result. */
static void end_output(struct report *report, struct buf *output)
{
	struct report_test *test =
		report->count ? &report->tests[report->count - 1] : NULL;

	if (test && output->length > 0 && report->dropped == 0 &&
	    (test->outcome == REPORT_FAILED || test->outcome == REPORT_ERROR))
		test->details =
			report_tail(report, output->data, output->length);
	buf_clear(output);
}

static bool ends_output(const char *line)
{
	const char *at = spaces(line);

	return report_after(at, "Start ") != NULL ||
	       strstr(at, "% tests passed, ") != NULL;
}

int report_ctest(struct report *report, const char *text, size_t length,
		 struct error **err)
{
	struct report_lines *lines = mem_alloc(sizeof(*lines));
	bool printed = false; /* what comes now is of the last test */
	struct result result;
	struct buf output;

	buf_init(&output, (size_t)4 * REPORT_DETAILS_MAX);
	report_lines_start(lines, text, length);
	while (report_lines_next(lines)) {
		bool is_result = read_result(lines->line, &result);

		if (is_result || ends_output(lines->line))
			end_output(report, &output);
		else if (printed && lines->length > 0)
			report_collect(&output, lines->line, lines->length);
		if (is_result)
			add(report, &result);
		printed = is_result || (printed && !ends_output(lines->line));
	}
	end_output(report, &output);
	buf_release(&output);
	mem_free(lines);
	if (report->count == 0)
		return error_set(err, ERROR_INVALID,
				 "no result of CTest is in it");
	return 0;
}
