#include "lua/git_job.h"

#include <lauxlib.h>
#include <string.h>

#include "lua/lerror.h"
#include "lua/task.h"
#include "runtime/base/mem.h"

#define ARGUMENTS_MAX 6

/* Say why a commit is missing, which is no fault of the repository. */
static void explain(struct repo *repo, struct error **err)
{
	if (*err && strstr((*err)->message, "object not found") &&
	    repo_is_shallow(repo))
		error_wrap(err,
			   "'%s' is a shallow clone, and this needs more of "
			   "its history (fetch with a greater depth)",
			   repo_dir(repo));
}

static void run(struct work *work)
{
	struct git_job *job = (struct git_job *)work;
	struct error **err = &work->op.error;
	struct repo *repo = NULL;

	if (job->needs_repo) {
		repo = repo_open(job->path, &work->cancelled, err);
		if (!repo)
			return;
	}
	job->call(job, repo, err);
	if (repo)
		explain(repo, err);
	repo_close(repo);
}

void git_job_free(struct op *op)
{
	struct git_job *job = (struct git_job *)op;

	if (job->release)
		job->release(job);
	job->release = NULL;
	git_release_kept(job);
	mem_free(job->path);
	mem_free(job->a);
	mem_free(job->b);
	mem_free(job->c);
	job->path = job->a = job->b = job->c = NULL;
	for (size_t i = 0; i < job->path_count; i++)
		mem_free(job->paths[i]);
	mem_free(job->paths);
	job->paths = NULL;
	job->path_count = 0;
	refs_release(&job->refs);
	commit_release(&job->commit);
	commits_release(&job->commits);
	changes_release(&job->changes);
	status_release(&job->status);
	tags_release(&job->tags);
	blob_release(&job->blob);
}

static int finished(lua_State *L, int status, lua_KContext context)
{
	struct git_job *job = task_awaited_quietly(L, context);
	struct error *err = job->work.op.error;

	(void)status;
	if (err && job->maybe && err->code == ERROR_NOT_FOUND) {
		lua_pushnil(L);
		return 1;
	}
	if (err) {
		job->work.op.error = NULL;
		return lerror_raise(L, err);
	}
	return job->push(L, job);
}

/* The string in field `name` of the repository at index 1; borrowed. */
const char *git_repo_field(lua_State *L, const char *name)
{
	const char *value;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_getfield(L, 1, name);
	value = lua_tostring(L, -1);
	if (!value)
		luaL_argerror(L, 1, "git.Repo expected (call with ':')");
	lua_pop(L, 1); /* its table keeps it */
	return value;
}

void *git_job_sized(lua_State *L, size_t size)
{
	const char *path = git_repo_field(L, "path");
	struct git_job *job;

	/* So that arguments left out are nil, not what comes now. */
	if (lua_gettop(L) < ARGUMENTS_MAX)
		lua_settop(L, ARGUMENTS_MAX);
	job = task_op(L, size);

	job->work.op.release = git_job_free;
	job->path = mem_copy(path);
	job->needs_repo = true;
	return job;
}

struct git_job *git_job_new(lua_State *L)
{
	return git_job_sized(L, sizeof(struct git_job));
}

int git_job_await(lua_State *L, struct git_job *job)
{
	work_start(&job->work, task_loop(L), run);
	return task_await(L, &job->work.op, finished);
}

int git_call_workspace(struct git_job *job, struct repo *repo,
		       struct error **err)
{
	struct workspace workspace = {.source = job->path,
				      .oid = job->a,
				      .dir = job->b,
				      .ref = job->c,
				      .cancelled = &job->work.cancelled};

	(void)repo;
	return workspace_make(&workspace, &job->workspace, err);
}
