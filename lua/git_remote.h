/* What all that speak to remotes take: credentials and a progress handle. */
#pragma once

#include "lua/git_options.h"
#include "runtime/git/remote.h"
#include "runtime/git/transfer.h"

#define GIT_PROGRESS "git.Progress" /* metatable of progress handles */

/* A job that speaks to a remote. */
struct remote_work {
	struct git_job job;
	struct login login;
	struct transfer *transfer; /* held, or NULL */
};

/* These two keys of an options table: put them into its list of options. */
#define GIT_REMOTE_OPTIONS                                                     \
	{"credentials", GIT_OTHER, 0},                                         \
	{                                                                      \
		"progress", GIT_OTHER, 0                                       \
	}

/* Read them from the table at `index`, if there is one. */
void git_remote_options(lua_State *L, int index, struct remote_work *work);

/* The remote that `url` is, for the worker. */
struct remote git_remote_of(struct remote_work *work, const char *url);

/* Let go of what is held: for the release of jobs. */
void git_remote_release(struct remote_work *work);

void git_progress_install(lua_State *L); /* makes the metatable */
int git_new_progress(lua_State *L);      /* git.progress */

void git_remote_install(lua_State *L); /* methods of the table at the top */
