#include "lua/git_job.h"

#include <lauxlib.h>
#include <string.h>

void git_set_text(lua_State *L, const char *name, const char *value)
{
	lua_pushstring(L, value);
	lua_setfield(L, -2, name);
}

void git_set_integer(lua_State *L, const char *name, int64_t value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, name);
}

void git_set_flag(lua_State *L, const char *name, bool value)
{
	lua_pushboolean(L, value);
	lua_setfield(L, -2, name);
}

static void set_letter(lua_State *L, const char *name, char value)
{
	lua_pushlstring(L, &value, 1);
	lua_setfield(L, -2, name);
}

static void push_ref(lua_State *L, const char *name, const char *oid)
{
	const char *kind = "other";
	const char *text = name;

	if (strncmp(name, "refs/heads/", 11) == 0) {
		kind = "branch";
		text = name + 11;
	} else if (strncmp(name, "refs/tags/", 10) == 0) {
		kind = "tag";
		text = name + 10;
	} else if (strncmp(name, "refs/remotes/", 13) == 0) {
		text = name + 13;
	}
	lua_createtable(L, 0, 4);
	git_set_text(L, "name", name);
	git_set_text(L, "short", text);
	git_set_text(L, "oid", oid);
	git_set_text(L, "kind", kind);
}

int git_push_refs(lua_State *L, struct git_job *job)
{
	lua_Integer count = 0;

	lua_createtable(L, (int)job->refs.count, 0);
	for (size_t i = 0; i < job->refs.count; i++) {
		const struct ref *ref = &job->refs.items[i];

		if (strncmp(ref->name, job->a, strlen(job->a)) != 0)
			continue;
		push_ref(L, ref->name, ref->oid);
		lua_rawseti(L, -2, ++count);
	}
	return 1;
}

static int push_found(lua_State *L, const struct ref *ref)
{
	if (ref)
		push_ref(L, ref->name, ref->oid);
	else
		lua_pushnil(L);
	return 1;
}

int git_push_ref(lua_State *L, struct git_job *job)
{
	return push_found(L, refs_resolve(&job->refs, job->a));
}

int git_push_head(lua_State *L, struct git_job *job)
{
	const struct refs *refs = &job->refs;

	if (*refs->head_oid)
		push_ref(L, refs->head ? refs->head : "HEAD", refs->head_oid);
	else
		lua_pushnil(L);
	return 1;
}

int git_push_default(lua_State *L, struct git_job *job)
{
	return push_found(L, refs_default(&job->refs));
}

int git_push_ref_map(lua_State *L, struct git_job *job)
{
	lua_createtable(L, 0, (int)job->refs.count);
	for (size_t i = 0; i < job->refs.count; i++)
		git_set_text(L, job->refs.items[i].name,
			     job->refs.items[i].oid);
	lua_pushstring(L, job->refs.head);
	return 2;
}

void git_set_person(lua_State *L, const char *name, const struct person *person)
{
	lua_createtable(L, 0, 4);
	git_set_text(L, "name", person->name);
	git_set_text(L, "email", person->email);
	git_set_integer(L, "time", person->time);
	git_set_integer(L, "offset", person->offset);
	lua_setfield(L, -2, name);
}

static void push_commit(lua_State *L, const struct commit *commit)
{
	lua_createtable(L, 0, 7);
	git_set_text(L, "oid", commit->oid);
	git_set_text(L, "tree", commit->tree);
	git_set_person(L, "author", &commit->author);
	git_set_person(L, "committer", &commit->committer);
	git_set_text(L, "message", commit->message);
	lua_pushlstring(L, commit->message, strcspn(commit->message, "\n"));
	lua_setfield(L, -2, "subject");
	lua_createtable(L, (int)commit->parent_count, 0);
	for (size_t i = 0; i < commit->parent_count; i++) {
		lua_pushstring(L, commit->parents[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_setfield(L, -2, "parents");
}

int git_push_commit(lua_State *L, struct git_job *job)
{
	push_commit(L, &job->commit);
	return 1;
}

int git_push_commits(lua_State *L, struct git_job *job)
{
	lua_createtable(L, (int)job->commits.count, 0);
	for (size_t i = 0; i < job->commits.count; i++) {
		push_commit(L, &job->commits.items[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

int git_push_oid(lua_State *L, struct git_job *job)
{
	lua_pushstring(L, job->oid);
	return 1;
}

static void push_change(lua_State *L, const struct change *change)
{
	lua_createtable(L, 0, 5);
	git_set_text(L, "path", change->path);
	if (change->old_path)
		git_set_text(L, "old_path", change->old_path);
	set_letter(L, "kind", change->kind);
	if (change->insertions >= 0) {
		git_set_integer(L, "insertions", change->insertions);
		git_set_integer(L, "deletions", change->deletions);
	}
}

int git_push_diff(lua_State *L, struct git_job *job)
{
	const struct changes *changes = &job->changes;

	lua_createtable(L, 0, 5);
	lua_createtable(L, (int)changes->count, 0);
	for (size_t i = 0; i < changes->count; i++) {
		push_change(L, &changes->items[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_setfield(L, -2, "files");
	git_set_integer(L, "insertions", changes->insertions);
	git_set_integer(L, "deletions", changes->deletions);
	git_set_flag(L, "truncated", changes->truncated);
	if (*changes->base)
		git_set_text(L, "base", changes->base);
	return 1;
}

int git_push_paths(lua_State *L, struct git_job *job)
{
	lua_createtable(L, (int)job->changes.count, 0);
	for (size_t i = 0; i < job->changes.count; i++) {
		lua_pushstring(L, job->changes.items[i].path);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

int git_push_status(lua_State *L, struct git_job *job)
{
	lua_createtable(L, (int)job->status.count, 0);
	for (size_t i = 0; i < job->status.count; i++) {
		const struct status_entry *entry = &job->status.items[i];

		lua_createtable(L, 0, 3);
		git_set_text(L, "path", entry->path);
		set_letter(L, "index", entry->index);
		set_letter(L, "worktree", entry->worktree);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

int git_push_tags(lua_State *L, struct git_job *job)
{
	lua_createtable(L, (int)job->tags.count, 0);
	for (size_t i = 0; i < job->tags.count; i++) {
		const struct tag *tag = &job->tags.items[i];

		lua_createtable(L, 0, 4);
		git_set_text(L, "name", tag->name);
		git_set_text(L, "oid", tag->oid);
		if (*tag->commit)
			git_set_text(L, "commit", tag->commit);
		if (tag->message)
			git_set_text(L, "message", tag->message);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

int git_push_blob(lua_State *L, struct git_job *job)
{
	lua_pushlstring(L, job->blob.bytes.data, job->blob.bytes.length);
	lua_pushstring(L, job->blob.oid);
	return 2;
}

int git_push_workspace(lua_State *L, struct git_job *job)
{
	lua_createtable(L, 0, 4);
	git_set_text(L, "path", job->b);
	git_set_text(L, "oid", job->workspace.oid);
	git_set_integer(L, "files", (int64_t)job->workspace.files);
	git_set_flag(L, "reused", job->workspace.reused);
	return 1;
}

int git_push_nothing(lua_State *L, struct git_job *job)
{
	(void)L;
	(void)job;
	return 0;
}

int git_push_flag(lua_State *L, struct git_job *job)
{
	lua_pushboolean(L, job->flag);
	return 1;
}

int git_push_text(lua_State *L, struct git_job *job)
{
	lua_pushstring(L, job->a);
	return 1;
}
