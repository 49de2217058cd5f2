/* Maps from C: ranges, captures, secrets and their paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "runtime/text/json_value.h"
#include "runtime/text/template/map.h"

#define VALUES                                                                 \
	"{\"db\": {\"host\": \"h1\", \"key\": \"s3cret\", \"pool\": 5},"       \
	" \"list\": [{\"a.b\": \"x\"}, 7], \"n\": 3}"

struct rendered {
	struct environment *environment;
	struct render *render;
	struct value values;
	struct buf text;
	struct template_error error;
};

static int render(struct rendered *self, const char *source, const char *secret)
{
	static const struct template_loader loader = {.load = NULL};
	static struct template_options options;
	const struct template *template;

	memset(self, 0, sizeof(*self));
	template_options_init(&options);
	self->environment = environment_new(&options, &loader);
	self->render = render_new(self->environment);
	buf_init(&self->text, 1 << 16);
	template = environment_compile(self->environment, "t", source,
				       strlen(source), &self->error);
	assert_non_null(template);
	assert_int_equal(json_value_read(render_arena(self->render), VALUES,
					 strlen(VALUES), &self->values, NULL),
			 0);
	render_map(self->render);
	if (secret)
		assert_int_equal(render_map_secret(self->render, self->values,
						   secret, NULL),
				 0);
	return render_template(self->render, template, self->values,
			       &self->text, &self->error);
}

static void release(struct rendered *self)
{
	template_error_release(&self->error);
	buf_release(&self->text);
	render_free(self->render);
	environment_free(self->environment);
}

static void check_masked(const char *source, const char *secret,
			 const char *wanted)
{
	struct rendered self;
	struct buf masked;

	assert_int_equal(render(&self, source, secret), 0);
	buf_init(&masked, 1 << 16);
	assert_int_equal(
		render_map_masked(self.render, &self.text, "*", &masked), 0);
	buf_putc(&masked, '\0');
	assert_string_equal(masked.data, wanted);
	buf_release(&masked);
	release(&self);
}

/* Byte `offset` is from line `line` and the value at `path` ("": none). */
static void check_spot(struct rendered *self, size_t offset, uint32_t line,
		       const char *path)
{
	struct map_spot spot;
	struct buf found;

	buf_init(&found, 1000);
	assert_true(render_map_at(self->render, &self->text, offset, &spot,
				  &found));
	buf_putc(&found, '\0');
	assert_int_equal(spot.line, line);
	assert_string_equal(found.data, path);
	buf_release(&found);
}

static void bytes_know_their_line_and_value(void **state)
{
	struct rendered self;

	(void)state;
	assert_int_equal(render(&self,
				"a\nb{{ db.host }}\n{{ n }}{{ list[0]['a.b'] }}"
				"{{ n + 1 }}{{ [1] }}",
				NULL),
			 0);
	assert_int_equal(self.text.length, 12);
	check_spot(&self, 0, 1, "");
	check_spot(&self, 2, 2, "");
	check_spot(&self, 3, 2, "db.host");
	check_spot(&self, 5, 2, "");
	check_spot(&self, 6, 3, "n");
	check_spot(&self, 7, 3, "list.0['a.b']");
	check_spot(&self, 8, 3, "n");
	check_spot(&self, 9, 3, "");
	assert_int_equal(render_map_value(self.render, 2, 5, 2), 3);
	assert_int_equal(render_map_value(self.render, 6, 12, 7), 7);
	assert_int_equal(render_map_value(self.render, 0, 1, 0), 0);
	release(&self);
}

static void behind_the_text_there_is_nothing(void **state)
{
	struct rendered self;
	struct map_spot spot;
	struct buf path;

	(void)state;
	assert_int_equal(render(&self, "ab", NULL), 0);
	buf_init(&path, 10);
	assert_false(render_map_at(self.render, &self.text, 2, &spot, &path));
	buf_release(&path);
	release(&self);
}

static void secrets_are_masked_in_their_lines(void **state)
{
	(void)state;
	check_masked("a {{ db.key }} b", "db.key", "a * b");
	check_masked("{{ db.key }}{{ db.key[1:] }}\n{{ db }}", "db.key",
		     "*\n*");
	check_masked("{{ 'x\ny' ~ db.key }}.", "db.key", "*\n*.");
	check_masked("{{ list[0]['a.b'] }} {{ list[1] }}", "list.0['a.b']",
		     "* 7");
	check_masked("{{ db.key }}", "nothing.there", "s3cret");
	check_masked("{{ db.host }}{{ n }}", "db", "*3");
}

static void captured_texts_keep_their_places(void **state)
{
	struct rendered self;

	(void)state;
	check_masked("{% set t %}a{{ db.key }}b{% endset %}{{ t }}{{ t[:1] }}",
		     "db.key", "a*b*");
	assert_int_equal(
		render(&self,
		       "{% macro m(x) %}\nm{{ x }}{% endmacro %}{{ m(n) }}"
		       "\n{{ m(db.host) | upper }}",
		       NULL),
		0);
	assert_string_equal(self.text.data, "\nm3\n\nMH1");
	check_spot(&self, 1, 2, "");
	check_spot(&self, 2, 2, "n");
	check_spot(&self, 6, 3, "db.host");
	release(&self);
}

static void a_broken_loop_cuts_what_it_captured(void **state)
{
	(void)state;
	check_masked("{% for i in [1, 2] %}{% set t %}{{ db.key }}"
		     "{% break %}{% endset %}{% endfor %}abcdefgh{{ n }}",
		     "db.key", "abcdefgh3");
}

static void errors_withhold_what_a_secret_went_into(void **state)
{
	struct rendered self;

	(void)state;
	assert_int_equal(render(&self, "\n{{ {}[db.key] }}", "db.key"), -1);
	assert_int_equal(self.error.line, 2);
	assert_null(strstr(self.error.message, "s3cret"));
	release(&self);
	assert_int_equal(render(&self, "{{ {}[db.key] }}", "db.host"), -1);
	assert_non_null(strstr(self.error.message, "s3cret"));
	release(&self);
}

static void a_path_that_is_none_is_refused(void **state)
{
	static const char *const paths[] = {".", "a..b", "['a", "a.['"};
	struct rendered self;

	(void)state;
	assert_int_equal(render(&self, "x", NULL), 0);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct error *err = NULL;

		assert_int_equal(render_map_secret(self.render, self.values,
						   paths[i], &err),
				 -1);
		assert_int_equal(err->code, ERROR_INVALID);
		error_free(err);
	}
	release(&self);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_know_their_line_and_value),
		cmocka_unit_test(behind_the_text_there_is_nothing),
		cmocka_unit_test(secrets_are_masked_in_their_lines),
		cmocka_unit_test(captured_texts_keep_their_places),
		cmocka_unit_test(a_broken_loop_cuts_what_it_captured),
		cmocka_unit_test(errors_withhold_what_a_secret_went_into),
		cmocka_unit_test(a_path_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
