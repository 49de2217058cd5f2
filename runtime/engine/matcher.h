/* The matcher: does a trigger want this event, and which filter said so? */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runtime/engine/spec.h"

/* What is known of an event; all borrowed, NULL: does not apply. */
struct subject {
	enum trigger_kind kind;
	const char *ref;    /* push, tag: complete; run: of that run */
	const char *author; /* "Name <mail>" */
	const char *message;
	const char *const *paths; /* that changed */
	size_t path_count;
	bool paths_known;  /* false: everything may have changed */
	const char *name;  /* emit: of the event; run: of the recipe */
	const char *state; /* run: how it ended */
};

enum verdict {
	VERDICT_RUN,
	VERDICT_FILTERED,
	VERDICT_OTHER, /* a trigger for other kinds of events: say nothing */
};

/*
 * Pure. `*reason` gets an owned sentence ("paths: none of 3 changed files
 * match src/ ** "), NULL for VERDICT_OTHER. Lua predicates, quiet periods and
 * keys are not judged here.
 */
enum verdict matcher_judge(const struct trigger *trigger,
			   const struct subject *subject, char **reason);

/* Does judging need subject->paths? */
bool matcher_wants_paths(const struct spec *spec);

/* "refs/heads/main" -> "main"; what is no branch or tag stays as it is. */
const char *ref_short(const char *ref);
bool ref_is_tag(const char *ref);

/*
 * Replace each ${name} of a template by what `lookup` says (NULL: nothing).
 * Owned.
 */
char *template_expand(const char *template,
		      const char *(*lookup)(void *context, const char *name),
		      void *context);
