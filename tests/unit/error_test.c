/* Errors and their chains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/base/error.h"
#include "runtime/base/mem.h"

static void wrapping_keeps_the_code_and_the_cause(void **state)
{
	struct error *err = NULL;
	char *text;

	(void)state;
	assert_int_equal(error_set(&err, ERROR_NOT_FOUND, "no file '%s'", "x"),
			 -1);
	assert_int_equal(error_wrap(&err, "cannot load pipeline"), -1);
	assert_int_equal(err->code, ERROR_NOT_FOUND);
	text = error_text(err);
	assert_string_equal(text, "cannot load pipeline: no file 'x'");
	assert_string_equal(error_code_name(err->code), "not_found");
	mem_free(text);
	error_free(err);
}

static void nobody_has_to_ask_why(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, ERROR_IO, "lost"), -1);
	assert_int_equal(error_wrap(NULL, "lost"), -1);
	error_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrapping_keeps_the_code_and_the_cause),
		cmocka_unit_test(nobody_has_to_ask_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
