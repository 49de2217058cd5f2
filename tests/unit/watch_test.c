/* Watching files and directories. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/base/clock.h"
#include "runtime/base/map.h"
#include "runtime/base/mem.h"
#include "runtime/loop/watch.h"

enum { DEADLINE = 10000 };

struct seen {
	uv_loop_t loop;
	uv_timer_t pulse; /* watching alone keeps no loop alive */
	struct watcher *watcher;
	struct map paths;
	unsigned calls;
	bool rescan;
	bool gone;
	char dir[64];
};

static void on_change(void *context, const struct watch_event *event)
{
	struct seen *seen = context;

	seen->calls++;
	seen->rescan |= event->rescan;
	seen->gone |= event->gone;
	for (size_t i = 0; i < event->count; i++)
		map_put(&seen->paths, event->paths[i], seen);
}

static void on_pulse(uv_timer_t *pulse)
{
	(void)pulse;
}

static int set_up(void **state)
{
	struct seen *seen = mem_alloc(sizeof(*seen));

	snprintf(seen->dir, sizeof(seen->dir), "/tmp/watch_test_XXXXXX");
	assert_non_null(mkdtemp(seen->dir));
	uv_loop_init(&seen->loop);
	uv_timer_init(&seen->loop, &seen->pulse);
	uv_timer_start(&seen->pulse, on_pulse, 1, 1);
	map_init(&seen->paths);
	seen->watcher = watcher_open(&seen->loop, NULL);
	assert_non_null(seen->watcher);
	*state = seen;
	return 0;
}

static int tear_down(void **state)
{
	struct seen *seen = *state;
	char *command = mem_printf("rm -rf %s", seen->dir);

	watcher_close(seen->watcher);
	uv_close((uv_handle_t *)&seen->pulse, NULL);
	uv_run(&seen->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&seen->loop), 0);
	assert_int_equal(system(command), 0); /* NOLINT: a test's own */
	mem_free(command);
	map_release(&seen->paths);
	mem_free(seen);
	return 0;
}

static char *below(struct seen *seen, const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", seen->dir, name);
	return path;
}

static void touch(struct seen *seen, const char *name)
{
	int fd = open(below(seen, name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static void add(struct seen *seen, struct watch_options options)
{
	options.changed = on_change;
	options.context = seen;
	assert_non_null(watch_add(seen->watcher, &options, NULL));
}

static bool comes(struct seen *seen, const char *name)
{
	int64_t end = clock_monotonic() + DEADLINE;

	while (!map_get(&seen->paths, below(seen, name))) {
		if (clock_monotonic() > end)
			return false;
		uv_run(&seen->loop, UV_RUN_ONCE);
	}
	return true;
}

static void changes_of_a_directory_come_in_one_batch(void **state)
{
	struct seen *seen = *state;

	add(seen, (struct watch_options){.path = seen->dir, .ignore = ".lock"});
	touch(seen, "b.lock");
	touch(seen, "a");
	touch(seen, "b");
	touch(seen, "a");
	assert_true(comes(seen, "b"));
	assert_int_equal(seen->calls, 1);
	assert_int_equal(seen->paths.count, 2);
}

static void nested_directories_are_followed_also_new_ones(void **state)
{
	struct seen *seen = *state;

	mkdir(below(seen, "old"), 0700);
	add(seen, (struct watch_options){.path = seen->dir, .recursive = true});
	touch(seen, "old/file");
	assert_true(comes(seen, "old/file"));
	mkdir(below(seen, "new"), 0700);
	mkdir(below(seen, "new/deep"), 0700);
	touch(seen, "new/deep/first"); /* before we could watch it */
	assert_true(comes(seen, "new/deep/first"));
	touch(seen, "new/deep/second");
	assert_true(comes(seen, "new/deep/second"));
	unlink(below(seen, "new/deep/first"));
	unlink(below(seen, "new/deep/second"));
	rmdir(below(seen, "new/deep"));
	mkdir(below(seen, "new/deep"), 0700);
	touch(seen, "new/deep/again");
	assert_true(comes(seen, "new/deep/again"));
}

static void a_file_that_does_not_exist_yet_is_watched(void **state)
{
	struct seen *seen = *state;
	char *old = mem_copy(below(seen, "packed-refs.lock"));

	add(seen, (struct watch_options){.path = below(seen, "packed-refs")});
	touch(seen, "other");
	touch(seen, "packed-refs.lock");
	assert_int_equal(rename(old, below(seen, "packed-refs")), 0);
	assert_true(comes(seen, "packed-refs"));
	assert_int_equal(seen->paths.count, 1);
	mem_free(old);
}

static void two_watches_share_a_directory(void **state)
{
	struct seen *seen = *state;
	struct watch_options options = {
		.path = seen->dir, .changed = on_change, .context = seen};
	struct watch *first = watch_add(seen->watcher, &options, NULL);

	add(seen, options);
	touch(seen, "a");
	assert_true(comes(seen, "a"));
	while (seen->calls < 2)
		uv_run(&seen->loop, UV_RUN_ONCE);
	watch_remove(first);
	touch(seen, "b");
	assert_true(comes(seen, "b"));
	assert_int_equal(seen->calls, 3);
}

static void changes_are_gathered_for_the_delay(void **state)
{
	struct seen *seen = *state;
	int64_t before = clock_monotonic();

	add(seen, (struct watch_options){.path = seen->dir, .delay = 60});
	touch(seen, "a");
	while (clock_monotonic() - before < 20)
		uv_run(&seen->loop, UV_RUN_ONCE);
	touch(seen, "b");
	assert_true(comes(seen, "b"));
	assert_int_equal(seen->calls, 1);
	assert_true(clock_monotonic() - before >= 55);
}

static void too_many_changes_ask_for_a_rescan(void **state)
{
	struct seen *seen = *state;

	add(seen, (struct watch_options){.path = seen->dir});
	for (int i = 0; i < WATCH_MAX_PATHS + 10; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%d", i);
		touch(seen, name);
	}
	assert_true(comes(seen, "0"));
	assert_true(seen->rescan);
	assert_int_equal(seen->paths.count, WATCH_MAX_PATHS);
}

static void a_removed_directory_is_gone(void **state)
{
	struct seen *seen = *state;
	int64_t end = clock_monotonic() + DEADLINE;

	mkdir(below(seen, "dir"), 0700);
	add(seen, (struct watch_options){.path = below(seen, "dir"),
					 .recursive = true});
	rmdir(below(seen, "dir"));
	while (!seen->gone && clock_monotonic() < end)
		uv_run(&seen->loop, UV_RUN_ONCE);
	assert_true(seen->gone);
}

static void a_missing_directory_is_not_found(void **state)
{
	struct seen *seen = *state;
	struct watch_options options = {.path = "/no/such/dir/file",
					.changed = on_change};
	struct error *err = NULL;

	assert_null(watch_add(seen->watcher, &options, &err));
	assert_int_equal(err->code, ERROR_NOT_FOUND);
	error_free(err);
}

int main(void)
{
#define EACH(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		EACH(changes_of_a_directory_come_in_one_batch),
		EACH(nested_directories_are_followed_also_new_ones),
		EACH(a_file_that_does_not_exist_yet_is_watched),
		EACH(two_watches_share_a_directory),
		EACH(changes_are_gathered_for_the_delay),
		EACH(too_many_changes_ask_for_a_rescan),
		EACH(a_removed_directory_is_gone),
		EACH(a_missing_directory_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
