#include "runtime/git/tree.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/library.h"

struct walk {
	struct repo *repo;
	const struct tree_query *query;
	const char *prefix; /* "" or "dir/" */
	git_odb *odb;       /* when sizes are asked for */
	struct tree *tree;
	size_t capacity;
	size_t max;
	bool full;
};

static int64_t size_of(struct walk *walk, const git_tree_entry *entry)
{
	git_object_t kind;
	size_t size = 0;

	if (!walk->odb || git_tree_entry_type(entry) != GIT_OBJECT_BLOB ||
	    git_odb_read_header(&size, &kind, walk->odb,
				git_tree_entry_id(entry)) != 0)
		return -1;
	return (int64_t)size;
}

static int on_entry(const char *root, const git_tree_entry *entry,
		    void *payload)
{
	struct walk *walk = payload;
	bool folder = git_tree_entry_type(entry) == GIT_OBJECT_TREE;
	struct tree_entry *made;

	if (library_cancelled(walk->repo->cancelled))
		return GIT_EUSER;
	if (folder && walk->query->recursive)
		return 0;
	walk->full = walk->tree->count == walk->max;
	if (walk->full)
		return GIT_EUSER;
	if (walk->tree->count == walk->capacity) {
		walk->capacity = walk->capacity ? walk->capacity * 2 : 64;
		walk->tree->items =
			mem_grow(walk->tree->items,
				 walk->capacity * sizeof(*walk->tree->items));
	}
	made = &walk->tree->items[walk->tree->count++];
	made->path = mem_printf("%s%s%s", walk->prefix, root,
				git_tree_entry_name(entry));
	made->mode = (unsigned)git_tree_entry_filemode(entry);
	made->size = size_of(walk, entry);
	library_hex(git_tree_entry_id(entry), made->oid);
	return folder ? 1 : 0; /* 1: not what is in it */
}

static int open_folder(struct repo *repo, const struct tree_query *query,
		       const char *path, git_tree **tree, struct error **err)
{
	git_commit *commit = NULL;
	int status;

	if (library_commit(repo, query->rev, &commit, err) != 0)
		return -1;
	if (*path)
		status = git_object_lookup_bypath((git_object **)tree,
						  (git_object *)commit, path,
						  GIT_OBJECT_TREE);
	else
		status = git_commit_tree(tree, commit);
	git_commit_free(commit);
	if (status == GIT_ENOTFOUND || status == GIT_EINVALIDSPEC) {
		git_error_clear();
		return error_set(err, ERROR_NOT_FOUND, "no folder '%s' in '%s'",
				 path, query->rev);
	}
	return status < 0 ? library_error(err, status, "cannot read '%s'",
					  query->rev)
			  : 0;
}

/* "./dir/" -> "dir", "." -> "", owned. */
static char *clean_path(const char *path)
{
	char *clean = path ? mem_copy(path) : mem_copy("");
	size_t length;

	if (strncmp(clean, "./", 2) == 0)
		memmove(clean, clean + 2, strlen(clean) - 1);
	if (strcmp(clean, ".") == 0)
		clean[0] = '\0';
	length = strlen(clean);
	while (length > 0 && clean[length - 1] == '/')
		clean[--length] = '\0';
	return clean;
}

static int walk_tree(struct walk *walk, git_tree *tree, struct error **err)
{
	int status = 0;

	if (walk->query->sizes)
		status = git_repository_odb(&walk->odb, walk->repo->handle);
	if (status == 0)
		status = git_tree_walk(tree, GIT_TREEWALK_PRE, on_entry, walk);
	git_odb_free(walk->odb);
	if (walk->full)
		return error_set(err, ERROR_LIMIT,
				 "'%s' has more than %zu entries",
				 walk->query->rev, walk->max);
	return status < 0 ? library_error(err, status, "cannot list '%s'",
					  walk->query->rev)
			  : 0;
}

int repo_tree(struct repo *repo, const struct tree_query *query,
	      struct tree *tree, struct error **err)
{
	char *path = clean_path(query->path);
	char *prefix = *path ? mem_printf("%s/", path) : mem_copy("");
	struct walk walk = {.repo = repo,
			    .query = query,
			    .prefix = prefix,
			    .tree = tree,
			    .max = query->max ? query->max : TREE_MAX};
	git_tree *root = NULL;
	int status;

	memset(tree, 0, sizeof(*tree));
	status = open_folder(repo, query, path, &root, err);
	if (status == 0)
		status = walk_tree(&walk, root, err);
	git_tree_free(root);
	mem_free(path);
	mem_free(prefix);
	if (status != 0)
		tree_release(tree);
	return status;
}

void tree_release(struct tree *tree)
{
	for (size_t i = 0; i < tree->count; i++)
		mem_free(tree->items[i].path);
	mem_free(tree->items);
	memset(tree, 0, sizeof(*tree));
}
