/* Binding: the stash of a repository, and notes on its commits. */
#include <lauxlib.h>

#include "lua/git_options.h"
#include "runtime/base/mem.h"
#include "runtime/git/notes.h"
#include "runtime/git/stash.h"

struct stash_job {
	struct git_job job;
	struct stash_options options;
	struct stashes stashes;
};

static void release_stashes(struct git_job *job)
{
	stashes_release(&((struct stash_job *)job)->stashes);
}

static int call_stash(struct git_job *job, struct repo *repo,
		      struct error **err)
{
	return repo_stash(repo, &((struct stash_job *)job)->options, job->oid,
			  err);
}

#define FIELD(name) offsetof(struct stash_job, options.name)

static int l_stash(lua_State *L)
{
	static const struct git_option options[] = {
		{"message", GIT_TEXT, FIELD(message)},
		{"untracked", GIT_FLAG, FIELD(untracked)},
		{"keep_index", GIT_FLAG, FIELD(keep_index)},
		{0}};
	struct stash_job *stash = git_job_sized(L, sizeof(*stash));

	git_options_read(L, 2, &stash->job, options, "a stash");
	stash->job.maybe = true; /* nothing to put aside */
	stash->job.call = call_stash;
	stash->job.push = git_push_oid;
	return git_job_await(L, &stash->job);
}

#undef FIELD

static int call_stashes(struct git_job *job, struct repo *repo,
			struct error **err)
{
	return repo_stashes(repo, &((struct stash_job *)job)->stashes, err);
}

static int push_stashes(lua_State *L, struct git_job *job)
{
	const struct stashes *stashes = &((struct stash_job *)job)->stashes;

	lua_createtable(L, (int)stashes->count, 0);
	for (size_t i = 0; i < stashes->count; i++) {
		lua_createtable(L, 0, 2);
		git_set_text(L, "oid", stashes->items[i].oid);
		git_set_text(L, "message", stashes->items[i].message);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int l_stashes(lua_State *L)
{
	struct stash_job *stash = git_job_sized(L, sizeof(*stash));

	stash->job.release = release_stashes;
	stash->job.call = call_stashes;
	stash->job.push = push_stashes;
	return git_job_await(L, &stash->job);
}

static int call_apply(struct git_job *job, struct repo *repo,
		      struct error **err)
{
	return repo_stash_apply(repo, job->limit, job->flag, err);
}

static int call_drop(struct git_job *job, struct repo *repo, struct error **err)
{
	return repo_stash_drop(repo, job->limit, err);
}

/* Scripts count from 1, git from 0. */
static struct git_job *new_numbered(lua_State *L)
{
	lua_Integer at = luaL_optinteger(L, 2, 1);
	struct git_job *job;

	luaL_argcheck(L, at >= 1, 2, "stashes are counted from 1");
	job = git_job_new(L);
	job->limit = (size_t)at - 1;
	job->call = call_apply;
	job->push = git_push_nothing;
	return job;
}

static int l_stash_pop(lua_State *L)
{
	struct git_job *job = new_numbered(L);

	job->flag = true;
	return git_job_await(L, job);
}

static int l_stash_apply(lua_State *L)
{
	return git_job_await(L, new_numbered(L));
}

static int l_stash_drop(lua_State *L)
{
	struct git_job *job = new_numbered(L);

	job->call = call_drop;
	return git_job_await(L, job);
}

struct note_job {
	struct git_job job;
	struct note_place place;
	const char *text;
	bool force;
	struct notes notes;
};

static void release_notes(struct git_job *job)
{
	notes_release(&((struct note_job *)job)->notes);
}

static struct note_job *new_note(lua_State *L, int ref)
{
	const char *rev = luaL_checkstring(L, 2);
	struct note_job *note = git_job_sized(L, sizeof(*note));

	note->place.rev = git_keep(&note->job, rev);
	if (ref)
		note->place.ref = git_text(L, ref, &note->job);
	note->job.push = git_push_nothing;
	return note;
}

static int call_note(struct git_job *job, struct repo *repo, struct error **err)
{
	char oid[OID_HEX + 1];

	job->maybe = false; /* a mistyped commit raises, a missing note not */
	if (repo_resolve(repo, ((struct note_job *)job)->place.rev, oid, err) !=
	    0)
		return -1;
	job->maybe = true;
	return repo_note(repo, &((struct note_job *)job)->place, &job->a, err);
}

static int l_note(lua_State *L)
{
	struct note_job *note = new_note(L, 3);

	note->job.call = call_note;
	note->job.push = git_push_text;
	return git_job_await(L, &note->job);
}

static int call_set_note(struct git_job *job, struct repo *repo,
			 struct error **err)
{
	struct note_job *note = (struct note_job *)job;

	return repo_note_write(repo, &note->place, note->text, note->force,
			       err);
}

static int l_set_note(lua_State *L)
{
	static const struct git_option options[] = {
		{"ref", GIT_TEXT, offsetof(struct note_job, place.ref)},
		{"force", GIT_FLAG, offsetof(struct note_job, force)},
		{0}};
	const char *text = luaL_checkstring(L, 3);
	struct note_job *note = new_note(L, 0);

	note->text = git_keep(&note->job, text);
	git_options_read(L, 4, &note->job, options, "a note");
	note->job.call = call_set_note;
	return git_job_await(L, &note->job);
}

static int call_remove_note(struct git_job *job, struct repo *repo,
			    struct error **err)
{
	return repo_note_remove(repo, &((struct note_job *)job)->place, err);
}

static int l_remove_note(lua_State *L)
{
	struct note_job *note = new_note(L, 3);

	note->job.call = call_remove_note;
	return git_job_await(L, &note->job);
}

static int call_notes(struct git_job *job, struct repo *repo,
		      struct error **err)
{
	struct note_job *note = (struct note_job *)job;

	return repo_notes(repo, note->place.ref, &note->notes, err);
}

static int push_notes(lua_State *L, struct git_job *job)
{
	const struct notes *notes = &((struct note_job *)job)->notes;

	lua_createtable(L, (int)notes->count, 0);
	for (size_t i = 0; i < notes->count; i++) {
		lua_createtable(L, 0, 2);
		git_set_text(L, "oid", notes->items[i].oid);
		git_set_text(L, "text", notes->items[i].text);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int l_notes(lua_State *L)
{
	struct note_job *note = git_job_sized(L, sizeof(*note));

	note->place.ref = git_text(L, 2, &note->job);
	note->job.release = release_notes;
	note->job.call = call_notes;
	note->job.push = push_notes;
	return git_job_await(L, &note->job);
}

void git_stash_install(lua_State *L)
{
	static const luaL_Reg methods[] = {{"stash", l_stash},
					   {"stashes", l_stashes},
					   {"stash_pop", l_stash_pop},
					   {"stash_apply", l_stash_apply},
					   {"stash_drop", l_stash_drop},
					   {"note", l_note},
					   {"notes", l_notes},
					   {"set_note", l_set_note},
					   {"remove_note", l_remove_note},
					   {NULL, NULL}};

	luaL_setfuncs(L, methods, 0);
}
