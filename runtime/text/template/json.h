/* JSON of a template's values. */
#pragma once

#include "runtime/text/json_value.h"
#include "runtime/text/template/library.h"

/* As json_value_write; what cannot be written is a TypeError. */
int render_json(struct render *render, struct value value,
		const struct json_style *style, struct value *out);
