/* One wait of the git module, and how its results become Lua values. */
#pragma once

#include <lua.h>

#include "runtime/git/jobs.h"

#define GIT_REPO "git.Repo" /* metatable of repositories */

struct git_kept;

struct git_job {
	struct work work;
	bool needs_repo; /* `call` gets `path` opened */
	bool maybe;      /* "not found" is nil, not an error */
	int (*call)(struct git_job *job, struct repo *repo, struct error **err);
	int (*push)(lua_State *L, struct git_job *job);
	void (*release)(struct git_job *job); /* of what `call` made, or NULL */
	struct git_kept *kept;                /* copies of arguments */
	char *path; /* owned, like all strings; the others mean what call says
		     */
	char *a;
	char *b;
	char *c;
	char **paths;
	size_t path_count;
	size_t limit;
	bool flag;
	char oid[OID_HEX + 1];
	struct refs refs;
	struct commit commit;
	struct commits commits;
	struct changes changes;
	struct status status;
	struct tags tags;
	struct blob blob;
	struct workspace_result workspace;
};

void git_job_free(struct op *op); /* op.release of every job */

/* The string in field `name` of the repository at index 1; borrowed. */
const char *git_repo_field(lua_State *L, const char *name);

/* A job on the repository at index 1, which stays at the stack's top. */
struct git_job *git_job_new(lua_State *L);

/* The same for a bigger struct that begins with a struct git_job. */
void *git_job_sized(lua_State *L, size_t size);

/* Free what git_keep copied. */
void git_release_kept(struct git_job *job);

/* Run `call` on the pool, then `push`; ends the calling C function. */
int git_job_await(lua_State *L, struct git_job *job);

/* Commit `a` of repository `path` to folder `b`, on ref `c` or NULL. */
int git_call_workspace(struct git_job *job, struct repo *repo,
		       struct error **err);

void git_repo_install(lua_State *L); /* makes the metatable */

/* Each adds its methods to the table at the top. */
void git_branch_install(lua_State *L);
void git_commit_install(lua_State *L);
void git_stash_install(lua_State *L);
void git_look_install(lua_State *L);
void git_worktree_install(lua_State *L);

int git_make_commit(lua_State *L); /* repo:commit with a table */

/* Each pushes the results of `job` and returns their number. */
int git_push_refs(lua_State *L, struct git_job *job);
int git_push_ref(lua_State *L, struct git_job *job);
int git_push_head(lua_State *L, struct git_job *job);
int git_push_default(lua_State *L, struct git_job *job);
int git_push_ref_map(lua_State *L, struct git_job *job);
int git_push_commit(lua_State *L, struct git_job *job);
int git_push_commits(lua_State *L, struct git_job *job);
int git_push_oid(lua_State *L, struct git_job *job);
int git_push_diff(lua_State *L, struct git_job *job);
int git_push_paths(lua_State *L, struct git_job *job);
int git_push_status(lua_State *L, struct git_job *job);
int git_push_tags(lua_State *L, struct git_job *job);
int git_push_blob(lua_State *L, struct git_job *job);
int git_push_workspace(lua_State *L, struct git_job *job);
int git_push_nothing(lua_State *L, struct git_job *job);
int git_push_flag(lua_State *L, struct git_job *job);
int git_push_text(lua_State *L, struct git_job *job); /* `a`, or nil */

/* Set a field of the table at the top; NULL is no field. */
void git_set_text(lua_State *L, const char *name, const char *value);
void git_set_integer(lua_State *L, const char *name, int64_t value);
void git_set_flag(lua_State *L, const char *name, bool value);
void git_set_person(lua_State *L, const char *name,
		    const struct person *person);
