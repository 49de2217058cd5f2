/* `go test -json`: an event a line, of many tests in any order. */
#include <stdio.h>

#include "runtime/base/map.h"
#include "runtime/base/mem.h"
#include "runtime/text/json_value.h"
#include "runtime/text/report/parts.h"

enum {
	LINE_MEMORY = 8 << 20,
	KEY_MAX = 4 * REPORT_NAME_MAX,
	OUTPUT_MAX = 4 * REPORT_DETAILS_MAX,
	OPEN_MAX = 50000, /* tests that run at the same time */
};

/* A test, or a package, that has not ended yet or has tests below it. */
struct entry {
	struct buf output;
	bool above;  /* it has subtests: a package or a test */
	bool failed; /* and one of them failed */
};

/* One event, as the line has it. */
struct event {
	const char *action, *package, *test, *output;
	size_t output_length;
	double elapsed;
};

struct go {
	struct report *report;
	struct map entries; /* by PACKAGE TAB TEST */
	bool known;
};

static struct entry *entry_of(struct go *go, const char *key)
{
	struct entry *entry = map_get(&go->entries, key);

	if (entry || go->entries.count == OPEN_MAX)
		return entry;
	entry = mem_alloc(sizeof(*entry));
	buf_init(&entry->output, OUTPUT_MAX);
	map_put(&go->entries, key, entry);
	return entry;
}

static void free_entry(struct entry *entry)
{
	if (entry)
		buf_release(&entry->output);
	mem_free(entry);
}

/* What go prints around each test itself. */
static bool is_noise(const char *output)
{
	static const char *const starts[] = {"=== ", "--- ",   "PASS",
					     "FAIL", "ok  \t", "exit status "};

	output += strspn(output, " ");
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (report_after(output, starts[i]))
			return true;
	return false;
}

static void take_output(struct go *go, const char *key,
			const struct event *event)
{
	struct entry *entry;
	size_t length = event->output_length;

	if (length == 0 || is_noise(event->output))
		return;
	entry = entry_of(go, key);
	if (event->output[length - 1] == '\n')
		length--;
	if (entry)
		report_collect(&entry->output, event->output, length);
}

/* Tell the tests above, and the package, that this one has ended. */
static void tell_above(struct go *go, const struct event *event, bool failed)
{
	char key[KEY_MAX];
	size_t end;

	end = (size_t)snprintf(key, sizeof(key), "%s\t%s", event->package,
			       event->test);
	while (end < sizeof(key) && end > strlen(event->package)) {
		struct entry *entry;
		char *slash;

		key[end] = '\0';
		slash = strrchr(key + strlen(event->package), '/');
		end = slash ? (size_t)(slash - key) : strlen(event->package);
		/* the package's own key ends with the tab */
		key[slash ? end : end + 1] = '\0';
		entry = entry_of(go, key);
		if (entry) {
			entry->above = true;
			entry->failed = entry->failed || failed;
		}
	}
}

static void add_test(struct go *go, const struct event *event,
		     enum report_outcome outcome, const struct entry *entry)
{
	struct report *report = go->report;
	bool package = !*event->test;
	const char *name = package ? "(package)" : event->test;
	struct report_test *test = report_add(report, name, strlen(name));

	if (!test)
		return;
	test->suite = report_text(report, event->package,
				  strlen(event->package), REPORT_NAME_MAX);
	test->seconds = event->elapsed;
	test->outcome = package ? REPORT_ERROR : outcome;
	if (outcome == REPORT_PASSED || !entry || entry->output.length == 0)
		return;
	test->message = report_first_line(report, entry->output.data);
	if (outcome == REPORT_FAILED)
		test->details = report_tail(report, entry->output.data,
					    entry->output.length);
}

static void take_end(struct go *go, const char *key, const struct event *event,
		     enum report_outcome outcome)
{
	struct entry *entry = map_remove(&go->entries, key);
	bool failed = outcome == REPORT_FAILED;

	go->known = true;
	if (*event->test)
		tell_above(go, event, failed);
	/* a test above others, or a package, says what those do not */
	if ((*event->test && !(entry && entry->above)) ||
	    (failed && !(entry && entry->failed)))
		add_test(go, event, outcome, entry);
	free_entry(entry);
}

static const char *text_at(const struct value *object, const char *name,
			   size_t *length)
{
	struct value *value = value_dict_find(object->dict, name);

	if (length)
		*length = 0;
	if (!value || value->kind != VALUE_STRING)
		return "";
	if (length)
		*length = value->length;
	return value->bytes;
}

static double number_at(const struct value *object, const char *name)
{
	struct value *value = value_dict_find(object->dict, name);

	if (value && value->kind == VALUE_FLOAT && value->number >= 0)
		return value->number;
	if (value && value->kind == VALUE_INT && value->integer >= 0)
		return (double)value->integer;
	return -1;
}

/* A copy that ends with NUL. */
static const char *name_at(struct arena *arena, const struct value *object,
			   const char *name)
{
	size_t length;
	const char *text = text_at(object, name, &length);

	return arena_copy(arena, text,
			  length < REPORT_NAME_MAX ? length : REPORT_NAME_MAX);
}

static void take_event(struct go *go, const struct event *event)
{
	char key[KEY_MAX];

	snprintf(key, sizeof(key), "%s\t%s", event->package, event->test);
	if (strcmp(event->action, "output") == 0 ||
	    strcmp(event->action, "build-output") == 0)
		take_output(go, key, event);
	else if (strcmp(event->action, "pass") == 0)
		take_end(go, key, event, REPORT_PASSED);
	else if (strcmp(event->action, "fail") == 0)
		take_end(go, key, event, REPORT_FAILED);
	else if (strcmp(event->action, "skip") == 0)
		take_end(go, key, event, REPORT_SKIPPED);
	else if (strcmp(event->action, "start") == 0 ||
		 strcmp(event->action, "run") == 0)
		go->known = true;
}

/* A line that is no event is what a build printed between them. */
static void take_line(struct go *go, const char *line, size_t length)
{
	struct arena arena;
	struct value object;
	struct event event;

	arena_init(&arena, LINE_MEMORY);
	if (json_value_read(&arena, line, length, &object, NULL) == 0 &&
	    object.kind == VALUE_DICT) {
		event.action = name_at(&arena, &object, "Action");
		event.package = name_at(&arena, &object, "Package");
		if (!*event.package)
			event.package = name_at(&arena, &object, "ImportPath");
		event.test = name_at(&arena, &object, "Test");
		text_at(&object, "Output", &event.output_length);
		event.output =
			arena_copy(&arena, text_at(&object, "Output", NULL),
				   event.output_length);
		event.elapsed = number_at(&object, "Elapsed");
		take_event(go, &event);
	}
	arena_release(&arena);
}

int report_go(struct report *report, const char *text, size_t length,
	      struct error **err)
{
	struct go go = {.report = report};
	const char *end = text + length;
	struct map_entry *left;
	size_t at = 0;

	map_init(&go.entries);
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		stop = stop ? stop : end;
		if (*text == '{')
			take_line(&go, text, (size_t)(stop - text));
		text = stop < end ? stop + 1 : end;
	}
	while ((left = map_next(&go.entries, &at)))
		free_entry(left->value);
	map_release(&go.entries);
	if (!go.known)
		return error_set(err, ERROR_INVALID,
				 "no event of 'go test -json' is in it");
	return 0;
}
