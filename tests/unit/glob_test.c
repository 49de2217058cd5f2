#include "runtime/text/glob.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct example {
	const char *pattern;
	const char *text;
	bool matches;
};

static const struct example examples[] = {
	{"main", "main", true},
	{"main", "mainly", false},
	{"", "", true},
	{"*", "", true},
	{"*", "main", true},
	{"*", "release/1", false},
	{"release/*", "release/1.0", true},
	{"release/*", "release/", true},
	{"release/*", "release/1/2", false},
	{"release/**", "release/1/2", true},
	{"*.c", "loop.c", true},
	{"*.c", ".c", true},
	{"*.c", "loop.cc", false},
	{"*a*b*c", "xxaxxbxxbc", true},
	{"*a*b*c", "xxaxxcxxb", false},
	{"src/**", "src/a/b.c", true},
	{"src/**", "src", false},
	{"src/**/x.c", "src/x.c", true},
	{"src/**/x.c", "src/a/x.c", true},
	{"src/**/x.c", "src/a/b/x.c", true},
	{"src/**/x.c", "src/yx.c", false},
	{"src/**/x.c", "src/a/yx.c", false},
	{"**/x.c", "x.c", true},
	{"**/x.c", "a/b/x.c", true},
	{"**/x.c", "a/bx.c", false},
	{"**/a/**/b", "a/c/a/d/b", true},
	{"**.md", "docs/deep/a.md", true},
	{"a**b", "a/x/b", true},
	{"a***b", "a/x/b", true},
	{"**", "", true},
	{"**", "any/thing", true},
	{"?", "x", true},
	{"?", "/", false},
	{"?", "", false},
	{"caf?", "caf\xc3\xa9", true},
	{"caf??", "caf\xc3\xa9", false},
	{"caf?", "caf\xff", true},
	{"v[0-9].*", "v1.2", true},
	{"v[0-9].*", "vx.2", false},
	{"[!a-c]", "d", true},
	{"[!a-c]", "b", false},
	{"[^a-c]", "b", false},
	{"[!a]", "/", false},
	{"[]a]", "]", true},
	{"[a-]", "-", true},
	{"[a\\]]", "]", true},
	{"[\xc3\xa0-\xc3\xaf]", "\xc3\xa9", true},
	{"{a,b}", "a", true},
	{"{a,b}", "b", true},
	{"{a,b}", "c", false},
	{"{a,b}", "ab", false},
	{"*.{c,h}", "x.h", true},
	{"*.{c,h}", "x.hpp", false},
	{"x{,.bak}", "x", true},
	{"x{,.bak}", "x.bak", true},
	{"{a,b{c,d}}e", "bde", true},
	{"{a,b{c,d}}e", "be", false},
	{"{src/**/,}x", "src/a/x", true},
	{"{src/**/,}x", "x", true},
	{"{a}{b}{c}", "abc", true},
	{"\\*", "*", true},
	{"\\*", "x", false},
	{"a,b}", "a,b}", true},
};

static void patterns_match_what_they_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *example = &examples[i];

		if (glob_match(example->pattern, example->text) !=
		    example->matches)
			fail_msg("'%s' on '%s' should %smatch",
				 example->pattern, example->text,
				 example->matches ? "" : "not ");
	}
}

static void malformed_patterns_are_explained(void **state)
{
	static const char *const wrong[][2] = {
		{"a[b", "glob 'a[b': '[' without ']'"},
		{"[]", "glob '[]': '[' without ']'"},
		{"[a\\]", "glob '[a\\]': '[' without ']'"},
		{"{a,b", "glob '{a,b': '{' without '}'"},
		{"a\\", "glob 'a\\': '\\' at the end"},
		{"{{{{{{{{{{{{{{{{{a}}}}}}}}}}}}}}}}}",
		 "glob '{{{{{{{{{{{{{{{{{a}}}}}}}}}}}}}}}}}': "
		 "braces are nested too deeply"},
		{"", "a glob is empty"},
		{"!", "a glob is empty"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct error *err = NULL;

		assert_int_equal(glob_check(wrong[i][0], &err), -1);
		assert_string_equal(err->message, wrong[i][1]);
		assert_false(glob_match(wrong[i][0], wrong[i][0]) &&
			     *wrong[i][0] && *wrong[i][0] != '!');
		error_free(err);
	}
	assert_int_equal(glob_check("!docs/**", NULL), 0);
}

static void a_long_pattern_is_refused(void **state)
{
	char pattern[GLOB_MAX + 2];

	(void)state;
	memset(pattern, '*', sizeof(pattern) - 1);
	pattern[sizeof(pattern) - 1] = '\0';
	assert_int_equal(glob_check(pattern, NULL), -1);
	assert_false(glob_match(pattern, "x"));
	pattern[GLOB_MAX] = '\0';
	assert_int_equal(glob_check(pattern, NULL), 0);
}

static void hostile_patterns_stay_quick(void **state)
{
	char pattern[GLOB_MAX + 1];
	char text[4097];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (size_t i = 0; i + 4 <= GLOB_MAX; i += 4)
		memcpy(pattern + i, "**a*", 4);
	pattern[GLOB_MAX - 1] = 'b';
	pattern[GLOB_MAX] = '\0';
	assert_false(glob_match(pattern, text));
	for (size_t i = 0; i + 8 <= GLOB_MAX; i += 8)
		memcpy(pattern + i, "{a*,*a,}", 8);
	assert_true(glob_match(pattern, text));
}

static void the_last_match_of_a_list_decides(void **state)
{
	static const char *const list[] = {"src/**", "!src/docs/**",
					   "src/docs/api/**"};
	static const char *const excluding[] = {"!docs/**", "!*.md"};
	size_t which;

	(void)state;
	assert_true(glob_list_match(list, 3, "src/a.c", &which));
	assert_int_equal(which, 0);
	assert_false(glob_list_match(list, 3, "src/docs/a", &which));
	assert_int_equal(which, 1);
	assert_true(glob_list_match(list, 3, "src/docs/api/a", &which));
	assert_int_equal(which, 2);
	assert_false(glob_list_match(list, 3, "README", &which));
	assert_int_equal(which, 3);
	assert_true(glob_list_match(excluding, 2, "src/a.c", &which));
	assert_int_equal(which, 2);
	assert_false(glob_list_match(excluding, 2, "a.md", NULL));
	assert_true(glob_list_match(NULL, 0, "anything", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_what_they_say),
		cmocka_unit_test(malformed_patterns_are_explained),
		cmocka_unit_test(a_long_pattern_is_refused),
		cmocka_unit_test(hostile_patterns_stay_quick),
		cmocka_unit_test(the_last_match_of_a_list_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
