/* Names of files, without the disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/base/mem.h"
#include "runtime/base/path.h"

static void expect(char *got, const char *wanted)
{
	assert_string_equal(got, wanted);
	mem_free(got);
}

static void join_puts_one_slash_between(void **state)
{
	(void)state;
	expect(path_join("a", "b"), "a/b");
	expect(path_join("a/", "b"), "a/b");
	expect(path_join("", "b"), "b");
	expect(path_join("a", "/b"), "/b");
}

static void clean_resolves_dots(void **state)
{
	(void)state;
	expect(path_clean("a//b/./c/../d"), "a/b/d");
	expect(path_clean("/../a"), "/a");
	expect(path_clean("../../a"), "../../a");
	expect(path_clean("a/../.."), "..");
	expect(path_clean("a/.."), ".");
	expect(path_clean("/a/.."), "/");
	expect(path_clean("..a/b.."), "..a/b..");
	expect(path_clean(""), ".");
	expect(path_clean("/"), "/");
}

static void parts_are_found(void **state)
{
	(void)state;
	expect(path_dir("a/b/c"), "a/b");
	expect(path_dir("/a"), "/");
	expect(path_dir("a"), ".");
	assert_string_equal(path_base("a/b.lua"), "b.lua");
	assert_string_equal(path_extension("a.b/c.lua"), ".lua");
	assert_string_equal(path_extension("a.b/c"), "");
	assert_string_equal(path_extension(".bashrc"), "");
}

static void inside_means_a_whole_part(void **state)
{
	(void)state;
	assert_true(path_inside("/a/b", "/a/b"));
	assert_true(path_inside("/a/b", "/a/b/c"));
	assert_false(path_inside("/a/b", "/a/bc"));
	assert_true(path_inside("/", "/a"));
	assert_false(path_inside("/a/b", "/a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(join_puts_one_slash_between),
		cmocka_unit_test(clean_resolves_dots),
		cmocka_unit_test(parts_are_found),
		cmocka_unit_test(inside_means_a_whole_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
