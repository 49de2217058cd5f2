/*
 * Templates: whatever is written into one, it ends within its limits, and no
 * secret shows in the masked text or in an error.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/text/json_value.h"
#include "runtime/text/template/map.h"
#include "tests/fuzz/fuzz.h"

#define SECRET "Zq7xWv"

static const char values_text[] =
	"{\"app\": {\"name\": \"shop\", \"port\": 80, \"tags\": [\"a\", "
	"\"b\"]},"
	" \"hosts\": [{\"n\": 1}, {\"n\": 2}], \"env\": \"<prod>\","
	" \"key\": {\"one\": \"" SECRET
	"\", \"two\": 2}, \"n\": 3, \"f\": 1.5, \"none\": null, \"yes\": true}";

/* Other templates are parts of the same input, divided by zero bytes. */
struct input {
	const char *data;
	size_t size;
};

static int load(void *context, const char *name, struct buf *source,
		struct error **err)
{
	const struct input *input = context;
	const char *at = input->data;
	size_t left = input->size;

	(void)err;
	if (name[0] < 'a' || name[0] > 'd' || name[1])
		return 0;
	for (char c = 'a'; c < name[0]; c++) {
		const char *end = memchr(at, '\0', left);

		if (!end)
			return 0;
		left -= (size_t)(end + 1 - at);
		at = end + 1;
	}
	buf_append(source, at, strnlen(at, left));
	return 1;
}

/* The first byte: options; then the template. */
static void set_options(struct template_options *options, uint8_t bits)
{
	template_options_init(options);
	options->undefined = (enum template_undefined)(bits % 3);
	options->autoescape = bits & 4;
	options->trim_blocks = bits & 8;
	options->lstrip_blocks = bits & 16;
	options->ansible = bits & 32;
	options->sandbox = bits & 64;
	if (bits & 128) {
		options->line_statement = "#";
		options->line_comment = "##";
	}
	options->limits = (struct template_limits){.steps = 20000,
						   .output = 1 << 16,
						   .memory = 4 << 20,
						   .depth = 40,
						   .template = 1 << 16};
}

static bool shows(const char *text, size_t length)
{
	return text && memmem(text, length, SECRET, strlen(SECRET));
}

/* Nothing may show the secret but a template that has it in clear. */
static void check_secret(const struct render *render, const struct buf *text,
			 const struct template_error *error)
{
	struct buf masked;
	struct buf path;
	struct map_spot spot;

	if (error->message && shows(error->message, strlen(error->message)))
		abort();
	if (error->message)
		return;
	buf_init(&masked, text->length * 4 + 1);
	buf_init(&path, 1 << 16);
	if (text->length > 0 &&
	    (render_map_masked(render, text, "***", &masked) != 0 ||
	     shows(masked.data, masked.length)))
		abort();
	for (size_t at = 0; at < text->length; at += 1 + text->length / 16)
		if (render_map_at(render, text, at, &spot, &path) &&
		    spot.line == 0)
			abort();
	buf_release(&path);
	buf_release(&masked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {(const char *)data + 1, size - 1};
	struct template_loader loader = {.context = &input, .load = load};
	struct template_options options;
	struct template_error error = {0};
	struct environment *environment;
	const struct template *template;
	struct render *render;
	struct value values;
	struct buf out;

	if (size == 0)
		return 0;
	set_options(&options, data[0]);
	environment = environment_new(&options, &loader);
	render = render_new(environment);
	buf_init(&out, options.limits.output);
	if (json_value_read(render_arena(render), values_text,
			    sizeof(values_text) - 1, &values, NULL) != 0)
		abort();
	render_map(render);
	if (render_map_secret(render, values, "key.one", NULL) != 0)
		abort();
	template = environment_get(environment, "a", &error);
	if (template)
		render_template(render, template, values, &out, &error);
	if (error.message && (!error.template || error.line == 0) &&
	    error.fault != RENDER_LIMIT)
		abort(); /* every error has its place */
	if (!shows((const char *)data, size))
		check_secret(render, &out, &error);
	template_error_release(&error);
	buf_release(&out);
	render_free(render);
	environment_free(environment);
	return 0;
}
