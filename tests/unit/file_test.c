#include "runtime/base/file.h"

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

static char dir[64];

static int set_up(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/tidemill-file-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return file_remove(dir, NULL);
}

/* A path in the test's directory; one of a few static ones. */
static const char *at(const char *name)
{
	static char paths[4][128];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static void assert_holds(const char *path, const char *wanted)
{
	struct error *err = NULL;
	struct buf bytes;

	buf_init(&bytes, 1000);
	assert_int_equal(file_read(path, &bytes, &err), 0);
	assert_string_equal(bytes.data ? bytes.data : "", wanted);
	buf_release(&bytes);
}

static void assert_fails(int status, struct error *err, enum error_code code)
{
	assert_int_equal(status, -1);
	assert_non_null(err);
	assert_int_equal(err->code, code);
	error_free(err);
}

static void what_is_written_is_read(void **state)
{
	struct stat found;

	(void)state;
	assert_int_equal(file_write(at("x"), "one", 3, 0640, NULL), 0);
	assert_holds(at("x"), "one");
	assert_int_equal(stat(at("x"), &found), 0);
	assert_int_equal(found.st_mode & 07777, 0640);
	assert_int_equal(file_write(at("x"), "two", 3, 0600, NULL), 0);
	assert_int_equal(file_append(at("x"), "+", 1, NULL), 0);
	assert_holds(at("x"), "two+");
	assert_int_equal(stat(at("x"), &found), 0);
	assert_int_equal(found.st_mode & 07777, 0640); /* the old one's */
}

static void a_failed_write_leaves_nothing_behind(void **state)
{
	struct error *err = NULL;
	int status;

	(void)state;
	assert_int_equal(file_make_dir(at("full"), 0777, NULL), 0);
	status = file_write(at("full"), "x", 1, 0644, &err);
	assert_fails(status, err, ERROR_IO);
	err = NULL;
	status = file_write(at("no/x"), "x", 1, 0644, &err);
	assert_fails(status, err, ERROR_NOT_FOUND);
	assert_int_equal(rmdir(at("full")), 0);
	assert_int_equal(rmdir(dir), 0); /* it is empty */
	assert_int_equal(mkdir(dir, 0700), 0);
}

static void reading_stops_at_the_maximum(void **state)
{
	struct error *err = NULL;
	struct buf bytes;
	int status;

	(void)state;
	assert_int_equal(file_write(at("x"), "12345", 5, 0644, NULL), 0);
	buf_init(&bytes, 5);
	assert_int_equal(file_read(at("x"), &bytes, NULL), 0);
	buf_release(&bytes);
	buf_init(&bytes, 4);
	status = file_read(at("x"), &bytes, &err);
	assert_fails(status, err, ERROR_LIMIT);
	buf_release(&bytes);
}

static void a_pipe_is_written_to_not_replaced(void **state)
{
	struct stat status;
	char bytes[8];
	int file;

	(void)state;
	assert_int_equal(mkfifo(at("pipe"), 0600), 0);
	file = open(at("pipe"), O_RDWR | O_NONBLOCK);
	assert_true(file >= 0);
	assert_int_equal(file_write(at("pipe"), "one", 3, 0644, NULL), 0);
	assert_int_equal(read(file, bytes, sizeof(bytes)), 3);
	close(file);
	assert_int_equal(stat(at("pipe"), &status), 0);
	assert_true(S_ISFIFO(status.st_mode));
}

static void trees_are_made_copied_and_removed(void **state)
{
	(void)state;
	assert_int_equal(file_make_dir(at("a/b/c"), 0755, NULL), 0);
	assert_int_equal(file_make_dir(at("a/b/c"), 0755, NULL), 0);
	assert_int_equal(file_write(at("a/b/x"), "x", 1, 0644, NULL), 0);
	assert_int_equal(symlink("b/x", at("a/link")), 0);
	assert_int_equal(chmod(at("a/b"), 0500), 0);
	assert_int_equal(file_copy(at("a"), at("copy"), NULL), 0);
	assert_holds(at("copy/link"), "x");
	assert_int_equal(file_remove(at("a"), NULL), 0);
	assert_int_equal(file_remove(at("a"), NULL), 0);
	assert_int_equal(access(at("a"), F_OK), -1);
	assert_holds(at("copy/b/x"), "x");
}

static void nothing_is_copied_into_itself(void **state)
{
	struct error *err = NULL;
	int status;

	(void)state;
	assert_int_equal(file_make_dir(at("a"), 0755, NULL), 0);
	assert_int_equal(file_write(at("a/x"), "text", 4, 0644, NULL), 0);
	status = file_copy(at("a"), at("a/b"), &err);
	assert_fails(status, err, ERROR_INVALID);
	err = NULL;
	status = file_copy(at("a/x"), at("a/x"), &err);
	assert_fails(status, err, ERROR_INVALID);
	assert_holds(at("a/x"), "text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_written_is_read, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			a_pipe_is_written_to_not_replaced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_failed_write_leaves_nothing_behind, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(reading_stops_at_the_maximum,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			trees_are_made_copied_and_removed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_copied_into_itself,
						set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
