/* Options of git's methods: a table of Lua, read into a C struct. */
#pragma once

#include <lua.h>
#include <stddef.h>

#include "lua/git_job.h"

enum git_option_kind {
	GIT_TEXT,  /* const char *: a string */
	GIT_TEXTS, /* struct texts: a list of strings, or one */
	GIT_FLAG,  /* bool */
	GIT_COUNT, /* size_t: not negative */
	GIT_OTHER, /* left to the caller */
};

/* One key that a table may have, and where in the job its value belongs. */
struct git_option {
	const char *name;
	enum git_option_kind kind;
	size_t offset;
};

/*
 * Read the table at `index`, if there is one, into `job`, which keeps copies.
 * `options` ends with a NULL name. Raises for a key that is none of them, with
 * the nearest right one, and for a value of the wrong kind. `what` is of whom
 * ("a merge"). What is not given stays as it is.
 */
void git_options_read(lua_State *L, int index, struct git_job *job,
		      const struct git_option *options, const char *what);

/* Copy the string, or list of strings, at `index`; nil is an empty list. */
struct texts git_take_texts(lua_State *L, int index, struct git_job *job);

/* A copy that is freed with the job; NULL stays NULL. */
const char *git_keep(struct git_job *job, const char *text);

/* The string at `index`, or NULL for nil and none, kept by the job. */
const char *git_text(lua_State *L, int index, struct git_job *job);

/* A path against the current directory, kept by the job. */
const char *git_keep_path(struct git_job *job, const char *path);
