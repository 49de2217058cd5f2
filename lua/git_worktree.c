/* Binding: worktrees and submodules of a repository. */
#include <lauxlib.h>

#include "lua/git_options.h"
#include "runtime/base/mem.h"
#include "runtime/git/worktree.h"

struct worktree_job {
	struct git_job job;
	struct worktree_options options;
	struct worktrees worktrees;
	bool force;
};

static void release(struct git_job *job)
{
	worktrees_release(&((struct worktree_job *)job)->worktrees);
}

static int call_list(struct git_job *job, struct repo *repo, struct error **err)
{
	return repo_worktrees(repo, &((struct worktree_job *)job)->worktrees,
			      err);
}

static int push_list(lua_State *L, struct git_job *job)
{
	const struct worktrees *worktrees =
		&((struct worktree_job *)job)->worktrees;

	lua_createtable(L, (int)worktrees->count, 0);
	for (size_t i = 0; i < worktrees->count; i++) {
		const struct worktree *worktree = &worktrees->items[i];

		lua_createtable(L, 0, 6);
		git_set_text(L, "name", worktree->name);
		git_set_text(L, "path", worktree->path);
		git_set_text(L, "branch", worktree->branch);
		if (*worktree->oid)
			git_set_text(L, "oid", worktree->oid);
		git_set_flag(L, "locked", worktree->locked);
		git_set_flag(L, "gone", worktree->gone);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int l_worktrees(lua_State *L)
{
	struct worktree_job *worktree = git_job_sized(L, sizeof(*worktree));

	worktree->job.release = release;
	worktree->job.call = call_list;
	worktree->job.push = push_list;
	return git_job_await(L, &worktree->job);
}

static int call_add(struct git_job *job, struct repo *repo, struct error **err)
{
	struct worktree_options *options =
		&((struct worktree_job *)job)->options;

	job->a = mem_copy(options->dir);
	return repo_worktree_add(repo, options, err);
}

#define FIELD(name) offsetof(struct worktree_job, options.name)

static int l_add_worktree(lua_State *L)
{
	static const struct git_option options[] = {
		{"name", GIT_TEXT, FIELD(name)},
		{"branch", GIT_TEXT, FIELD(branch)},
		{"rev", GIT_TEXT, FIELD(rev)},
		{0}};
	const char *dir = luaL_checkstring(L, 2);
	struct worktree_job *worktree = git_job_sized(L, sizeof(*worktree));

	worktree->options.dir = git_keep_path(&worktree->job, dir);
	git_options_read(L, 3, &worktree->job, options, "a worktree");
	worktree->job.call = call_add;
	worktree->job.push = git_push_text;
	return git_job_await(L, &worktree->job);
}

#undef FIELD

static int call_remove(struct git_job *job, struct repo *repo,
		       struct error **err)
{
	return repo_worktree_remove(repo, job->a,
				    ((struct worktree_job *)job)->force, err);
}

static int l_remove_worktree(lua_State *L)
{
	static const struct git_option options[] = {
		{"force", GIT_FLAG, offsetof(struct worktree_job, force)}, {0}};
	const char *name = luaL_checkstring(L, 2);
	struct worktree_job *worktree = git_job_sized(L, sizeof(*worktree));

	worktree->job.a = mem_copy(name);
	git_options_read(L, 3, &worktree->job, options, "a worktree");
	worktree->job.call = call_remove;
	worktree->job.push = git_push_nothing;
	return git_job_await(L, &worktree->job);
}

static int call_prune(struct git_job *job, struct repo *repo,
		      struct error **err)
{
	return repo_worktree_prune(repo, &job->limit, err);
}

static int push_count(lua_State *L, struct git_job *job)
{
	lua_pushinteger(L, (lua_Integer)job->limit);
	return 1;
}

static int l_prune_worktrees(lua_State *L)
{
	struct git_job *job = git_job_new(L);

	job->call = call_prune;
	job->push = push_count;
	return git_job_await(L, job);
}

void git_worktree_install(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"worktrees", l_worktrees},
		{"add_worktree", l_add_worktree},
		{"remove_worktree", l_remove_worktree},
		{"prune_worktrees", l_prune_worktrees},
		{NULL, NULL}};

	luaL_setfuncs(L, methods, 0);
}
