/* Binding: git repositories, near and far. */
#include <lauxlib.h>

#include "lua/git_features.h"
#include "lua/git_job.h"
#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/task.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"

static void push_cleaned(lua_State *L, const char *path)
{
	char *clean = path_clean(path);

	lua_pushstring(L, clean);
	mem_free(clean);
}

/* Push the repository's table; NULL on failure. */
static int push_repo(lua_State *L, const char *path, struct error **err)
{
	char *absolute = path_absolute(path);
	struct repo *repo = repo_open(absolute, NULL, err);
	const char *workdir;

	mem_free(absolute);
	if (!repo)
		return -1;
	workdir = repo_workdir(repo);
	lua_createtable(L, 0, 3);
	push_cleaned(L, workdir ? workdir : repo_dir(repo));
	lua_setfield(L, -2, "path");
	push_cleaned(L, repo_dir(repo));
	lua_setfield(L, -2, "dir");
	lua_pushboolean(L, workdir == NULL);
	lua_setfield(L, -2, "bare");
	luaL_setmetatable(L, GIT_REPO);
	repo_close(repo);
	return 0;
}

static int l_open(lua_State *L)
{
	const char *path = luaL_optstring(L, 1, ".");
	struct error *err = NULL;

	if (push_repo(L, path, &err) != 0)
		return lerror_raise(L, err);
	return 1;
}

static int push_opened(lua_State *L, struct git_job *job)
{
	struct error *err = NULL;

	if (push_repo(L, job->b, &err) != 0)
		return lerror_raise(L, err);
	return 1;
}

/* A job on a URL: there is no repository yet. */
static struct git_job *new_url_job(lua_State *L, const char *url,
				   const char *dir)
{
	struct git_job *job = task_op(L, sizeof(*job));

	job->work.op.release = git_job_free;
	job->a = mem_copy(url);
	job->b = dir ? path_absolute(dir) : NULL;
	job->push = push_opened;
	return job;
}

static struct remote remote_of(struct git_job *job)
{
	return (struct remote){.url = job->a,
			       .cancelled = &job->work.cancelled};
}

static int call_clone(struct git_job *job, struct repo *repo,
		      struct error **err)
{
	struct remote remote = remote_of(job);
	struct clone_options options = {.branch = job->c, .bare = job->flag};

	(void)repo;
	return remote_clone(&remote, job->b, &options, err);
}

static int l_clone(lua_State *L)
{
	const char *url = luaL_checkstring(L, 1);
	const char *dir = luaL_checkstring(L, 2);
	const char *branch = NULL;
	bool bare = false;
	struct git_job *job;

	if (!lua_isnoneornil(L, 3)) {
		luaL_checktype(L, 3, LUA_TTABLE);
		lua_getfield(L, 3, "bare");
		bare = lua_toboolean(L, -1);
		if (lua_getfield(L, 3, "branch") != LUA_TNIL)
			branch = luaL_checkstring(L, -1);
	}
	job = new_url_job(L, url, dir);
	job->c = mem_copy(branch);
	job->flag = bare;
	job->call = call_clone;
	return git_job_await(L, job);
}

static int call_mirror(struct git_job *job, struct repo *repo,
		       struct error **err)
{
	struct remote remote = remote_of(job);

	(void)repo;
	return remote_mirror(&remote, job->b, err);
}

static int l_mirror(lua_State *L)
{
	const char *url = luaL_checkstring(L, 1);
	const char *dir = luaL_checkstring(L, 2);
	struct git_job *job = new_url_job(L, url, dir);

	job->call = call_mirror;
	return git_job_await(L, job);
}

static int call_remote_refs(struct git_job *job, struct repo *repo,
			    struct error **err)
{
	struct remote remote = remote_of(job);

	(void)repo;
	return remote_refs(&remote, &job->refs, err);
}

static int l_remote_refs(lua_State *L)
{
	const char *url = luaL_checkstring(L, 1);
	struct git_job *job = new_url_job(L, url, NULL);

	job->call = call_remote_refs;
	job->push = git_push_ref_map;
	return git_job_await(L, job);
}

static int l_workspace(lua_State *L)
{
	const char *oid = luaL_checkstring(L, 2);
	const char *dir = luaL_checkstring(L, 3);
	const char *path = lua_type(L, 1) == LUA_TSTRING
				   ? lua_tostring(L, 1)
				   : git_repo_field(L, "path");
	const char *ref = NULL;
	struct git_job *job;

	if (!lua_isnoneornil(L, 4)) {
		luaL_checktype(L, 4, LUA_TTABLE);
		if (lua_getfield(L, 4, "ref") != LUA_TNIL)
			ref = luaL_checkstring(L, -1);
	}
	job = new_url_job(L, oid, dir);
	job->path = path_absolute(path);
	job->c = mem_copy(ref);
	job->call = git_call_workspace;
	job->push = git_push_workspace;
	return git_job_await(L, job);
}

int luaopen_git(lua_State *L)
{
	static const luaL_Reg functions[] = {{"open", l_open},
					     {"clone", l_clone},
					     {"remote_refs", l_remote_refs},
					     {"mirror", l_mirror},
					     {"workspace", l_workspace},
					     {"history", git_history},
					     {"history_csv", git_history_csv},
					     {NULL, NULL}};

	git_repo_install(L);
	luaL_newlib(L, functions);
	return 1;
}
