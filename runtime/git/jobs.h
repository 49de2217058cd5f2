/* Git on the thread pool: each function of this room as an operation. */
#pragma once

#include "runtime/git/history.h"
#include "runtime/git/remote.h"
#include "runtime/git/repo.h"
#include "runtime/git/workspace.h"
#include "runtime/loop/work.h"

/*
 * Each job is zeroed memory of the caller. The start copies its arguments, so
 * they need not outlive the call, and fills work.op.release, which the caller
 * calls after done to free arguments and results. Set work.op.done before.
 */
struct refs_job {
	struct work work;
	char *path; /* owned, like all strings of jobs */
	struct refs refs;
};
void refs_start(struct refs_job *job, uv_loop_t *loop, const char *path);

struct facts_job {
	struct work work;
	char *path;
	char *old;
	char *new;
	struct facts facts;
};
void facts_start(struct facts_job *job, uv_loop_t *loop, const char *path,
		 const char *old, const char *new);

struct blob_job {
	struct work work;
	char *path;
	char *oid;
	char *name;
	struct blob blob;
};
void blob_start(struct blob_job *job, uv_loop_t *loop, const char *path,
		const char *oid, const char *name);

/* Read a remote's refs; with `dir`, also bring that mirror up to date. */
struct remote_job {
	struct work work;
	char *url;
	char *dir;
	struct refs refs; /* of the remote, or of the mirror afterwards */
};
void remote_start(struct remote_job *job, uv_loop_t *loop, const char *url,
		  const char *dir);

struct workspace_job {
	struct work work;
	struct workspace workspace; /* strings owned */
	struct workspace_result result;
};
void workspace_start(struct workspace_job *job, uv_loop_t *loop,
		     const struct workspace *workspace);
