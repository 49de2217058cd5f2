/* Specs by content: read once by a limited child, then kept by hash. */
#pragma once

#include "runtime/base/sha256.h"
#include "runtime/engine/engine.h"

struct specs;

struct specs *specs_open(struct engine *engine);
void specs_close(struct specs *specs);

/*
 * What is known already: 1 and `*spec` (borrowed until the loop runs) or
 * `*message` (owned: why the recipe is broken); 0: ask.
 */
int specs_find(struct specs *specs, const char *hash, struct spec **spec,
	       char **message);

/* A question; its memory is the asker's until `ready` is called. */
struct spec_request {
	const char *hash; /* borrowed, as is `text`, until `ready` */
	const char *text;
	size_t length;
	void (*ready)(struct spec_request *request);
	void *context;
	struct spec *spec;          /* borrowed until `ready` returns; or… */
	char *message;              /* owned by the asker: why there is none */
	struct spec_request *next;  /* private */
	struct spec_reader *reader; /* private */
};

/*
 * `ready` is called later, never from here. When the server stops, `message`
 * says so and `engine->stopping` is set.
 */
void specs_ask(struct specs *specs, struct spec_request *request);
