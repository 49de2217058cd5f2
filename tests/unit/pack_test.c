/* Names within archives: which are refused, and what is left of the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/archive/parts.h"
#include "runtime/base/mem.h"

static void cleans(const char *expected, const char *name, unsigned strip)
{
	char *clean = pack_clean_name(name, strip);

	if (expected)
		assert_string_equal(clean, expected);
	else
		assert_null(clean);
	mem_free(clean);
}

static void names_lose_what_means_nothing(void **state)
{
	(void)state;
	cleans("a/b", "./a//b/", 0);
	cleans("b", "a/b", 1);
	cleans("", "a/b", 2);
	cleans("", "a", 5);
	cleans("..a/b..", "..a/b..", 0);
	cleans("etc", "/etc", 0);
}

static void names_that_lead_out_are_refused(void **state)
{
	(void)state;
	cleans(NULL, "..", 0);
	cleans(NULL, "a/../b", 0);
	cleans(NULL, "../a", 1);
	cleans(NULL, "a/..", 0);
}

static void links_stay_inside_or_are_refused(void **state)
{
	(void)state;
	assert_true(pack_stays_inside("a/b", "../c"));
	assert_true(pack_stays_inside("a/b/c", "../.././d/e"));
	assert_false(pack_stays_inside("a", "b/../c"));
	assert_false(pack_stays_inside("a/b/c", "../d/../e"));
	assert_true(pack_stays_inside("a", "./b"));
	assert_false(pack_stays_inside("a", "../b"));
	assert_false(pack_stays_inside("a/b", "../../c"));
	assert_false(pack_stays_inside("a/b", "x/../../../a/c"));
	assert_false(pack_stays_inside("a", "/etc"));
	assert_false(pack_stays_inside("a", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_lose_what_means_nothing),
		cmocka_unit_test(names_that_lead_out_are_refused),
		cmocka_unit_test(links_stay_inside_or_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
