#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/mem.h"
#include "runtime/engine/matcher.h"

/* Judge by a spec of one trigger, and compare the sentence. */
static void judge(const char *trigger, const struct subject *subject,
		  enum verdict wanted, const char *sentence)
{
	char text[1024];
	struct spec *spec;
	char *reason;

	snprintf(text, sizeof(text), "{\"name\":\"a\",\"triggers\":[%s]}",
		 trigger);
	spec = spec_read(text, strlen(text), NULL);
	assert_non_null(spec);
	assert_int_equal(matcher_judge(&spec->triggers[0], subject, &reason),
			 wanted);
	if (sentence)
		assert_string_equal(reason, sentence);
	else
		assert_null(reason);
	mem_free(reason);
	spec_drop(spec);
}

static const char *const paths[] = {"src/a.c", "docs/b.md", "README"};

static const struct subject pushed = {
	.kind = TRIGGER_PUSH,
	.ref = "refs/heads/main",
	.author = "Ada <ada@example.org>",
	.message = "Mend a/b\n",
	.paths = paths,
	.path_count = 3,
	.paths_known = true,
};

static void branches_are_globs(void **state)
{
	(void)state;
	judge("{\"kind\":\"push\"}", &pushed, VERDICT_RUN, "any branch");
	judge("{\"kind\":\"push\",\"branches\":[\"ma*\"]}", &pushed,
	      VERDICT_RUN, "branch 'main' matches ma*");
	judge("{\"kind\":\"push\",\"branches\":[\"dev\",\"release/*\"]}",
	      &pushed, VERDICT_FILTERED,
	      "branch: 'main' is not in dev, release/*");
}

static void paths_want_one_changed_file(void **state)
{
	struct subject unknown = pushed;

	(void)state;
	judge("{\"kind\":\"push\",\"paths\":[\"src/**\",\"!src/x/**\"]}",
	      &pushed, VERDICT_RUN,
	      "any branch; 1 of 3 changed files match src/**, !src/x/**");
	judge("{\"kind\":\"push\",\"paths\":[\"web/**\"]}", &pushed,
	      VERDICT_FILTERED, "paths: none of 3 changed files match web/**");
	unknown.paths_known = false;
	judge("{\"kind\":\"push\",\"paths\":[\"web/**\"]}", &unknown,
	      VERDICT_RUN, "any branch; every file counts as changed");
}

static void tags_want_to_be_named(void **state)
{
	struct subject tag = pushed;

	(void)state;
	tag.kind = TRIGGER_TAG;
	tag.ref = "refs/tags/v1.0";
	judge("{\"kind\":\"push\"}", &tag, VERDICT_FILTERED,
	      "branches: the push moved a tag");
	judge("{\"kind\":\"push\",\"tags\":[\"v*\"]}", &tag, VERDICT_RUN,
	      "tag 'v1.0' matches v*");
	judge("{\"kind\":\"tag\"}", &tag, VERDICT_RUN, "any tag");
	judge("{\"kind\":\"push\",\"tags\":[\"v*\"]}", &pushed,
	      VERDICT_FILTERED, "tags: the push moved a branch");
	judge("{\"kind\":\"tag\"}", &pushed, VERDICT_OTHER, NULL);
}

static void a_message_may_skip(void **state)
{
	struct subject skipping = pushed;

	(void)state;
	skipping.message = "Tidy [Skip CI]";
	judge("{\"kind\":\"push\"}", &skipping, VERDICT_FILTERED,
	      "the message says [skip ci]");
	judge("{\"kind\":\"push\",\"skip_ci\":false}", &skipping, VERDICT_RUN,
	      "any branch");
	judge("{\"kind\":\"push\",\"message\":[\"Mend*\"]}", &pushed,
	      VERDICT_RUN, "any branch; the message matches Mend*");
	judge("{\"kind\":\"push\",\"message\":[\"Add*\"]}", &pushed,
	      VERDICT_FILTERED, "message: it matches none of Add*");
}

static void authors_match_by_name_or_address(void **state)
{
	(void)state;
	judge("{\"kind\":\"push\",\"authors\":[\"Ada\"]}", &pushed, VERDICT_RUN,
	      "any branch; author 'Ada <ada@example.org>' matches Ada");
	judge("{\"kind\":\"push\",\"authors\":[\"*@example.org\"]}", &pushed,
	      VERDICT_RUN,
	      "any branch; author 'Ada <ada@example.org>' matches"
	      " *@example.org");
	judge("{\"kind\":\"push\",\"authors\":[\"!Ada\"]}", &pushed,
	      VERDICT_FILTERED,
	      "authors: 'Ada <ada@example.org>' is not in !Ada");
}

static void ends_of_runs_match_by_name_and_state(void **state)
{
	struct subject ended = {
		.kind = TRIGGER_RUN, .name = "build", .state = "failed"};

	(void)state;
	judge("{\"kind\":\"run\",\"recipes\":[\"build\"],\"states\":"
	      "[\"passed\"]}",
	      &ended, VERDICT_FILTERED, "states: it failed, wanted is passed");
	judge("{\"kind\":\"run\",\"recipes\":[\"build\"]}", &ended, VERDICT_RUN,
	      "recipe 'build' matches build; it failed");
	judge("{\"kind\":\"run\",\"recipes\":[\"test\"]}", &ended,
	      VERDICT_OTHER, NULL);
	judge("{\"kind\":\"push\"}", &ended, VERDICT_OTHER, NULL);
}

static const char *look_up(void *context, const char *name)
{
	(void)context;
	return strcmp(name, "ref") == 0 ? "main" : NULL;
}

static void templates_take_what_they_know(void **state)
{
	char *text = template_expand("a/${ref}-${x}$${", look_up, NULL);

	(void)state;
	assert_string_equal(text, "a/main-$${");
	mem_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(branches_are_globs),
		cmocka_unit_test(paths_want_one_changed_file),
		cmocka_unit_test(tags_want_to_be_named),
		cmocka_unit_test(a_message_may_skip),
		cmocka_unit_test(authors_match_by_name_or_address),
		cmocka_unit_test(ends_of_runs_match_by_name_and_state),
		cmocka_unit_test(templates_take_what_they_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
