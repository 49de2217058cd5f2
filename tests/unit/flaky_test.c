#include "runtime/learn/flaky/flaky.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Enters a result a character: '.' passed, 'x' failed; of a new revision each,
 * but after '=' of the same as the one before. */
static struct flaky_state enter(struct flaky_state state, const char *results)
{
	bool same = false;

	for (; *results; results++) {
		if (*results == '=') {
			same = true;
			continue;
		}
		flaky_update(&state, *results == 'x', same);
		same = false;
	}
	return state;
}

static bool verdict(const char *results)
{
	return enter((struct flaky_state){0}, results).flaky;
}

static void a_pass_on_retry_is_flaky(void **state)
{
	(void)state;
	assert_true(verdict("............x=........."));
	assert_true(verdict("xxxxxxxxxxxxxxxxx=.=xxxxxx"));
}

static void a_sample_is_needed(void **state)
{
	(void)state;
	assert_false(verdict("..x=.=x"));
	assert_true(verdict("..x=.=x=.=x=."));
}

static void what_breaks_and_is_mended_is_steady(void **state)
{
	(void)state;
	assert_false(verdict("........................"));
	assert_false(verdict("xxxxxxxxxxxxxxxxxxxxxxxx"));
	assert_false(verdict("...........x=xx=xx=x.........."));
	assert_false(verdict("...........xxxxxxxxxx........."));
	assert_false(verdict("..............x................x.........."));
}

static void many_changes_are_flaky(void **state)
{
	(void)state;
	assert_true(verdict("..x.xx.x..x.x.x.x.xx.x.x..x.xx.xx..x.x.x.x.x.x"));
}

static void a_mended_test_is_steady_again(void **state)
{
	struct flaky_state test =
		enter((struct flaky_state){0}, "..........x=.......");

	(void)state;
	assert_true(test.flaky);
	for (int i = 0; i < 100; i++)
		flaky_update(&test, false, false);
	assert_true(test.flaky); /* it resolves later than it activates */
	for (int i = 0; i < 400; i++)
		flaky_update(&test, false, false);
	assert_false(test.flaky);
}

static void many_at_once_are_a_mass(void **state)
{
	(void)state;
	assert_false(flaky_is_mass(9, 9));
	assert_true(flaky_is_mass(10, 10));
	assert_true(flaky_is_mass(20, 100));
	assert_false(flaky_is_mass(19, 100));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pass_on_retry_is_flaky),
		cmocka_unit_test(a_sample_is_needed),
		cmocka_unit_test(what_breaks_and_is_mended_is_steady),
		cmocka_unit_test(many_changes_are_flaky),
		cmocka_unit_test(a_mended_test_is_steady_again),
		cmocka_unit_test(many_at_once_are_a_mass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
