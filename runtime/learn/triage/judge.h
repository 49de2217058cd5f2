/* What was learned of which lines say why a build failed. */
#pragma once

#include "runtime/base/error.h"
#include "runtime/learn/triage/lines.h"

struct triage_judge;

/* From a model over the features of look.h; the bytes are copied. NULL with
 * ERROR_INVALID when it is none. */
struct triage_judge *triage_judge_open(const void *image, size_t size,
				       struct error **err);
void triage_judge_free(struct triage_judge *judge); /* NULL is fine */

/* Gives every line its score. */
void triage_judge_lines(const struct triage_judge *judge,
			struct triage_lines *lines);
