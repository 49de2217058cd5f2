/* What Rust's libtest prints, as `cargo test` shows it. */
#include <ctype.h>

#include "runtime/base/map.h"
#include "runtime/base/mem.h"
#include "runtime/text/report/parts.h"

struct cargo {
	struct report *report;
	const char *suite;
	struct map tests; /* of this program: number of the test + 1 */
	char *pending;    /* owned: a test whose result is on a later line */
	uint32_t failure; /* whose output is read: number + 1, or 0 */
	struct buf output;
};

static size_t name_length(const char *name, const char *end)
{
	static const char *const marks[] = {" - should panic", " - compile",
					    " - compile fail"};
	size_t length = (size_t)(end - name);

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		size_t mark = strlen(marks[i]);

		if (length > mark &&
		    strncmp(name + length - mark, marks[i], mark) == 0)
			return length - mark;
	}
	return length;
}

/* The outcome that `text` begins with; false: it is none. */
static bool read_outcome(const char *text, enum report_outcome *outcome,
			 const char **rest)
{
	static const struct {
		const char *word;
		enum report_outcome outcome;
	} words[] = {{"ok", REPORT_PASSED},
		     {"FAILED", REPORT_FAILED},
		     {"ignored", REPORT_SKIPPED},
		     {"bench:", REPORT_PASSED}};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		*rest = report_after(text, words[i].word);
		if (!*rest || isalnum((unsigned char)**rest))
			continue;
		*outcome = words[i].outcome;
		return true;
	}
	return false;
}

/* "test NAME ... ", the last of these dots; NULL: another line. */
static const char *read_name(const char *line, const char **end)
{
	const char *name = report_after(line, "test ");

	if (!name || report_after(name, "result: "))
		return NULL;
	*end = strstr(name, " ... ");
	if (*end == name)
		return NULL;
	return *end ? name : NULL;
}

bool report_is_cargo(const char *line)
{
	enum report_outcome outcome;
	const char *end, *rest;
	const char *name = read_name(line, &end);

	return (name && read_outcome(end + 5, &outcome, &rest)) ||
	       report_after(line, "test result: ") != NULL;
}

static void add(struct cargo *cargo, const char *name, size_t length,
		enum report_outcome outcome, const char *rest)
{
	struct report_test *test = report_add(cargo->report, name, length);
	const char *time = strstr(rest, "<");

	if (!test)
		return;
	test->suite = cargo->suite;
	test->outcome = outcome;
	if (time)
		test->seconds = report_seconds(time + 1);
	if (outcome == REPORT_SKIPPED && report_after(rest, ", "))
		test->message =
			report_text(cargo->report, rest + 2, strlen(rest + 2),
				    REPORT_MESSAGE_MAX);
	/* a number as a pointer: the tests themselves may move */
	map_put(&cargo->tests, test->name,
		(void *)(uintptr_t)cargo->report->count);
}

/* "Running unittests src/lib.rs (target/debug/deps/shop-0123456789abcdef)" */
static void read_suite(struct cargo *cargo, const char *at)
{
	const char *doc = report_after(at, "Doc-tests ");
	const char *start = strrchr(at, '/');
	const char *end = strrchr(at, ')');
	const char *hash;

	if (doc) {
		char name[REPORT_NAME_MAX] = "doc ";

		strncat(name, doc, sizeof(name) - strlen(name) - 1);
		cargo->suite = report_text(cargo->report, name, strlen(name),
					   REPORT_NAME_MAX);
		return;
	}
	if (!start || !end || end < start)
		return;
	hash = strrchr(start, '-');
	if (hash && hash < end)
		end = hash;
	cargo->suite = report_text(cargo->report, start + 1,
				   (size_t)(end - start - 1), REPORT_NAME_MAX);
}

/*
 * Where the details say why: at a panic, whose message may be the line after
 * its place, or at their begin.
 */
static const char *reason(const char *details)
{
	const char *panic = strstr(details, " panicked at ");
	const char *end;

	if (!panic)
		return details;
	end = panic + strcspn(panic, "\n");
	if (end[-1] == ':' && *end)
		return end + 1;
	while (panic > details && panic[-1] != '\n')
		panic--;
	return panic;
}

static void end_failure(struct cargo *cargo)
{
	struct report_test *test;

	if (cargo->failure > 0 && cargo->output.length > 0) {
		test = &cargo->report->tests[cargo->failure - 1];
		test->details = report_tail(cargo->report, cargo->output.data,
					    cargo->output.length);
		test->message =
			report_first_line(cargo->report, reason(test->details));
	}
	cargo->failure = 0;
	buf_clear(&cargo->output);
}

/* "---- NAME stdout ----": what a failed test printed. */
static bool read_section(struct cargo *cargo, const char *line)
{
	const char *name = report_after(line, "---- ");
	const char *end = name ? strstr(name, " stdout ----") : NULL;
	char *text;

	if (!end)
		return false;
	end_failure(cargo);
	text = mem_copy_n(name, name_length(name, end));
	cargo->failure = (uint32_t)(uintptr_t)map_get(&cargo->tests, text);
	mem_free(text);
	return true;
}

static void forget_tests(struct cargo *cargo)
{
	end_failure(cargo);
	map_release(&cargo->tests);
	map_init(&cargo->tests);
	mem_free(cargo->pending);
	cargo->pending = NULL;
}

static bool read_test(struct cargo *cargo, const char *line)
{
	enum report_outcome outcome;
	const char *end, *rest;
	const char *name = read_name(line, &end);

	if (!name)
		return false;
	end_failure(cargo);
	mem_free(cargo->pending);
	cargo->pending = NULL;
	if (read_outcome(end + 5, &outcome, &rest))
		add(cargo, name, name_length(name, end), outcome, rest);
	else
		cargo->pending = mem_copy_n(name, name_length(name, end));
	return true;
}

static void take_line(struct cargo *cargo, const char *line)
{
	const char *at = line + strspn(line, " ");
	enum report_outcome outcome;
	const char *rest;

	if (read_section(cargo, line) || read_test(cargo, line))
		return;
	if (cargo->failure > 0) {
		if (strcmp(line, "failures:") == 0 ||
		    report_after(line, "test result: "))
			end_failure(cargo);
		else if (*at)
			report_collect(&cargo->output, line, strlen(line));
	} else if (cargo->pending && read_outcome(line, &outcome, &rest)) {
		add(cargo, cargo->pending, strlen(cargo->pending), outcome,
		    rest);
		mem_free(cargo->pending);
		cargo->pending = NULL;
	} else if (report_after(at, "Running ") ||
		   report_after(at, "Doc-tests ")) {
		forget_tests(cargo);
		read_suite(cargo, at);
	} else if (report_after(line, "running ")) {
		forget_tests(cargo);
	}
}

int report_cargo(struct report *report, const char *text, size_t length,
		 struct error **err)
{
	struct report_lines *lines = mem_alloc(sizeof(*lines));
	struct cargo cargo = {.report = report, .suite = ""};
	bool known = false;

	map_init(&cargo.tests);
	buf_init(&cargo.output, (size_t)4 * REPORT_DETAILS_MAX);
	report_lines_start(lines, text, length);
	while (report_lines_next(lines)) {
		take_line(&cargo, lines->line);
		known = known || report_after(lines->line, "test result: ");
	}
	forget_tests(&cargo);
	map_release(&cargo.tests);
	buf_release(&cargo.output);
	mem_free(lines);
	if (report->count == 0 && !known)
		return error_set(err, ERROR_INVALID,
				 "no result of a Rust test is in it");
	return 0;
}
