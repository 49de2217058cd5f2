/* Rendering: a compiled template and values become text. */
#pragma once

#include "runtime/text/template/environment.h"

/* Filters and tests of the host's own, beside the built-in ones. */
struct render_hooks {
	void *context;
	/* Apply the filter `name`: as a call_function; 1: there is none. */
	int (*filter)(void *context, struct value name, struct call *call,
		      struct value *out);
	int (*test)(void *context, struct value name, struct call *call,
		    bool *out);
};

/*
 * One rendering. All its values live in `arena`, which the caller may fill
 * with the values of the template before; they stay until render_release.
 */
struct render;

struct render *render_new(struct environment *environment);
void render_free(struct render *render);
void render_set_hooks(struct render *render, const struct render_hooks *hooks);

/*
 * Append the text of `template` with the names in the dict `values` to `out`,
 * whose maximum counts beside that of the options. 0, or -1 with `error`.
 */
int render_template(struct render *render, const struct template *template,
		    struct value values, struct buf *out,
		    struct template_error *error);

/*
 * The value of a template that is one expression, which lives until
 * render_free; of any other its text.
 */
int render_value(struct render *render, const struct template *template,
		 struct value values, struct value *out,
		 struct template_error *error);
