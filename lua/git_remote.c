/* Binding: remotes of a repository: fetching, pushing, submodules. */
#include "lua/git_remote.h"

#include <lauxlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/push.h"
#include "runtime/git/remotes.h"
#include "runtime/git/submodule.h"

struct exchange_job {
	struct remote_work work;
	struct fetch_options fetch;
	struct push_options push;
	struct submodule_options modules;
	struct ref_changes changes;
	const char *tags;
	bool prune;
};

#define FIELD(name) offsetof(struct exchange_job, name)

static void release_exchange(struct git_job *job)
{
	struct exchange_job *exchange = (struct exchange_job *)job;

	git_remote_release(&exchange->work);
	ref_changes_release(&exchange->changes);
}

static int push_changes(lua_State *L, struct git_job *job)
{
	const struct ref_changes *changes =
		&((struct exchange_job *)job)->changes;

	lua_createtable(L, (int)changes->count, 0);
	for (size_t i = 0; i < changes->count; i++) {
		const struct ref_change *change = &changes->items[i];

		lua_createtable(L, 0, 3);
		git_set_text(L, "name", change->name);
		if (change->old[strspn(change->old, "0")])
			git_set_text(L, "old", change->old);
		if (change->new[strspn(change->new, "0")])
			git_set_text(L, "new", change->new);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static struct exchange_job *new_exchange(lua_State *L)
{
	struct exchange_job *exchange = git_job_sized(L, sizeof(*exchange));

	exchange->work.job.release = release_exchange;
	exchange->work.job.push = push_changes;
	return exchange;
}

static enum fetch_tags check_tags(lua_State *L, const char *text)
{
	if (!text || strcmp(text, "auto") == 0)
		return FETCH_TAGS_AUTO;
	if (strcmp(text, "all") == 0)
		return FETCH_TAGS_ALL;
	if (strcmp(text, "none") != 0)
		luaL_error(L,
			   "option 'tags' of a fetch is 'auto', 'all' or "
			   "'none', not '%s'",
			   text);
	return FETCH_TAGS_NONE;
}

static int call_fetch(struct git_job *job, struct repo *repo,
		      struct error **err)
{
	struct exchange_job *exchange = (struct exchange_job *)job;
	struct remote remote = git_remote_of(&exchange->work, NULL);

	exchange->fetch.keep = !exchange->prune;
	return remote_fetch(repo, &remote, &exchange->fetch, &exchange->changes,
			    err);
}

static int l_fetch(lua_State *L)
{
	static const struct git_option options[] = {
		{"remote", GIT_TEXT, FIELD(fetch.name)},
		{"refspecs", GIT_TEXTS, FIELD(fetch.specs)},
		{"tags", GIT_TEXT, FIELD(tags)},
		{"prune", GIT_FLAG, FIELD(prune)},
		{"depth", GIT_COUNT, FIELD(fetch.depth)},
		GIT_REMOTE_OPTIONS,
		{0}};
	struct exchange_job *exchange = new_exchange(L);

	exchange->prune = true;
	if (lua_type(L, 2) == LUA_TSTRING) {
		exchange->fetch.name = git_text(L, 2, &exchange->work.job);
	} else {
		git_options_read(L, 2, &exchange->work.job, options, "a fetch");
		git_remote_options(L, 2, &exchange->work);
	}
	exchange->fetch.tags = check_tags(L, exchange->tags);
	exchange->work.job.call = call_fetch;
	return git_job_await(L, &exchange->work.job);
}

static int call_push(struct git_job *job, struct repo *repo, struct error **err)
{
	struct exchange_job *exchange = (struct exchange_job *)job;
	struct remote remote = git_remote_of(&exchange->work, NULL);

	return remote_push(repo, &remote, &exchange->push, &exchange->changes,
			   err);
}

static int l_push(lua_State *L)
{
	static const struct git_option options[] = {
		{"remote", GIT_TEXT, FIELD(push.name)},
		{"refspecs", GIT_TEXTS, FIELD(push.specs)},
		{"delete", GIT_TEXTS, FIELD(push.remove)},
		{"force", GIT_FLAG, FIELD(push.force)},
		{"lease", GIT_FLAG, FIELD(push.lease)},
		{"tags", GIT_FLAG, FIELD(push.tags)},
		{"set_upstream", GIT_FLAG, FIELD(push.upstream)},
		GIT_REMOTE_OPTIONS,
		{0}};
	struct exchange_job *exchange = new_exchange(L);

	git_options_read(L, 2, &exchange->work.job, options, "a push");
	git_remote_options(L, 2, &exchange->work);
	exchange->work.job.call = call_push;
	return git_job_await(L, &exchange->work.job);
}

static int call_update(struct git_job *job, struct repo *repo,
		       struct error **err)
{
	struct exchange_job *exchange = (struct exchange_job *)job;
	struct remote remote = git_remote_of(&exchange->work, NULL);

	return repo_submodules_update(repo, &remote, &exchange->modules, err);
}

static int l_update_submodules(lua_State *L)
{
	static const struct git_option options[] = {
		{"paths", GIT_TEXTS, FIELD(modules.paths)},
		{"recursive", GIT_FLAG, FIELD(modules.recursive)},
		{"allow_local", GIT_FLAG, FIELD(modules.allow_local)},
		GIT_REMOTE_OPTIONS,
		{0}};
	struct exchange_job *exchange = new_exchange(L);

	git_options_read(L, 2, &exchange->work.job, options,
			 "an update of submodules");
	git_remote_options(L, 2, &exchange->work);
	exchange->work.job.call = call_update;
	exchange->work.job.push = git_push_nothing;
	return git_job_await(L, &exchange->work.job);
}

#undef FIELD

struct listing_job {
	struct git_job job;
	struct submodules modules;
	struct remotes remotes;
};

static void release_listing(struct git_job *job)
{
	submodules_release(&((struct listing_job *)job)->modules);
	remotes_release(&((struct listing_job *)job)->remotes);
}

static struct git_job *new_listing(lua_State *L)
{
	struct listing_job *listing = git_job_sized(L, sizeof(*listing));

	listing->job.release = release_listing;
	return &listing->job;
}

static int call_submodules(struct git_job *job, struct repo *repo,
			   struct error **err)
{
	return repo_submodules(repo, &((struct listing_job *)job)->modules,
			       err);
}

static int push_submodules(lua_State *L, struct git_job *job)
{
	const struct submodules *list = &((struct listing_job *)job)->modules;

	lua_createtable(L, (int)list->count, 0);
	for (size_t i = 0; i < list->count; i++) {
		const struct submodule *item = &list->items[i];

		lua_createtable(L, 0, 5);
		git_set_text(L, "name", item->name);
		git_set_text(L, "path", item->path);
		git_set_text(L, "url", item->url);
		if (*item->wanted)
			git_set_text(L, "wanted", item->wanted);
		if (*item->actual)
			git_set_text(L, "actual", item->actual);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int l_submodules(lua_State *L)
{
	struct git_job *job = new_listing(L);

	job->call = call_submodules;
	job->push = push_submodules;
	return git_job_await(L, job);
}

static int call_remotes(struct git_job *job, struct repo *repo,
			struct error **err)
{
	return repo_remotes(repo, &((struct listing_job *)job)->remotes, err);
}

static int push_remotes(lua_State *L, struct git_job *job)
{
	const struct remotes *list = &((struct listing_job *)job)->remotes;

	lua_createtable(L, 0, (int)list->count);
	for (size_t i = 0; i < list->count; i++)
		git_set_text(L, list->items[i].name, list->items[i].url);
	return 1;
}

static int l_remotes(lua_State *L)
{
	struct git_job *job = new_listing(L);

	job->call = call_remotes;
	job->push = push_remotes;
	return git_job_await(L, job);
}

static int call_add_remote(struct git_job *job, struct repo *repo,
			   struct error **err)
{
	return repo_remote_add(repo, job->a, job->b, err);
}

static int call_remove_remote(struct git_job *job, struct repo *repo,
			      struct error **err)
{
	return repo_remote_remove(repo, job->a, err);
}

static int l_add_remote(lua_State *L)
{
	const char *name = luaL_checkstring(L, 2);
	const char *url = luaL_checkstring(L, 3);
	struct git_job *job = git_job_new(L);

	job->a = mem_copy(name);
	job->b = mem_copy(url);
	job->call = call_add_remote;
	job->push = git_push_nothing;
	return git_job_await(L, job);
}

static int l_remove_remote(lua_State *L)
{
	const char *name = luaL_checkstring(L, 2);
	struct git_job *job = git_job_new(L);

	job->a = mem_copy(name);
	job->call = call_remove_remote;
	job->push = git_push_nothing;
	return git_job_await(L, job);
}

void git_remote_install(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"fetch", l_fetch},
		{"push", l_push},
		{"submodules", l_submodules},
		{"update_submodules", l_update_submodules},
		{"remotes", l_remotes},
		{"add_remote", l_add_remote},
		{"remove_remote", l_remove_remote},
		{NULL, NULL}};

	luaL_setfuncs(L, methods, 0);
}
