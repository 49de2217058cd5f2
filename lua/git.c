/* Binding: git repositories, near and far. */
#include <lauxlib.h>

#include "lua/git_features.h"
#include "lua/git_remote.h"
#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/task.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/git/remotes.h"

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
struct url_job {
	struct remote_work work;
	struct clone_options clone;
	bool bare; /* of a new one */
	const char *branch;
};

static void release_url(struct git_job *job)
{
	git_remote_release((struct remote_work *)job);
}

static struct url_job *new_url_job(lua_State *L, const char *url,
				   const char *dir)
{
	struct url_job *made;

	lua_settop(L, 4);
	made = task_op(L, sizeof(*made));
	made->work.job.work.op.release = git_job_free;
	made->work.job.release = release_url;
	made->work.job.a = mem_copy(url);
	made->work.job.b = dir ? path_absolute(dir) : NULL;
	made->work.job.push = push_opened;
	return made;
}

static int call_clone(struct git_job *job, struct repo *repo,
		      struct error **err)
{
	struct url_job *made = (struct url_job *)job;
	struct remote remote = git_remote_of(&made->work, job->a);

	(void)repo;
	return remote_clone(&remote, job->b, &made->clone, err);
}

#define FIELD(name) offsetof(struct url_job, clone.name)

static int l_clone(lua_State *L)
{
	static const struct git_option options[] = {
		{"branch", GIT_TEXT, FIELD(branch)},
		{"bare", GIT_FLAG, FIELD(bare)},
		{"mirror", GIT_FLAG, FIELD(mirror)},
		{"single_branch", GIT_FLAG, FIELD(single_branch)},
		{"depth", GIT_COUNT, FIELD(depth)},
		{"recursive", GIT_FLAG, FIELD(recursive)},
		GIT_REMOTE_OPTIONS,
		{0}};
	const char *url = luaL_checkstring(L, 1);
	const char *dir = luaL_checkstring(L, 2);
	struct url_job *made = new_url_job(L, url, dir);

	git_options_read(L, 3, &made->work.job, options, "a clone");
	git_remote_options(L, 3, &made->work);
	made->work.job.call = call_clone;
	return git_job_await(L, &made->work.job);
}

#undef FIELD

static int call_mirror(struct git_job *job, struct repo *repo,
		       struct error **err)
{
	struct remote remote = git_remote_of((struct remote_work *)job, job->a);

	(void)repo;
	return remote_mirror(&remote, job->b, err);
}

static const struct git_option remote_options[] = {GIT_REMOTE_OPTIONS, {0}};

static int l_mirror(lua_State *L)
{
	const char *url = luaL_checkstring(L, 1);
	const char *dir = luaL_checkstring(L, 2);
	struct url_job *made = new_url_job(L, url, dir);

	git_options_read(L, 3, &made->work.job, remote_options, "a mirror");
	git_remote_options(L, 3, &made->work);
	made->work.job.call = call_mirror;
	return git_job_await(L, &made->work.job);
}

static int call_remote_refs(struct git_job *job, struct repo *repo,
			    struct error **err)
{
	struct remote remote = git_remote_of((struct remote_work *)job, job->a);

	(void)repo;
	return remote_refs(&remote, &job->refs, err);
}

static int l_remote_refs(lua_State *L)
{
	const char *url = luaL_checkstring(L, 1);
	struct url_job *made = new_url_job(L, url, NULL);

	git_options_read(L, 2, &made->work.job, remote_options,
			 "a list of refs");
	git_remote_options(L, 2, &made->work);
	made->work.job.call = call_remote_refs;
	made->work.job.push = git_push_ref_map;
	return git_job_await(L, &made->work.job);
}

static int call_init(struct git_job *job, struct repo *repo, struct error **err)
{
	struct url_job *made = (struct url_job *)job;

	(void)repo;
	return repo_init(job->b, made->bare, made->branch, err);
}

static int l_init(lua_State *L)
{
	static const struct git_option options[] = {
		{"bare", GIT_FLAG, offsetof(struct url_job, bare)},
		{"branch", GIT_TEXT, offsetof(struct url_job, branch)},
		{0}};
	const char *dir = luaL_checkstring(L, 1);
	struct url_job *made = new_url_job(L, NULL, dir);

	git_options_read(L, 2, &made->work.job, options, "a new repository");
	made->work.job.call = call_init;
	return git_job_await(L, &made->work.job);
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
	job = &new_url_job(L, oid, dir)->work.job;
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
					     {"init", l_init},
					     {"progress", git_new_progress},
					     {NULL, NULL}};

	git_repo_install(L);
	git_progress_install(L);
	luaL_newlib(L, functions);
	return 1;
}
