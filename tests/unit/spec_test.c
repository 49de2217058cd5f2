#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/mem.h"
#include "runtime/engine/spec.h"

static struct spec *read_text(const char *text, struct error **err)
{
	return spec_read(text, strlen(text), err);
}

static void it_reads_every_kind_of_trigger(void **state)
{
	struct spec *spec = read_text(
		"{\"name\": \"shop\", \"priority\": 3, \"timeout\": 2400000,"
		"\"concurrency\": {\"group\": \"shop/${ref}\", \"limit\": 2,"
		" \"supersede\": \"queued\"}, \"triggers\": ["
		"{\"kind\": \"push\", \"branches\": [\"main\"], \"tags\": null,"
		" \"paths\": [\"src/**\"], \"quiet\": 5, \"skip_ci\": false},"
		"{\"kind\": \"cron\", \"expr\": \"15 2 * * *\", \"tz\":"
		" \"Europe/Berlin\", \"jitter\": 120000, \"missed\": \"all\","
		" \"max_late\": null, \"overlap\": \"queue\", \"params\":"
		" {\"a\": 1}},"
		"{\"kind\": \"interval\", \"every\": 60000},"
		"{\"kind\": \"run\", \"recipes\": [\"build\"], \"states\":"
		" [\"passed\"], \"all\": true}]}",
		NULL);

	(void)state;
	assert_non_null(spec);
	assert_string_equal(spec->name, "shop");
	assert_int_equal(spec->priority, 3);
	assert_string_equal(spec->on_crash, "resume");
	assert_string_equal(spec->group, "shop/${ref}");
	assert_int_equal(spec->group_limit, 2);
	assert_string_equal(spec->supersede, "queued");
	assert_int_equal(spec->count, 4);
	assert_int_equal(spec->triggers[0].branches.count, 1);
	assert_int_equal(spec->triggers[0].tags.count, 0);
	assert_int_equal(spec->triggers[0].quiet, 5);
	assert_false(spec->triggers[0].skip_ci);
	assert_int_equal(spec->triggers[1].missed, MISSED_ALL);
	assert_int_equal(spec->triggers[1].overlap, OVERLAP_QUEUE);
	assert_int_equal(spec->triggers[1].max_late, -1);
	assert_string_equal(spec->triggers[1].params, "{\"a\":1}");
	assert_int_equal(spec->triggers[2].every, 60000);
	assert_true(spec->triggers[3].all);
	assert_string_equal(spec->triggers[3].names.items[0], "build");
	assert_true(spec_has(spec, TRIGGER_CRON));
	assert_false(spec_has(spec, TRIGGER_EMIT));
	spec_drop(spec);
}

static void refuse(const char *text, const char *part)
{
	struct error *err = NULL;

	assert_null(read_text(text, &err));
	assert_non_null(err);
	if (part) {
		char *message = error_text(err);

		assert_non_null(strstr(message, part));
		mem_free(message);
	}
	error_free(err);
}

static void what_is_no_spec_is_refused(void **state)
{
	(void)state;
	refuse("", NULL);
	refuse("[]", "no object");
	refuse("{\"triggers\": []}", "without a name");
	refuse("{\"name\": \"a\", \"triggers\": [{\"kind\": \"tide\"}]}",
	       "unknown kind of trigger 'tide'");
	refuse("{\"name\": \"a\", \"triggers\": [{\"kind\": \"cron\"}]}",
	       "without 'expr'");
	refuse("{\"name\": \"a\", \"triggers\": [{\"kind\": \"interval\"}]}",
	       "without 'every'");
}

static void it_lives_as_long_as_somebody_uses_it(void **state)
{
	struct spec *spec = read_text("{\"name\": \"a\"}", NULL);

	(void)state;
	assert_ptr_equal(spec_keep(spec), spec);
	spec_drop(spec);
	assert_string_equal(spec->name, "a");
	spec_drop(spec);
	spec_drop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_reads_every_kind_of_trigger),
		cmocka_unit_test(what_is_no_spec_is_refused),
		cmocka_unit_test(it_lives_as_long_as_somebody_uses_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
