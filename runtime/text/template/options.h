/* Options: how templates are written and what a rendering may do. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/text/value.h"

enum template_undefined {
	UNDEFINED_STRICT,    /* using what is missing is an error */
	UNDEFINED_LENIENT,   /* it prints as nothing; its parts are errors */
	UNDEFINED_CHAINABLE, /* its parts are missing as well */
};

/* What a rendering may use; a hostile template ends in an error, not in us. */
struct template_limits {
	uint64_t steps;  /* tags, expressions, iterations, work of filters */
	size_t output;   /* bytes of text */
	size_t memory;   /* bytes of values */
	uint32_t depth;  /* macros, includes and blocks within each other */
	size_t template; /* bytes of one template */
};

/* Strings are borrowed as long as the options; none is empty. */
struct template_options {
	const char *block_start, *block_end;
	const char *variable_start, *variable_end;
	const char *comment_start, *comment_end;
	const char *line_statement, *line_comment; /* NULL: there are none */
	const char *newline; /* what each end of a line becomes */
	bool trim_blocks, lstrip_blocks, keep_trailing_newline;
	bool autoescape, sandbox, ansible;
	bool do_tag, loop_controls; /* extensions of Jinja2 */
	enum template_undefined undefined;
	struct template_limits limits;
	/* NULL, or: is there a filter (else test) `name` of the host's own? */
	bool (*extra)(void *context, bool filter, struct value name);
	void *extra_context;
	int64_t now; /* seconds since 1970, for strftime without a time */
};

/* Jinja2's defaults, but strict. */
void template_options_init(struct template_options *options);
