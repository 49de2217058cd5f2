#include "runtime/text/report/report.h"

#include "runtime/base/mem.h"
#include "runtime/text/report/parts.h"

typedef int reader(struct report *report, const char *text, size_t length,
		   struct error **err);

static const struct {
	const char *name;
	reader *read;
} formats[REPORT_FORMATS] = {
	[REPORT_AUTO] = {"auto", NULL},
	[REPORT_JUNIT] = {"junit", report_junit},
	[REPORT_TAP] = {"tap", report_tap},
	[REPORT_GO] = {"go", report_go},
	[REPORT_CARGO] = {"cargo", report_cargo},
	[REPORT_PYTEST] = {"pytest", report_pytest},
	[REPORT_CTEST] = {"ctest", report_ctest},
};

const char *report_format_name(enum report_format format)
{
	return formats[format].name;
}

enum report_format report_format_of(const char *name)
{
	enum report_format format = REPORT_AUTO;

	while (format < REPORT_FORMATS &&
	       strcmp(formats[format].name, name) != 0)
		format++;
	return format;
}

const char *report_outcome_name(enum report_outcome outcome)
{
	static const char *const names[] = {"passed", "failed", "error",
					    "skipped"};

	return names[outcome];
}

/* What one line says of the format; REPORT_AUTO: nothing. */
static enum report_format look(const char *line)
{
	if (line[0] == '{' && strstr(line, "\"Action\":"))
		return REPORT_GO;
	if (report_is_tap(line))
		return REPORT_TAP;
	if (report_is_ctest(line))
		return REPORT_CTEST;
	if (report_is_pytest(line))
		return REPORT_PYTEST;
	if (report_is_cargo(line))
		return REPORT_CARGO;
	return REPORT_AUTO;
}

static enum report_format detect(const char *text, size_t length)
{
	struct report_lines *lines = mem_alloc(sizeof(*lines));
	enum report_format format = REPORT_AUTO;

	report_lines_start(lines, text, length);
	while (format == REPORT_AUTO && report_lines_next(lines)) {
		const char *line = lines->line + strspn(lines->line, " \t");

		/* XML is the whole of a text or nothing of it */
		if (lines->number == 1 &&
		    (*line == '<' || *line == '\xff' || *line == '\xfe'))
			format = REPORT_JUNIT;
		else
			format = look(lines->line);
	}
	mem_free(lines);
	return format;
}

int report_read(struct report *report, const char *text, size_t length,
		enum report_format format, struct error **err)
{
	*report = (struct report){0};
	arena_init(&report->arena, REPORT_MEMORY_MAX);
	if (length > REPORT_BYTES_MAX)
		return error_set(err, ERROR_LIMIT,
				 "a report of more than 64 MiB");
	if (format == REPORT_AUTO)
		format = detect(text, length);
	report->format = format;
	if (format == REPORT_AUTO)
		return error_set(err, ERROR_INVALID,
				 "no result of a test is in it: neither JUnit"
				 " XML nor output of TAP, go test -json,"
				 " cargo, pytest or CTest");
	return formats[format].read(report, text, length, err);
}

void report_release(struct report *report)
{
	arena_release(&report->arena);
	mem_free(report->tests);
	*report = (struct report){0};
}
