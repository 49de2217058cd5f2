#include "runtime/text/template/environment.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/base/sha256.h"
#include "runtime/text/template/nearest.h"
#include "runtime/text/template/parser.h"
#include "runtime/text/template/scope.h"

enum { CACHE_MAX = 4096 };

struct environment {
	struct template_options options;
	struct template_loader loader;
	struct template *templates; /* the newest first */
	uint32_t count;
};

struct environment *environment_new(const struct template_options *options,
				    const struct template_loader *loader)
{
	struct environment *environment = mem_alloc(sizeof(*environment));

	environment->options = *options;
	if (loader)
		environment->loader = *loader;
	return environment;
}

static void template_free(struct template *template)
{
	arena_release(&template->arena);
	mem_free(template->source);
	mem_free(template);
}

void environment_free(struct environment *environment)
{
	if (!environment)
		return;
	while (environment->templates) {
		struct template *template = environment->templates;

		environment->templates = template->older;
		template_free(template);
	}
	mem_free(environment);
}

const struct template_options *
environment_options(const struct environment *environment)
{
	return &environment->options;
}

static bool is_named(const struct template *template, const char *name)
{
	return template->name.length == strlen(name) &&
	       memcmp(template->name.bytes, name, template->name.length) == 0;
}

/* A template like this that is compiled already. */
static const struct template *find(const struct environment *environment,
				   const char *name, const char *hash)
{
	struct template *template = environment->templates;

	while (template &&
	       (strcmp(template->hash, hash) != 0 || !is_named(template, name)))
		template = template->older;
	return template;
}

static struct template *template_new(struct environment *environment,
				     const char *name, const char *source,
				     size_t length)
{
	struct template *template = mem_alloc(sizeof(*template));

	arena_init(&template->arena, SIZE_MAX);
	template->name = value_text(&template->arena, name);
	template->options = &environment->options;
	template->source = mem_copy_n(source, length);
	template->length = (uint32_t)length;
	return template;
}

static void name_error(struct template_error *error, const char *name)
{
	if (!error->template)
		error->template = mem_copy(name);
}

const struct template *environment_compile(struct environment *environment,
					   const char *name, const char *source,
					   size_t length,
					   struct template_error *error)
{
	const struct template *known;
	struct template *template;
	char hash[65];

	if (length > environment->options.limits.template ||
	    environment->count >= CACHE_MAX) {
		template_error_set(error, RENDER_LIMIT,
				   environment->count >= CACHE_MAX
					   ? "too many templates"
					   : "the template is too large");
		name_error(error, name);
		return NULL;
	}
	sha256_hex(source, length, hash);
	known = find(environment, name, hash);
	if (known)
		return known;
	template = template_new(environment, name, source, length);
	memcpy(template->hash, hash, sizeof(hash));
	if (parser_run(template, error) != 0 ||
	    compile_template(template, error) != 0) {
		template_error_source(error, template->source,
				      template->length);
		template_free(template);
		name_error(error, name);
		return NULL;
	}
	template->older = environment->templates;
	environment->templates = template;
	environment->count++;
	return template;
}

/* Which template's name is like `name`? */
struct search {
	struct value name;
	char *nearest;
	size_t distance;
};

static void consider(void *argument, const char *name)
{
	struct search *search = argument;
	size_t distance =
		text_distance(search->name, value_borrow(name, strlen(name)));

	if (distance >= search->distance)
		return;
	search->distance = distance;
	mem_free(search->nearest);
	search->nearest = mem_copy(name);
}

static void fail_missing(const struct environment *environment,
			 const char *name, struct template_error *error)
{
	struct search search = {.name = value_borrow(name, strlen(name))};

	search.distance = text_distance_max(search.name);
	template_error_set(error, RENDER_NOT_FOUND, "%s", name);
	if (environment->loader.list)
		environment->loader.list(environment->loader.context, consider,
					 &search);
	template_error_hint(error, search.nearest);
	mem_free(search.nearest);
}

const struct template *environment_get(struct environment *environment,
				       const char *name,
				       struct template_error *error)
{
	const struct template *template = NULL;
	struct error *err = NULL;
	struct buf source;
	int found = 0;

	buf_init(&source, environment->options.limits.template);
	if (environment->loader.load)
		found = environment->loader.load(environment->loader.context,
						 name, &source, &err);
	if (found > 0) {
		template = environment_compile(environment, name,
					       source.data ? source.data : "",
					       source.length, error);
	} else if (found == 0) {
		fail_missing(environment, name, error);
	} else {
		char *text = error_text(err);

		template_error_set(error,
				   err->code == ERROR_LIMIT ? RENDER_LIMIT
							    : RENDER_RUNTIME,
				   "%s", text);
		mem_free(text);
		error_free(err);
	}
	buf_release(&source);
	return template;
}
