/* Binding: the methods of a git repository, each one job on the pool. */
#include <lauxlib.h>

#include "lua/git_options.h"
#include "lua/git_remote.h"
#include "lua/lerror.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"

#define STATUS_MAX 10000

static int call_refs(struct git_job *job, struct repo *repo, struct error **err)
{
	(void)repo;
	return refs_read(job->path, REFS_ALL, &job->refs, err);
}

static int l_refs(lua_State *L)
{
	const char *prefix = luaL_optstring(L, 2, "refs/");
	struct git_job *job = git_job_new(L);

	job->a = mem_copy(prefix);
	job->needs_repo = false;
	job->call = call_refs;
	job->push = git_push_refs;
	return git_job_await(L, job);
}

static int one_ref(lua_State *L, const char *name,
		   int (*push)(lua_State *, struct git_job *))
{
	struct git_job *job = git_job_new(L);

	job->a = mem_copy(name);
	job->needs_repo = false;
	job->call = call_refs;
	job->push = push;
	return git_job_await(L, job);
}

static int l_ref(lua_State *L)
{
	return one_ref(L, luaL_checkstring(L, 2), git_push_ref);
}

static int l_head(lua_State *L)
{
	return one_ref(L, NULL, git_push_head);
}

static int l_default_branch(lua_State *L)
{
	return one_ref(L, NULL, git_push_default);
}

static int call_log(struct git_job *job, struct repo *repo, struct error **err)
{
	struct log_query query = {
		.from = job->a,
		.to = job->b,
		.limit = job->limit,
		.paths = (const char *const *)job->paths,
		.path_count = job->path_count,
	};

	return log_read(repo, &query, &job->commits, err);
}

static void take_paths(lua_State *L, int index, struct git_job *job)
{
	size_t count = lua_rawlen(L, index);

	job->paths = mem_array(count + 1, sizeof(*job->paths));
	for (size_t i = 0; i < count; i++) {
		lua_rawgeti(L, index, (lua_Integer)i + 1);
		if (lua_type(L, -1) == LUA_TSTRING)
			job->paths[job->path_count++] =
				mem_copy(lua_tostring(L, -1));
		lua_pop(L, 1);
	}
}

static int l_log(lua_State *L)
{
	const char *from = NULL;
	const char *to = NULL;
	lua_Integer limit = 0;
	struct git_job *job;

	lua_settop(L, 2);
	if (lua_isnil(L, 2)) {
		lua_newtable(L);
		lua_replace(L, 2);
	}
	luaL_checktype(L, 2, LUA_TTABLE);
	if (lua_getfield(L, 2, "from") != LUA_TNIL)
		from = luaL_checkstring(L, -1);
	if (lua_getfield(L, 2, "to") != LUA_TNIL)
		to = luaL_checkstring(L, -1);
	if (lua_getfield(L, 2, "limit") != LUA_TNIL)
		limit = luaL_checkinteger(L, -1);
	luaL_argcheck(L, limit >= 0, 2, "limit must not be negative");
	if (lua_getfield(L, 2, "paths") != LUA_TNIL)
		luaL_checktype(L, -1, LUA_TTABLE);
	job = git_job_new(L);
	job->a = mem_copy(from);
	job->b = mem_copy(to);
	job->limit = (size_t)limit;
	if (lua_istable(L, 6))
		take_paths(L, 6, job);
	job->call = call_log;
	job->push = git_push_commits;
	return git_job_await(L, job);
}

static int call_commit(struct git_job *job, struct repo *repo,
		       struct error **err)
{
	return commit_read(repo, job->a, &job->commit, err);
}

static int l_commit(lua_State *L)
{
	const char *rev;
	struct git_job *job;

	if (lua_istable(L, 2))
		return git_make_commit(L);
	rev = luaL_checkstring(L, 2);
	job = git_job_new(L);

	job->a = mem_copy(rev);
	job->maybe = true;
	job->call = call_commit;
	job->push = git_push_commit;
	return git_job_await(L, job);
}

static int call_resolve(struct git_job *job, struct repo *repo,
			struct error **err)
{
	return repo_resolve(repo, job->a, job->oid, err);
}

static int l_resolve(lua_State *L)
{
	const char *rev = luaL_checkstring(L, 2);
	struct git_job *job = git_job_new(L);

	job->a = mem_copy(rev);
	job->call = call_resolve;
	job->push = git_push_oid;
	return git_job_await(L, job);
}

static int call_changes(struct git_job *job, struct repo *repo,
			struct error **err)
{
	struct changes_query query = {.old = job->a,
				      .new = job->b,
				      .merge_base = !job->flag,
				      .lines = job->flag};
	char oid[OID_HEX + 1];

	/* A mistyped `from` is an error here, unlike after a push. */
	if (job->a && repo_resolve(repo, job->a, oid, err) != 0)
		return -1;
	return changes_read(repo, &query, &job->changes, err);
}

static int l_diff(lua_State *L)
{
	const char *from = luaL_checkstring(L, 2);
	const char *to = luaL_optstring(L, 3, "HEAD");
	struct git_job *job = git_job_new(L);

	job->a = mem_copy(from);
	job->b = mem_copy(to);
	job->flag = true;
	job->call = call_changes;
	job->push = git_push_diff;
	return git_job_await(L, job);
}

static int l_changed(lua_State *L)
{
	const char *from = luaL_optstring(L, 2, NULL);
	const char *to = luaL_optstring(L, 3, "HEAD");
	struct git_job *job = git_job_new(L);

	job->a = mem_copy(from);
	job->b = mem_copy(to);
	job->call = call_changes;
	job->push = git_push_paths;
	return git_job_await(L, job);
}

static int call_status(struct git_job *job, struct repo *repo,
		       struct error **err)
{
	return repo_status(repo, STATUS_MAX, &job->status, err);
}

static int l_status(lua_State *L)
{
	struct git_job *job = git_job_new(L);

	job->call = call_status;
	job->push = git_push_status;
	return git_job_await(L, job);
}

static int call_tag(struct git_job *job, struct repo *repo, struct error **err)
{
	struct tag_options options = {
		.name = job->a,
		.target = job->b,
		.message = job->c,
		.force = job->flag,
	};

	return repo_tag(repo, &options, job->oid, err);
}

static int l_tag(lua_State *L)
{
	const char *name = luaL_checkstring(L, 2);
	const char *rev = luaL_optstring(L, 3, NULL);
	static const struct git_option options[] = {
		{"force", GIT_FLAG, offsetof(struct git_job, flag)}, {0}};
	const char *message = luaL_optstring(L, 4, NULL);
	struct git_job *job = git_job_new(L);

	git_options_read(L, 5, job, options, "a tag");
	job->a = mem_copy(name);
	job->b = mem_copy(rev);
	job->c = mem_copy(message);
	job->call = call_tag;
	job->push = git_push_oid;
	return git_job_await(L, job);
}

static int call_tags(struct git_job *job, struct repo *repo, struct error **err)
{
	return repo_tags(repo, &job->tags, err);
}

static int l_tags(lua_State *L)
{
	struct git_job *job = git_job_new(L);

	job->call = call_tags;
	job->push = git_push_tags;
	return git_job_await(L, job);
}

static int call_file(struct git_job *job, struct repo *repo, struct error **err)
{
	char oid[OID_HEX + 1];

	job->maybe = false; /* a mistyped commit raises, a missing file not */
	if (repo_resolve(repo, job->a, oid, err) != 0)
		return -1;
	job->maybe = true;
	return repo_blob(repo, oid, job->b, &job->blob, err);
}

static int l_file(lua_State *L)
{
	const char *rev = luaL_checkstring(L, 2);
	const char *path = luaL_checkstring(L, 3);
	struct git_job *job = git_job_new(L);

	job->a = mem_copy(rev);
	job->b = mem_copy(path);
	job->call = call_file;
	job->push = git_push_blob;
	return git_job_await(L, job);
}

static int call_is_ancestor(struct git_job *job, struct repo *repo,
			    struct error **err)
{
	int status = repo_is_ancestor(repo, job->a, job->b, err);

	job->flag = status == 1;
	return status < 0 ? -1 : 0;
}

static int l_is_ancestor(lua_State *L)
{
	const char *ancestor = luaL_checkstring(L, 2);
	const char *rev = luaL_optstring(L, 3, "HEAD");
	struct git_job *job = git_job_new(L);

	job->a = mem_copy(ancestor);
	job->b = mem_copy(rev);
	job->call = call_is_ancestor;
	job->push = git_push_flag;
	return git_job_await(L, job);
}

static int l_checkout(lua_State *L)
{
	const char *rev = luaL_checkstring(L, 2);
	const char *dir = luaL_checkstring(L, 3);
	struct git_job *job = git_job_new(L);

	job->a = mem_copy(rev);
	job->b = path_absolute(dir);
	job->needs_repo = false;
	job->call = git_call_workspace;
	job->push = git_push_workspace;
	return git_job_await(L, job);
}

void git_repo_install(lua_State *L)
{
	static const luaL_Reg methods[] = {{"refs", l_refs},
					   {"ref", l_ref},
					   {"head", l_head},
					   {"default_branch", l_default_branch},
					   {"log", l_log},
					   {"commit", l_commit},
					   {"resolve", l_resolve},
					   {"diff", l_diff},
					   {"changed", l_changed},
					   {"status", l_status},
					   {"tag", l_tag},
					   {"tags", l_tags},
					   {"checkout", l_checkout},
					   {"file", l_file},
					   {"is_ancestor", l_is_ancestor},
					   {NULL, NULL}};

	luaL_newmetatable(L, GIT_REPO);
	luaL_newlib(L, methods);
	git_branch_install(L);
	git_commit_install(L);
	git_stash_install(L);
	git_look_install(L);
	git_worktree_install(L);
	git_remote_install(L);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
}
