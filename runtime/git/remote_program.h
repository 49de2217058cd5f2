/* The git program with a remote: what libgit2 lacks. For this room. */
#pragma once

#include "runtime/git/program.h"
#include "runtime/git/remote.h"

#define REMOTE_ARGS_MAX 16

/*
 * Run `git ARGS…` (ends with NULL) so that it logs in as `remote` says. The
 * secrets are in its environment, never in its arguments. program_release frees
 * the results in any case.
 */
int remote_program(const struct remote *remote, const char *const *args,
		   struct program *program, struct error **err);

/* The same, and a status other than 0 is ERROR_IO: "cannot VERB 'URL': why". */
int remote_program_checked(const struct remote *remote, const char *verb,
			   const char *const *args, struct error **err);
