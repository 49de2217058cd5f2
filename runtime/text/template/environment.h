/* Environments: options, where templates come from, and those compiled. */
#pragma once

#include "runtime/base/error.h"
#include "runtime/text/template/error.h"
#include "runtime/text/template/options.h"

struct template;
struct environment;

/*
 * Where templates come from. `load` appends the text of the template `name` to
 * `source`: 1, 0 when there is none, or -1 with `*err`.
 */
struct template_loader {
	void *context;
	int (*load)(void *context, const char *name, struct buf *source,
		    struct error **err);
	/* Call `each` with the name of every template, for messages; or NULL */
	void (*list)(void *context, void (*each)(void *, const char *),
		     void *argument);
};

/* The options' strings are borrowed as long as the environment lives. */
struct environment *environment_new(const struct template_options *options,
				    const struct template_loader *loader);
void environment_free(struct environment *environment);
const struct template_options *
environment_options(const struct environment *environment);

/*
 * Compile a text; the template is owned by the environment. The same text
 * under the same name is compiled once. NULL with `error`.
 */
const struct template *environment_compile(struct environment *environment,
					   const char *name, const char *source,
					   size_t length,
					   struct template_error *error);

/* Load and compile `name`; NULL with `error`, RENDER_NOT_FOUND among others. */
const struct template *environment_get(struct environment *environment,
				       const char *name,
				       struct template_error *error);
