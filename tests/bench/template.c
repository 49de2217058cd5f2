/*
 * Rendering in one process: template.c TEMPLATE VALUES.json [TIMES] prints the
 * milliseconds of CPU to compile and to render once, and the bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runtime/base/file.h"
#include "runtime/text/template/render.h"
#include "runtime/text/template/values.h"

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void die(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

/* Milliseconds to compile `text` once, the cache apart. */
static double compile(const struct template_options *options,
		      const struct buf *text, int times)
{
	struct template_error error = {0};
	double start = now();

	for (int i = 0; i < times; i++) {
		struct environment *environment =
			environment_new(options, NULL);

		if (!environment_compile(environment, "bench", text->data,
					 text->length, &error))
			die(template_error_text(&error));
		environment_free(environment);
	}
	return (now() - start) / times;
}

/* Milliseconds to render it once; the values are read before. */
static double render(struct environment *environment,
		     const struct template *template, struct value values,
		     int times, struct buf *out)
{
	struct template_error error = {0};
	double start = now();

	for (int i = 0; i < times; i++) {
		struct render *render = render_new(environment);

		buf_clear(out);
		if (render_template(render, template, values, out, &error) != 0)
			die(template_error_text(&error));
		render_free(render);
	}
	return (now() - start) / times;
}

int main(int argc, char **argv)
{
	int times = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 200;
	struct template_options options;
	struct template_error error = {0};
	struct environment *environment;
	const struct template *template;
	struct error *err = NULL;
	struct value values;
	struct arena arena;
	struct buf text;
	struct buf out;

	if (argc < 3 || times < 1)
		die("usage: template TEMPLATE VALUES.json [TIMES]");
	buf_init(&text, 1 << 24);
	buf_init(&out, 1 << 28);
	arena_init(&arena, (size_t)1 << 30);
	values = value_dict_new(&arena, 0);
	if (file_read(argv[1], &text, &err) != 0 ||
	    values_read_file(argv[2], &arena, values.dict, &err) != 0)
		die(error_text(err));
	template_options_init(&options);
	environment = environment_new(&options, NULL);
	template = environment_compile(environment, "bench", text.data,
				       text.length, &error);
	if (!template)
		die(template_error_text(&error));
	printf("%.4f", compile(&options, &text, times));
	printf(" %.4f", render(environment, template, values, times, &out));
	printf(" %zu\n", out.length);
	environment_free(environment);
	arena_release(&arena);
	buf_release(&text);
	buf_release(&out);
	return 0;
}
