/* Templates from C: the cache, loaders, limits, errors with their chain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/template/render.h"

static int load(void *context, const char *name, struct buf *source,
		struct error **err)
{
	const char *const *files = context;

	(void)err;
	for (; files[0]; files += 2) {
		if (strcmp(files[0], name) != 0)
			continue;
		buf_puts(source, files[1]);
		return 1;
	}
	return 0;
}

static void list(void *context, void (*each)(void *, const char *),
		 void *argument)
{
	for (const char *const *files = context; files[0]; files += 2)
		each(argument, files[0]);
}

/* Render `main` of the files; the text is owned, NULL with the error. */
static char *render_files(const char *const *files,
			  const struct template_options *options,
			  struct template_error *error)
{
	struct template_loader loader = {(void *)files, load, list};
	struct environment *environment = environment_new(options, &loader);
	const struct template *template =
		environment_get(environment, "main", error);
	struct render *render = render_new(environment);
	char *text = NULL;
	struct buf out;

	buf_init(&out, 1 << 20);
	if (template &&
	    render_template(render, template, value_none(), &out, error) == 0)
		text = buf_take(&out);
	buf_release(&out);
	render_free(render);
	environment_free(environment);
	return text;
}

static void the_same_text_is_compiled_once(void **state)
{
	struct template_error error = {0};
	struct template_options options;
	struct environment *environment;
	const struct template *first;

	(void)state;
	template_options_init(&options);
	environment = environment_new(&options, NULL);
	first = environment_compile(environment, "a", "{{ 1 }}", 7, &error);
	assert_non_null(first);
	assert_ptr_equal(
		environment_compile(environment, "a", "{{ 1 }}", 7, &error),
		first);
	assert_ptr_not_equal(
		environment_compile(environment, "b", "{{ 1 }}", 7, &error),
		first);
	assert_ptr_not_equal(
		environment_compile(environment, "a", "{{ 2 }}", 7, &error),
		first);
	environment_free(environment);
}

static void an_error_tells_the_way_to_it(void **state)
{
	static const char *const files[] = {
		"main", "\n{% from 'lib' import m %}\n{{ m() }}", "lib",
		"{% macro m() %}\n{{ prot }}{% endmacro %}", NULL};
	struct template_error error = {0};
	struct template_options options;
	char *text;

	(void)state;
	template_options_init(&options);
	assert_null(render_files(files, &options, &error));
	assert_int_equal(error.fault, RENDER_UNDEFINED);
	assert_string_equal(error.template, "lib");
	assert_int_equal(error.line, 2);
	text = template_error_text(&error);
	assert_string_equal(text, "lib:2: 'prot' is undefined\n  in prot\n"
				  "  in macro 'm', called at main:3");
	mem_free(text);
	template_error_release(&error);
}

static void a_missing_template_names_one_like_it(void **state)
{
	static const char *const files[] = {"main", "{% include 'heder' %}",
					    "header", "", NULL};
	struct template_error error = {0};
	struct template_options options;

	(void)state;
	template_options_init(&options);
	assert_null(render_files(files, &options, &error));
	assert_int_equal(error.fault, RENDER_NOT_FOUND);
	assert_string_equal(error.template, "main");
	assert_string_equal(error.hint, "did you mean 'header'?");
	template_error_release(&error);
}

static void templates_that_include_themselves_end(void **state)
{
	static const char *const files[][3] = {
		{"main", "{% include 'main' %}", NULL},
		{"main", "{% extends 'main' %}", NULL},
		{"main", "{% import 'main' as m %}", NULL},
		{"main", "{% block a %}{{ self.a() }}{% endblock %}", NULL},
	};
	struct template_options options;

	(void)state;
	template_options_init(&options);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct template_error error = {0};

		assert_null(render_files(files[i], &options, &error));
		assert_int_equal(error.fault, RENDER_LIMIT);
		template_error_release(&error);
	}
}

static void output_ends_at_its_limit(void **state)
{
	static const char *const files[] = {
		"main", "{% for i in range(10000) %}0123456789{% endfor %}",
		NULL};
	struct template_error error = {0};
	struct template_options options;
	struct template_loader loader = {(void *)files, load, NULL};
	struct environment *environment;
	struct render *render;
	struct buf out;

	(void)state;
	template_options_init(&options);
	environment = environment_new(&options, &loader);
	render = render_new(environment);
	buf_init(&out, 1000);
	assert_int_equal(
		render_template(render,
				environment_get(environment, "main", &error),
				value_none(), &out, &error),
		-1);
	assert_int_equal(error.fault, RENDER_LIMIT);
	assert_true(out.length <= 1000);
	template_error_release(&error);
	buf_release(&out);
	render_free(render);
	environment_free(environment);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_text_is_compiled_once),
		cmocka_unit_test(an_error_tells_the_way_to_it),
		cmocka_unit_test(a_missing_template_names_one_like_it),
		cmocka_unit_test(templates_that_include_themselves_end),
		cmocka_unit_test(output_ends_at_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
