/* Conformance cases: a file of templates with what they need. */
#pragma once

#include "runtime/base/buf.h"
#include "runtime/base/error.h"

/*
 * Render every case of the JSON text `cases` (../shared/data/jinja describes
 * the format) and append one JSON object a line to `out`: id and output, id
 * and error, or id and data. Fails only if the text is no such file.
 */
int batch_render(const char *cases, size_t length, struct buf *out,
		 struct error **err);
