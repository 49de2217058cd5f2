/* Binding: the features of commits, as rows or as comma-separated values. */
#include <lauxlib.h>

#include "lua/git_features.h"
#include "lua/git_options.h"
#include "lua/lbuf.h"
#include "lua/task.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/git/features.h"

#define CSV_MAX ((size_t)1 << 30)

struct features_job {
	struct git_job job;
	const char *range;
	const char *cache;
	bool no_cache;
	bool messages;
	bool as_csv;
	struct features features;
	struct buf csv;
};

static void release(struct git_job *job)
{
	struct features_job *mine = (struct features_job *)job;

	features_release(&mine->features);
	buf_release(&mine->csv);
}

static int call(struct git_job *job, struct repo *repo, struct error **err)
{
	struct features_job *mine = (struct features_job *)job;
	struct features_query query = {.range = mine->range,
				       .cache = mine->no_cache ? ""
							       : mine->cache,
				       .messages = mine->messages};

	if (features_read(repo, &query, &mine->features, err) != 0)
		return -1;
	if (mine->as_csv && features_csv(&mine->features, &mine->csv) != 0)
		return error_set(err, ERROR_LIMIT,
				 "the features take more than %zu bytes",
				 CSV_MAX);
	return 0;
}

static void set_integer(lua_State *L, const char *name, lua_Integer value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, name);
}

static void set_number(lua_State *L, const char *name, lua_Number value)
{
	lua_pushnumber(L, value);
	lua_setfield(L, -2, name);
}

static void push_files(lua_State *L, const struct history *history,
		       const struct revision *revision)
{
	const struct touch *touches = history->touches + revision->touch;

	lua_createtable(L, (int)revision->touch_count, 0);
	for (uint32_t i = 0; i < revision->touch_count; i++) {
		const struct touch *touch = &touches[i];

		lua_createtable(L, 0, 4);
		git_set_text(L, "path", history_name(history, touch->path));
		if (touch->old_path != touch->path)
			git_set_text(L, "old_path",
				     history_name(history, touch->old_path));
		set_integer(L, "added", touch->added);
		set_integer(L, "deleted", touch->deleted);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

static void set_features(lua_State *L, const struct feature_row *row)
{
	set_integer(L, "ns", row->ns);
	set_integer(L, "nd", row->nd);
	set_integer(L, "nf", row->nf);
	set_number(L, "entropy", row->entropy);
	set_integer(L, "la", (lua_Integer)row->la);
	set_integer(L, "ld", (lua_Integer)row->ld);
	set_number(L, "lt", row->lt);
	lua_pushboolean(L, row->fix);
	lua_setfield(L, -2, "fix");
	set_integer(L, "ndev", row->ndev);
	set_number(L, "age", row->age);
	set_integer(L, "nuc", row->nuc);
	set_integer(L, "exp", row->exp);
	set_number(L, "rexp", row->rexp);
	set_integer(L, "sexp", row->sexp);
}

static void push_row(lua_State *L, const struct features *features,
		     uint32_t number)
{
	const struct history *history = &features->history;
	const struct feature_row *row = &features->rows[number];
	const struct revision *revision = &history->revisions[row->revision];
	char oid[OID_HEX + 1];

	history_hex(revision, oid);
	lua_createtable(L, 0, 22);
	git_set_text(L, "commit", oid);
	git_set_text(L, "name", history_name(history, revision->name));
	git_set_text(L, "email", history_name(history, revision->email));
	git_set_text(L, "subject", history_name(history, revision->subject));
	set_integer(L, "author_time", revision->author_time);
	set_integer(L, "commit_time", revision->commit_time);
	set_features(L, row);
	if (features->messages)
		git_set_text(L, "message", features->messages[number]);
	push_files(L, history, revision);
	lua_setfield(L, -2, "files");
}

static int push_rows(lua_State *L, struct git_job *job)
{
	const struct features *features =
		&((struct features_job *)job)->features;

	lua_createtable(L, (int)features->count, 0);
	for (uint32_t i = 0; i < features->count; i++) {
		push_row(L, features, i);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int push_csv(lua_State *L, struct git_job *job)
{
	struct features_job *mine = (struct features_job *)job;

	lua_pushlstring(L, mine->csv.data, mine->csv.length);
	buf_release(&mine->csv);
	return 1;
}

static int start(lua_State *L, bool as_csv)
{
	static const struct git_option options[] = {
		{"range", GIT_TEXT, offsetof(struct features_job, range)},
		{"cache", GIT_TEXT, offsetof(struct features_job, cache)},
		{"no_cache", GIT_FLAG, offsetof(struct features_job, no_cache)},
		{"messages", GIT_FLAG, offsetof(struct features_job, messages)},
		{NULL, GIT_FLAG, 0}};
	const char *path = lua_type(L, 1) == LUA_TSTRING
				   ? lua_tostring(L, 1)
				   : git_repo_field(L, "path");
	struct features_job *mine;

	lua_settop(L, 2);
	mine = task_op(L, sizeof(*mine));
	mine->job.work.op.release = git_job_free;
	mine->job.release = release;
	buf_init(&mine->csv, CSV_MAX);
	mine->job.path = path_absolute(path);
	mine->job.needs_repo = true;
	git_options_read(L, 2, &mine->job, options, "a history");
	if (mine->cache)
		mine->cache = git_keep_path(&mine->job, mine->cache);
	mine->as_csv = as_csv;
	mine->job.call = call;
	mine->job.push = as_csv ? push_csv : push_rows;
	return git_job_await(L, &mine->job);
}

int git_history(lua_State *L)
{
	return start(L, false);
}

int git_history_csv(lua_State *L)
{
	return start(L, true);
}
