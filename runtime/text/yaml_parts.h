/* What the parts of the YAML reader share. */
#pragma once

#include <yaml.h>

#include "runtime/base/map.h"
#include "runtime/text/document.h"
#include "runtime/text/yaml_read.h"

/* A node with a name. In the arena. */
struct anchor {
	struct value value;
	size_t nodes; /* how many values it is made of */
	bool open;    /* still being read: an alias would hold itself */
};

struct yaml_reader {
	const struct document *document;
	struct arena *arena;
	struct error **err;
	unsigned flags;
	yaml_parser_t parser;
	yaml_event_t event; /* the one that is looked at */
	struct map anchors; /* struct anchor */
	size_t nodes;
	uint32_t depth;
};

/* Where the event begins. */
struct place yaml_place(const struct yaml_reader *reader);

/* Go on to the next event. */
int yaml_next(struct yaml_reader *reader);

/* The node that begins with the event; its last event stays. */
int yaml_node(struct yaml_reader *reader, struct value *value);

/* The scalar that is the event. */
int yaml_scalar(struct yaml_reader *reader, struct value *value);

/* The mapping that begins with the event. */
int yaml_mapping(struct yaml_reader *reader, struct value *value);

/* Does a tag mean `name` ("str") of YAML's own ones? */
bool yaml_tag_is(const unsigned char *tag, const char *name);

/* An error for the tag of the event, or 0 when any tag will do. */
int yaml_unknown_tag(struct yaml_reader *reader, const unsigned char *tag,
		     const char *what);
