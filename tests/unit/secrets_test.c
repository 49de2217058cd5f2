#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/store/secret_key.h"
#include "runtime/store/secrets.h"
#include "tests/unit/store_home.h"

static void put(struct home *home, const char *name, const char *value)
{
	struct error *err = NULL;

	if (secret_put(home->db, name, value, strlen(value), &err) != 0)
		fprintf(stderr, "%s\n", err->message);
	assert_null(err);
}

static void expect(struct home *home, const char *name, const char *value)
{
	struct error *err = NULL;
	struct buf found;

	buf_init(&found, SECRET_MAX);
	assert_int_equal(secret_get(home->db, name, &found, &err), 1);
	assert_null(err);
	assert_int_equal(found.length, strlen(value));
	assert_memory_equal(found.data, value, found.length);
	secret_wipe(&found);
}

static void expect_error(struct home *home, const char *name, const char *part)
{
	struct error *err = NULL;
	struct buf found;

	buf_init(&found, SECRET_MAX);
	assert_int_equal(secret_get(home->db, name, &found, &err), -1);
	home_error(&err, ERROR_INVALID, part);
	assert_int_equal(found.length, 0);
	secret_wipe(&found);
}

static char *key_path(const struct home *home)
{
	return mem_printf("%s/secret.key", home->path);
}

/* Is `text` in one of the home's files of the database? */
static bool is_on_disk(struct home *home, const char *text)
{
	static const char *const names[] = {"tidemill.db", "tidemill.db-wal"};
	bool found = false;

	for (int i = 0; i < 2; i++) {
		char *path = mem_printf("%s/%s", home->path, names[i]);
		struct buf bytes;

		buf_init(&bytes, 1 << 24);
		file_read(path, &bytes, NULL);
		if (bytes.data &&
		    memmem(bytes.data, bytes.length, text, strlen(text)))
			found = true;
		buf_release(&bytes);
		mem_free(path);
	}
	return found;
}

static void values_are_sealed_and_come_back(void **state)
{
	struct home *home = *state;
	char *path = key_path(home);
	struct stat info;
	struct buf none;

	put(home, "TOKEN", "correct horse");
	put(home, "OTHER", "battery staple");
	expect(home, "TOKEN", "correct horse");
	expect(home, "OTHER", "battery staple");
	put(home, "TOKEN", "another");
	expect(home, "TOKEN", "another");
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_false(is_on_disk(home, "correct horse"));
	assert_false(is_on_disk(home, "battery"));
	assert_true(is_on_disk(home, "OTHER"));
	buf_init(&none, SECRET_MAX);
	assert_int_equal(secret_get(home->db, "NONE", &none, NULL), 0);
	mem_free(path);
}

static void wrong_names_and_values_are_refused(void **state)
{
	static const char *const names[] = {"", "a b", "1x", "a-b", "a\n"};
	struct home *home = *state;
	char *large = mem_array(SECRET_MAX + 1, 1);
	struct error *err = NULL;

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_equal(secret_put(home->db, names[i], "v", 1, &err),
				 -1);
		home_error(&err, ERROR_INVALID, "is no name of a secret");
	}
	assert_int_equal(secret_put(home->db, "A", "", 0, &err), -1);
	home_error(&err, ERROR_INVALID, "0 bytes");
	assert_int_equal(secret_put(home->db, "A", large, SECRET_MAX + 1, &err),
			 -1);
	home_error(&err, ERROR_INVALID, "65537 bytes");
	assert_int_equal(secret_put(home->db, "A", large, SECRET_MAX, &err), 0);
	mem_free(large);
}

static void a_value_cannot_be_changed_or_moved(void **state)
{
	struct home *home = *state;

	put(home, "A", "first");
	put(home, "B", "second");
	db_run(home->db, NULL,
	       "UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE"
	       " name = 'B') WHERE name = 'A'",
	       "");
	expect_error(home, "A", "'A' was changed");
	db_run(home->db, NULL,
	       "UPDATE secrets SET sealed = 'bm90aGluZw==' WHERE name = 'B'",
	       "");
	expect_error(home, "B", "'B' was changed");
	db_run(home->db, NULL, "UPDATE secrets SET key = '0123456789abcdef'",
	       "");
	expect_error(home, "A", "under another key");
}

static void a_key_file_that_is_not_private_is_refused(void **state)
{
	struct home *home = *state;
	char *path = key_path(home);
	struct error *err = NULL;

	put(home, "A", "first");
	chmod(path, 0640);
	expect_error(home, "A", "may be read by others");
	assert_int_equal(secret_put(home->db, "B", "x", 1, &err), -1);
	home_error(&err, ERROR_INVALID, "chmod 600");
	chmod(path, 0600);
	expect(home, "A", "first");
	file_write(path, "nonsense\n", 9, 0600, NULL);
	expect_error(home, "A", "is no key file");
	unlink(path);
	expect_error(home, "A", "is gone");
	assert_int_equal(secret_put(home->db, "B", "x", 1, &err), -1);
	home_error(&err, ERROR_INVALID, "is gone");
	assert_int_equal(access(path, F_OK), -1);
	mem_free(path);
}

static void rotation_replaces_the_key(void **state)
{
	struct home *home = *state;
	struct secret_keys before, after;

	put(home, "A", "first");
	put(home, "B", "second");
	assert_int_equal(secret_keys_read(home->path, &before, NULL), 1);
	assert_int_equal(secret_rotate(home->db, NULL), 2);
	assert_int_equal(secret_keys_read(home->path, &after, NULL), 1);
	assert_int_equal(after.count, 1);
	assert_string_not_equal(after.keys[0].id, before.keys[0].id);
	expect(home, "A", "first");
	expect(home, "B", "second");
	assert_int_equal(secret_rotate(home->db, NULL), 2);
	expect(home, "B", "second");
}

/* The key file is written before, and once more after, the values are. */
static void a_rotation_that_died_loses_nothing(void **state)
{
	struct home *home = *state;
	struct secret_keys keys;

	put(home, "A", "first");
	for (int i = 0; i < 6; i++) {
		assert_int_equal(secret_keys_read(home->path, &keys, NULL), 1);
		secret_keys_add(&keys);
		assert_int_equal(secret_keys_write(home->path, &keys, NULL), 0);
		expect(home, "A", "first");
		put(home, "B", "second");
		expect(home, "B", "second");
		assert_int_equal(secret_rotate(home->db, NULL), 2);
		expect(home, "A", "first");
		expect(home, "B", "second");
	}
	assert_int_equal(secret_keys_read(home->path, &keys, NULL), 1);
	assert_int_equal(keys.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(values_are_sealed_and_come_back),
		HOME_TEST(wrong_names_and_values_are_refused),
		HOME_TEST(a_value_cannot_be_changed_or_moved),
		HOME_TEST(a_key_file_that_is_not_private_is_refused),
		HOME_TEST(rotation_replaces_the_key),
		HOME_TEST(a_rotation_that_died_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
