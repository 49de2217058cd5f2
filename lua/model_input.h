/* CSV that is a text, or a file that is read in parts. */
#pragma once

#include "runtime/base/window.h"
#include "runtime/text/csv.h"

/* Where rows come from. */
struct model_source {
	const char *text; /* borrowed; NULL: `file` is read */
	size_t length;
	const char *file; /* borrowed: its path, or how errors name the text */
};

struct model_input {
	struct csv csv;
	struct window window; /* of the file */
	bool windowed;
	size_t began; /* where the row that was read is in the text */
};

/* Opens `source`, which must outlive the input. 0 or -1. */
int model_input_open(struct model_input *input,
		     const struct model_source *source, struct error **err);
void model_input_close(struct model_input *input); /* idempotent */

/* csv_next, also across the ends of the window. */
int model_input_next(struct model_input *input, struct error **err);
/* csv_header, likewise. */
int model_input_header(struct model_input *input, char ***names, size_t *count,
		       struct error **err);
