/* Binding: committing, merging, and single commits onto HEAD. */
#include <lauxlib.h>
#include <string.h>

#include "lua/git_options.h"
#include "runtime/base/mem.h"
#include "runtime/git/commit.h"
#include "runtime/git/merge.h"

struct commit_job {
	struct git_job job;
	struct texts texts;
	struct commit_options options;
};

static int call_add(struct git_job *job, struct repo *repo, struct error **err)
{
	return repo_add(repo, ((struct commit_job *)job)->texts, err);
}

static int l_add(lua_State *L)
{
	struct commit_job *commit = git_job_sized(L, sizeof(*commit));

	commit->texts = git_take_texts(L, 2, &commit->job);
	commit->job.call = call_add;
	commit->job.push = git_push_nothing;
	return git_job_await(L, &commit->job);
}

static int call_commit(struct git_job *job, struct repo *repo,
		       struct error **err)
{
	return repo_commit(repo, &((struct commit_job *)job)->options, job->oid,
			   err);
}

#define FIELD(name) offsetof(struct commit_job, options.name)

int git_make_commit(lua_State *L)
{
	static const struct git_option options[] = {
		{"message", GIT_TEXT, FIELD(message)},
		{"author", GIT_TEXT, FIELD(author)},
		{"committer", GIT_TEXT, FIELD(committer)},
		{"paths", GIT_TEXTS, FIELD(paths)},
		{"all", GIT_FLAG, FIELD(all)},
		{"allow_empty", GIT_FLAG, FIELD(allow_empty)},
		{"amend", GIT_FLAG, FIELD(amend)},
		{0}};
	struct commit_job *commit = git_job_sized(L, sizeof(*commit));

	git_options_read(L, 2, &commit->job, options, "a commit");
	commit->job.call = call_commit;
	commit->job.push = git_push_oid;
	return git_job_await(L, &commit->job);
}

#undef FIELD

struct merge_job {
	struct git_job job;
	struct merge_options options;
	const char *ff;
	struct merge_result result;
};

static int call_merge(struct git_job *job, struct repo *repo,
		      struct error **err)
{
	struct merge_job *merge = (struct merge_job *)job;

	return repo_merge(repo, &merge->options, &merge->result, err);
}

static int push_merge(lua_State *L, struct git_job *job)
{
	static const char *const kinds[] = {
		[MERGE_NOTHING] = "nothing", [MERGE_FORWARD] = "forward",
		[MERGE_COMMIT] = "merge",    [MERGE_SQUASH] = "squash",
		[MERGE_KEPT] = "kept",
	};
	const struct merge_result *result = &((struct merge_job *)job)->result;

	lua_createtable(L, 0, 2);
	git_set_text(L, "kind", kinds[result->kind]);
	git_set_text(L, "oid", result->oid);
	return 1;
}

static enum merge_ff check_ff(lua_State *L, const char *text)
{
	if (!text || strcmp(text, "auto") == 0)
		return MERGE_FF;
	if (strcmp(text, "never") == 0)
		return MERGE_NO_FF;
	if (strcmp(text, "only") != 0)
		luaL_error(L,
			   "option 'ff' of a merge is 'auto', 'never' or "
			   "'only', not '%s'",
			   text);
	return MERGE_FF_ONLY;
}

#define FIELD(name) offsetof(struct merge_job, options.name)

static int l_merge(lua_State *L)
{
	static const struct git_option options[] = {
		{"message", GIT_TEXT, FIELD(message)},
		{"author", GIT_TEXT, FIELD(author)},
		{"ff", GIT_TEXT, offsetof(struct merge_job, ff)},
		{"squash", GIT_FLAG, FIELD(squash)},
		{"keep", GIT_FLAG, FIELD(keep)},
		{"favor", GIT_TEXT, FIELD(favor)},
		{0}};
	const char *rev = luaL_checkstring(L, 2);
	struct merge_job *merge = git_job_sized(L, sizeof(*merge));

	merge->options.rev = git_keep(&merge->job, rev);
	git_options_read(L, 3, &merge->job, options, "a merge");
	merge->options.ff = check_ff(L, merge->ff);
	merge->job.call = call_merge;
	merge->job.push = push_merge;
	return git_job_await(L, &merge->job);
}

#undef FIELD

static int call_base(struct git_job *job, struct repo *repo, struct error **err)
{
	struct texts revs = {(const char *const *)job->paths, job->path_count};
	char oid[OID_HEX + 1];

	for (size_t i = 0; i < revs.count; i++)
		if (repo_resolve(repo, revs.items[i], oid, err) != 0)
			return -1;
	job->maybe = true; /* that there is none is an answer */
	return repo_merge_base(repo, revs, job->oid, err);
}

static int l_merge_base(lua_State *L)
{
	int count = lua_gettop(L) - 1;
	struct git_job *job;

	luaL_argcheck(L, count >= 2, 3, "two commits at least");
	for (int i = 2; i <= count + 1; i++)
		luaL_checkstring(L, i);
	job = git_job_new(L);
	job->paths = mem_array((size_t)count, sizeof(*job->paths));
	for (int i = 0; i < count; i++)
		job->paths[job->path_count++] =
			mem_copy(lua_tostring(L, i + 2));
	job->call = call_base;
	job->push = git_push_oid;
	return git_job_await(L, job);
}

struct distance_job {
	struct git_job job;
	size_t counts[2];
};

static int call_distance(struct git_job *job, struct repo *repo,
			 struct error **err)
{
	return repo_distance(repo, job->a, job->b,
			     ((struct distance_job *)job)->counts, err);
}

static int push_distance(lua_State *L, struct git_job *job)
{
	const size_t *counts = ((struct distance_job *)job)->counts;

	lua_pushinteger(L, (lua_Integer)counts[0]);
	lua_pushinteger(L, (lua_Integer)counts[1]);
	return 2;
}

static int l_ahead_behind(lua_State *L)
{
	const char *rev = luaL_checkstring(L, 2);
	const char *base = luaL_checkstring(L, 3);
	struct distance_job *distance = git_job_sized(L, sizeof(*distance));

	distance->job.a = mem_copy(rev);
	distance->job.b = mem_copy(base);
	distance->job.call = call_distance;
	distance->job.push = push_distance;
	return git_job_await(L, &distance->job);
}

struct pick_job {
	struct git_job job;
	struct pick_options options;
};

static int call_pick(struct git_job *job, struct repo *repo, struct error **err)
{
	return repo_cherry_pick(repo, &((struct pick_job *)job)->options,
				job->oid, err);
}

static int call_revert(struct git_job *job, struct repo *repo,
		       struct error **err)
{
	return repo_revert(repo, &((struct pick_job *)job)->options, job->oid,
			   err);
}

#define FIELD(name) offsetof(struct pick_job, options.name)

static struct git_job *new_pick(lua_State *L, const char *what)
{
	static const struct git_option options[] = {
		{"message", GIT_TEXT, FIELD(message)},
		{"mainline", GIT_COUNT, FIELD(mainline)},
		{"keep", GIT_FLAG, FIELD(keep)},
		{0}};
	const char *rev = luaL_checkstring(L, 2);
	struct pick_job *pick = git_job_sized(L, sizeof(*pick));

	pick->options.rev = git_keep(&pick->job, rev);
	git_options_read(L, 3, &pick->job, options, what);
	pick->job.push = git_push_oid;
	return &pick->job;
}

#undef FIELD

static int l_cherry_pick(lua_State *L)
{
	struct git_job *job = new_pick(L, "a cherry-pick");

	job->call = call_pick;
	return git_job_await(L, job);
}

static int l_revert(lua_State *L)
{
	struct git_job *job = new_pick(L, "a revert");

	job->call = call_revert;
	return git_job_await(L, job);
}

void git_commit_install(lua_State *L)
{
	static const luaL_Reg methods[] = {{"add", l_add},
					   {"merge", l_merge},
					   {"merge_base", l_merge_base},
					   {"ahead_behind", l_ahead_behind},
					   {"cherry_pick", l_cherry_pick},
					   {"revert", l_revert},
					   {NULL, NULL}};

	luaL_setfuncs(L, methods, 0);
}
