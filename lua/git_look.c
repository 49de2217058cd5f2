/* Binding: looking closer: blame, describe, trees, patches, single files. */
#include <lauxlib.h>

#include "lua/git_options.h"
#include "runtime/base/mem.h"
#include "runtime/git/blame.h"
#include "runtime/git/tree.h"

struct blame_job {
	struct git_job job;
	struct blame_query query;
	struct blame blame;
};

static void release_blame(struct git_job *job)
{
	blame_release(&((struct blame_job *)job)->blame);
}

static int call_blame(struct git_job *job, struct repo *repo,
		      struct error **err)
{
	struct blame_job *blame = (struct blame_job *)job;

	return repo_blame(repo, &blame->query, &blame->blame, err);
}

static int push_blame(lua_State *L, struct git_job *job)
{
	const struct blame *blame = &((struct blame_job *)job)->blame;

	lua_createtable(L, (int)blame->count, 0);
	for (size_t i = 0; i < blame->count; i++) {
		const struct blame_hunk *hunk = &blame->items[i];

		lua_createtable(L, 0, 7);
		git_set_integer(L, "first", (int64_t)hunk->first);
		git_set_integer(L, "last",
				(int64_t)(hunk->first + hunk->count - 1));
		git_set_integer(L, "first_before", (int64_t)hunk->first_before);
		git_set_text(L, "path", hunk->path);
		git_set_text(L, "oid", hunk->oid);
		git_set_text(L, "subject", hunk->summary);
		git_set_person(L, "author", &hunk->author);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int l_blame(lua_State *L)
{
	static const struct git_option options[] = {
		{"rev", GIT_TEXT, offsetof(struct blame_job, query.rev)},
		{"from", GIT_COUNT, offsetof(struct blame_job, query.from)},
		{"to", GIT_COUNT, offsetof(struct blame_job, query.to)},
		{0}};
	const char *path = luaL_checkstring(L, 2);
	struct blame_job *blame = git_job_sized(L, sizeof(*blame));

	blame->query.path = git_keep(&blame->job, path);
	git_options_read(L, 3, &blame->job, options, "a blame");
	blame->job.release = release_blame;
	blame->job.call = call_blame;
	blame->job.push = push_blame;
	return git_job_await(L, &blame->job);
}

struct describe_job {
	struct git_job job;
	struct describe_options options;
};

static int call_describe(struct git_job *job, struct repo *repo,
			 struct error **err)
{
	const struct describe_options *options =
		&((struct describe_job *)job)->options;
	char oid[OID_HEX + 1];

	if (repo_resolve(repo, options->rev ? options->rev : "HEAD", oid,
			 err) != 0)
		return -1;
	job->maybe = true; /* that no tag leads there is an answer */
	return repo_describe(repo, options, &job->a, err);
}

#define FIELD(name) offsetof(struct describe_job, options.name)

static int l_describe(lua_State *L)
{
	static const struct git_option options[] = {
		{"rev", GIT_TEXT, FIELD(rev)},
		{"pattern", GIT_TEXT, FIELD(pattern)},
		{"tags", GIT_FLAG, FIELD(tags)},
		{"all", GIT_FLAG, FIELD(all)},
		{"exact", GIT_FLAG, FIELD(exact)},
		{"always", GIT_FLAG, FIELD(always)},
		{"dirty", GIT_FLAG, FIELD(dirty)},
		{"long", GIT_FLAG, FIELD(whole)},
		{0}};
	struct describe_job *describe = git_job_sized(L, sizeof(*describe));

	git_options_read(L, 2, &describe->job, options, "a description");
	describe->job.call = call_describe;
	describe->job.push = git_push_text;
	return git_job_await(L, &describe->job);
}

#undef FIELD

struct tree_job {
	struct git_job job;
	struct tree_query query;
	struct tree tree;
};

static void release_tree(struct git_job *job)
{
	tree_release(&((struct tree_job *)job)->tree);
}

static int call_tree(struct git_job *job, struct repo *repo, struct error **err)
{
	struct tree_job *tree = (struct tree_job *)job;

	return repo_tree(repo, &tree->query, &tree->tree, err);
}

static const char *kind_of(unsigned mode)
{
	switch (mode) {
	case 0040000:
		return "folder";
	case 0120000:
		return "link";
	case 0160000:
		return "submodule";
	default:
		return "file";
	}
}

static int push_tree(lua_State *L, struct git_job *job)
{
	const struct tree *tree = &((struct tree_job *)job)->tree;

	lua_createtable(L, (int)tree->count, 0);
	for (size_t i = 0; i < tree->count; i++) {
		const struct tree_entry *entry = &tree->items[i];

		lua_createtable(L, 0, 5);
		git_set_text(L, "path", entry->path);
		git_set_text(L, "oid", entry->oid);
		git_set_text(L, "kind", kind_of(entry->mode));
		git_set_flag(L, "executable", entry->mode == 0100755);
		if (entry->size >= 0)
			git_set_integer(L, "size", entry->size);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

#define FIELD(name) offsetof(struct tree_job, query.name)

static int l_tree(lua_State *L)
{
	static const struct git_option options[] = {
		{"path", GIT_TEXT, FIELD(path)},
		{"recursive", GIT_FLAG, FIELD(recursive)},
		{"sizes", GIT_FLAG, FIELD(sizes)},
		{"max", GIT_COUNT, FIELD(max)},
		{0}};
	const char *rev = luaL_optstring(L, 2, "HEAD");
	struct tree_job *tree = git_job_sized(L, sizeof(*tree));

	tree->query.rev = git_keep(&tree->job, rev);
	git_options_read(L, 3, &tree->job, options, "a tree");
	tree->job.release = release_tree;
	tree->job.call = call_tree;
	tree->job.push = push_tree;
	return git_job_await(L, &tree->job);
}

#undef FIELD

struct patch_job {
	struct git_job job;
	struct patch_query query;
	struct buf text;
};

static void release_patch(struct git_job *job)
{
	buf_release(&((struct patch_job *)job)->text);
}

static int call_patch(struct git_job *job, struct repo *repo,
		      struct error **err)
{
	struct patch_job *patch = (struct patch_job *)job;

	return repo_patch(repo, &patch->query, &patch->text, err);
}

static int push_patch(lua_State *L, struct git_job *job)
{
	const struct buf *text = &((struct patch_job *)job)->text;

	lua_pushlstring(L, text->data, text->length);
	return 1;
}

#define FIELD(name) offsetof(struct patch_job, query.name)

static int l_patch(lua_State *L)
{
	static const struct git_option options[] = {
		{"from", GIT_TEXT, FIELD(from)},
		{"to", GIT_TEXT, FIELD(to)},
		{"staged", GIT_FLAG, FIELD(staged)},
		{"merge_base", GIT_FLAG, FIELD(merge_base)},
		{"paths", GIT_TEXTS, FIELD(paths)},
		{"context", GIT_COUNT, FIELD(context)},
		{"max", GIT_COUNT, FIELD(max)},
		{0}};
	struct patch_job *patch = git_job_sized(L, sizeof(*patch));

	patch->query.context = 3;
	git_options_read(L, 2, &patch->job, options, "a patch");
	patch->job.release = release_patch;
	patch->job.call = call_patch;
	patch->job.push = push_patch;
	return git_job_await(L, &patch->job);
}

#undef FIELD

#define READ_MAX ((size_t)16 * 1024 * 1024)

static int call_read(struct git_job *job, struct repo *repo, struct error **err)
{
	struct read_query query = {job->a, job->b, job->limit};

	return repo_read(repo, &query, &job->blob, err);
}

static int l_read(lua_State *L)
{
	static const struct git_option options[] = {
		{"max", GIT_COUNT, offsetof(struct git_job, limit)}, {0}};
	const char *rev = luaL_checkstring(L, 2);
	const char *path = luaL_checkstring(L, 3);
	struct git_job *job = git_job_new(L);

	job->limit = READ_MAX;
	git_options_read(L, 4, job, options, "a file");
	job->a = mem_copy(rev);
	job->b = mem_copy(path);
	job->call = call_read;
	job->push = git_push_blob;
	return git_job_await(L, job);
}

void git_look_install(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"blame", l_blame}, {"describe", l_describe}, {"tree", l_tree},
		{"patch", l_patch}, {"read", l_read},         {NULL, NULL}};

	luaL_setfuncs(L, methods, 0);
}
