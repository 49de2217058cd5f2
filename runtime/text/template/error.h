/* Errors of templates: what went wrong, where, and in which expression. */
#pragma once

#include <stdint.h>

#include "runtime/text/template/call.h"

/* All strings are owned; `template` is NULL for one without a name. */
struct template_error {
	enum render_fault fault;
	char *template;
	uint32_t line; /* 0: nowhere in particular */
	char *message; /* as Jinja2 words it; NULL: there is no error */
	char *hint;    /* "did you mean 'x'?", or NULL */
	char *source;  /* the tag or expression in question, or NULL */
	char *chain;   /* "included from x:3" a line, or NULL */
};

/* Set an error that is not set yet; returns -1. */
int template_error_set(struct template_error *error, enum render_fault fault,
		       const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Show the line of a template's text that the error is in. */
void template_error_source(struct template_error *error, const char *text,
			   size_t length);

/* Ask "did you mean 'nearest'?"; NULL: say nothing. */
void template_error_hint(struct template_error *error, const char *nearest);

void template_error_release(struct template_error *error);

/* "undefined", "syntax", … as `--batch` names them. Static. */
const char *template_fault_name(enum render_fault fault);

/* "file:line: message (hint) in 'source'" and the chain; owned. */
char *template_error_text(const struct template_error *error);
