/* Reports of any bytes, in every format: texts are within their limits. */
#include <stdlib.h>
#include <string.h>

#include "runtime/text/report/report.h"
#include "runtime/text/unicode.h"
#include "tests/fuzz/fuzz.h"

static void check_text(const char *text, size_t max)
{
	const char *end = text + strlen(text);

	if ((size_t)(end - text) > max * 3)
		abort();
	while (text < end)
		if (unicode_next(&text, end) & UNICODE_RAW)
			abort();
}

static void read_as(enum report_format format, const uint8_t *data, size_t size)
{
	struct error *err = NULL;
	struct report report;
	int result =
		report_read(&report, (const char *)data, size, format, &err);

	if ((result < 0) != (err != NULL))
		abort();
	for (uint32_t i = 0; i < report.count; i++) {
		const struct report_test *test = &report.tests[i];

		check_text(test->name, REPORT_NAME_MAX);
		check_text(test->suite, REPORT_NAME_MAX);
		check_text(test->file, REPORT_NAME_MAX);
		check_text(test->message, REPORT_MESSAGE_MAX);
		check_text(test->details, REPORT_DETAILS_MAX);
		if (test->outcome > REPORT_SKIPPED)
			abort();
	}
	error_free(err);
	report_release(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int format = REPORT_AUTO; format < REPORT_FORMATS; format++)
		read_as((enum report_format)format, data, size);
	return 0;
}
