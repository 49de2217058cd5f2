/* Binding: branches of a repository, and where HEAD is. */
#include <lauxlib.h>

#include "lua/git_options.h"
#include "runtime/base/mem.h"
#include "runtime/git/branch.h"

struct branch_job {
	struct git_job job;
	struct branches branches;
	struct branch_options make;
	struct switch_options go;
	bool remote;
	bool force;
};

static struct branch_job *new_job(lua_State *L,
				  int (*call)(struct git_job *, struct repo *,
					      struct error **),
				  int (*push)(lua_State *, struct git_job *))
{
	struct branch_job *branch = git_job_sized(L, sizeof(*branch));

	branch->job.call = call;
	branch->job.push = push;
	return branch;
}

static void release(struct git_job *job)
{
	branches_release(&((struct branch_job *)job)->branches);
}

static int call_list(struct git_job *job, struct repo *repo, struct error **err)
{
	struct branch_job *branch = (struct branch_job *)job;

	return repo_branches(repo, branch->remote, &branch->branches, err);
}

static int push_list(lua_State *L, struct git_job *job)
{
	const struct branches *branches = &((struct branch_job *)job)->branches;

	lua_createtable(L, (int)branches->count, 0);
	for (size_t i = 0; i < branches->count; i++) {
		const struct branch *branch = &branches->items[i];

		lua_createtable(L, 0, 5);
		git_set_text(L, "name", branch->name);
		git_set_text(L, "oid", branch->oid);
		git_set_text(L, "upstream", branch->upstream);
		git_set_flag(L, "current", branch->current);
		git_set_flag(L, "remote", branch->remote);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int l_branches(lua_State *L)
{
	static const struct git_option options[] = {
		{"remote", GIT_FLAG, offsetof(struct branch_job, remote)}, {0}};
	struct branch_job *branch = new_job(L, call_list, push_list);

	branch->job.release = release;
	git_options_read(L, 2, &branch->job, options, "a list of branches");
	return git_job_await(L, &branch->job);
}

static int call_current(struct git_job *job, struct repo *repo,
			struct error **err)
{
	return repo_branch(repo, &job->a, err);
}

static int l_branch(lua_State *L)
{
	return git_job_await(L, &new_job(L, call_current, git_push_text)->job);
}

static int call_create(struct git_job *job, struct repo *repo,
		       struct error **err)
{
	return repo_branch_create(repo, &((struct branch_job *)job)->make,
				  job->oid, err);
}

static int l_create_branch(lua_State *L)
{
	static const struct git_option options[] = {
		{"force", GIT_FLAG, offsetof(struct branch_job, make.force)},
		{0}};
	const char *name = luaL_checkstring(L, 2);
	struct branch_job *branch = new_job(L, call_create, git_push_oid);

	branch->make.name = git_keep(&branch->job, name);
	branch->make.rev = git_text(L, 3, &branch->job);
	git_options_read(L, 4, &branch->job, options, "a new branch");
	return git_job_await(L, &branch->job);
}

static int call_delete(struct git_job *job, struct repo *repo,
		       struct error **err)
{
	return repo_branch_delete(repo, job->a,
				  ((struct branch_job *)job)->force, err);
}

static const struct git_option force_only[] = {
	{"force", GIT_FLAG, offsetof(struct branch_job, force)}, {0}};

static int l_delete_branch(lua_State *L)
{
	const char *name = luaL_checkstring(L, 2);
	struct branch_job *branch = new_job(L, call_delete, git_push_nothing);

	branch->job.a = mem_copy(name);
	git_options_read(L, 3, &branch->job, force_only,
			 "a branch that is deleted");
	return git_job_await(L, &branch->job);
}

static int call_rename(struct git_job *job, struct repo *repo,
		       struct error **err)
{
	return repo_branch_rename(repo, job->a, job->b,
				  ((struct branch_job *)job)->force, err);
}

static int l_rename_branch(lua_State *L)
{
	const char *name = luaL_checkstring(L, 2);
	const char *new = luaL_checkstring(L, 3);
	struct branch_job *branch = new_job(L, call_rename, git_push_nothing);

	branch->job.a = mem_copy(name);
	branch->job.b = mem_copy(new);
	git_options_read(L, 4, &branch->job, force_only,
			 "a branch that is renamed");
	return git_job_await(L, &branch->job);
}

static int call_track(struct git_job *job, struct repo *repo,
		      struct error **err)
{
	return repo_branch_track(repo, job->a, job->b, err);
}

static int l_set_upstream(lua_State *L)
{
	const char *name = luaL_checkstring(L, 2);
	const char *upstream = luaL_optstring(L, 3, NULL);
	struct git_job *job = git_job_new(L);

	job->a = mem_copy(name);
	job->b = mem_copy(upstream);
	job->call = call_track;
	job->push = git_push_nothing;
	return git_job_await(L, job);
}

static int call_switch(struct git_job *job, struct repo *repo,
		       struct error **err)
{
	return repo_switch(repo, &((struct branch_job *)job)->go, err);
}

static int l_switch(lua_State *L)
{
	static const struct git_option options[] = {
		{"create", GIT_FLAG, offsetof(struct branch_job, go.create)},
		{"rev", GIT_TEXT, offsetof(struct branch_job, go.rev)},
		{"detach", GIT_FLAG, offsetof(struct branch_job, go.detach)},
		{"force", GIT_FLAG, offsetof(struct branch_job, go.force)},
		{0}};
	const char *name = luaL_checkstring(L, 2);
	struct branch_job *branch = new_job(L, call_switch, git_push_nothing);

	branch->go.name = git_keep(&branch->job, name);
	git_options_read(L, 3, &branch->job, options, "a switch");
	return git_job_await(L, &branch->job);
}

static int call_delete_tag(struct git_job *job, struct repo *repo,
			   struct error **err)
{
	return repo_tag_delete(repo, job->a, err);
}

static int l_delete_tag(lua_State *L)
{
	const char *name = luaL_checkstring(L, 2);
	struct git_job *job = git_job_new(L);

	job->a = mem_copy(name);
	job->call = call_delete_tag;
	job->push = git_push_nothing;
	return git_job_await(L, job);
}

void git_branch_install(lua_State *L)
{
	static const luaL_Reg methods[] = {{"branches", l_branches},
					   {"branch", l_branch},
					   {"create_branch", l_create_branch},
					   {"delete_branch", l_delete_branch},
					   {"rename_branch", l_rename_branch},
					   {"set_upstream", l_set_upstream},
					   {"switch", l_switch},
					   {"delete_tag", l_delete_tag},
					   {NULL, NULL}};

	luaL_setfuncs(L, methods, 0);
}
