/* Writing YAML 1.1 as PyYAML does, by libyaml's emitter. */
#pragma once

#include "runtime/base/buf.h"
#include "runtime/base/error.h"
#include "runtime/text/value.h"

enum yaml_flow {
	YAML_FLOW_LEAVES, /* containers of nothing but scalars on one line */
	YAML_FLOW_NEVER,
	YAML_FLOW_ALWAYS,
};

struct yaml_style {
	enum yaml_flow flow;
	int indent;         /* 0: two */
	int width;          /* 0: 80; below 0: lines have no end */
	bool keep_order;    /* keys are not sorted */
	bool ascii;         /* other characters are escaped */
	bool start, finish; /* with --- before and ... behind */
	char quote;         /* ' or " for all strings, | or >; 0: as needed */
};

/*
 * Append `value` as one document. A list or dict met twice becomes an anchor
 * and an alias. What YAML does not have (objects, undefined values) is
 * ERROR_INVALID.
 */
int yaml_dump(struct value value, const struct yaml_style *style,
	      struct buf *out, struct error **err);
