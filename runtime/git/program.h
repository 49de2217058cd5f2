/* The git program, for what libgit2 lacks; waits for it on a worker thread. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "runtime/base/buf.h"
#include "runtime/base/error.h"

#define PROGRAM_OUTPUT_MAX ((size_t)1024 * 1024)

struct program {
	const char *const *argv;      /* ends with NULL; argv[0] is looked up */
	const char *const *env;       /* "NAME=value", over our own; or NULL */
	const char *input;            /* its standard input; NULL: nothing */
	int64_t patience;             /* ms, then it is killed; 0: no end */
	const atomic_bool *cancelled; /* or NULL: it is killed then */

	int status;       /* result: of its exit; -1: killed */
	struct buf out;   /* result: what it printed, up to the maximum */
	struct buf error; /* the last of what it complained about */
};

/*
 * Run it and wait. A status other than 0 is not a failure. It cannot ask
 * anybody anything: no terminal, no prompts of git's. program_release frees
 * results in any case.
 */
int program_run(struct program *program, struct error **err);
void program_release(struct program *program);

/* Its last complaint in one line, without "fatal: "; borrowed, never NULL. */
const char *program_complaint(struct program *program);
