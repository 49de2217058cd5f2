#include "runtime/git/repo.h"

#include <ctype.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/git/library.h"
#include "runtime/git/tree.h"

struct repo *repo_open(const char *path, const atomic_bool *cancelled,
		       struct error **err)
{
	git_repository *handle = NULL;
	struct repo *repo;
	int status;

	if (library_start(err) != 0)
		return NULL;
	status = git_repository_open_ext(&handle, path, 0, NULL);
	if (status == GIT_ENOTFOUND) {
		git_error_clear();
		error_set(err, ERROR_NOT_FOUND,
			  "'%s' is not in a git repository", path);
		return NULL;
	}
	if (status < 0) {
		library_error(err, status, "cannot open repository '%s'", path);
		return NULL;
	}
	repo = mem_alloc(sizeof(*repo));
	repo->handle = handle;
	repo->cancelled = cancelled;
	repo->path = mem_copy(path);
	return repo;
}

void repo_close(struct repo *repo)
{
	if (!repo)
		return;
	git_repository_free(repo->handle);
	mem_free(repo->path);
	mem_free(repo);
}

const char *repo_dir(const struct repo *repo)
{
	return git_repository_path(repo->handle);
}

const char *repo_workdir(const struct repo *repo)
{
	return git_repository_workdir(repo->handle);
}

char *repo_hooks(const struct repo *repo)
{
	const char *common = git_repository_commondir(repo->handle);
	git_config *config = NULL;
	git_buf named = {0};
	char *dir = NULL;

	if (git_repository_config_snapshot(&config, repo->handle) == 0 &&
	    git_config_get_path(&named, config, "core.hooksPath") == 0 &&
	    named.size > 0) /* relative to where they run: the .git folder */
		dir = path_join(common, named.ptr);
	git_buf_dispose(&named);
	git_config_free(config);
	git_error_clear();
	if (!dir)
		dir = path_join(common, "hooks");
	return dir;
}

static bool looks_like_oid(const char *text)
{
	size_t length = strspn(text, "0123456789abcdefABCDEF");

	return text[length] == '\0' && length >= 7;
}

/* "no commit 'mian' in 'path' (did you mean 'main'?)" */
static int no_commit(struct repo *repo, const char *text, struct error **err)
{
	struct refs refs;
	const char *near = NULL;

	git_error_clear();
	if (refs_read(repo_dir(repo), REFS_ALL, &refs, NULL) != 0)
		memset(&refs, 0, sizeof(refs));
	if (strcmp(text, "HEAD") == 0)
		error_set(err, ERROR_NOT_FOUND, "no commit yet in '%s'",
			  repo->path);
	else if (!looks_like_oid(text) && (near = refs_nearest(&refs, text)))
		error_set(err, ERROR_NOT_FOUND,
			  "no ref '%s' in '%s' (did you mean '%s'?)", text,
			  repo->path, near);
	else
		error_set(err, ERROR_NOT_FOUND, "no commit '%s' in '%s'", text,
			  repo->path);
	refs_release(&refs);
	return -1;
}

static int find_object(struct repo *repo, const char *text, git_object **object)
{
	git_oid oid;

	/* A whole name, as programs have it, needs no search among the refs. */
	if (strlen(text) == OID_HEX && git_oid_fromstr(&oid, text) == 0)
		return git_object_lookup(object, repo->handle, &oid,
					 GIT_OBJECT_ANY);
	return git_revparse_single(object, repo->handle, text);
}

int library_commit(struct repo *repo, const char *text, git_commit **commit,
		   struct error **err)
{
	git_object *object = NULL;
	git_object *peeled = NULL;
	int status = find_object(repo, text, &object);

	if (status == GIT_ENOTFOUND)
		return no_commit(repo, text, err);
	if (status < 0)
		return library_error(err, status, "cannot find '%s' in '%s'",
				     text, repo->path);
	status = git_object_peel(&peeled, object, GIT_OBJECT_COMMIT);
	if (status < 0) {
		library_error(err, status, "'%s' in '%s' is a %s, not a commit",
			      text, repo->path,
			      git_object_type2string(git_object_type(object)));
		git_object_free(object);
		return -1;
	}
	git_object_free(object);
	*commit = (git_commit *)peeled;
	return 0;
}

int repo_resolve(struct repo *repo, const char *text, char oid[OID_HEX + 1],
		 struct error **err)
{
	git_commit *commit = NULL;

	if (library_commit(repo, text, &commit, err) != 0)
		return -1;
	library_hex(git_commit_id(commit), oid);
	git_commit_free(commit);
	return 0;
}

int repo_is_ancestor(struct repo *repo, const char *ancestor, const char *oid,
		     struct error **err)
{
	git_commit *old = NULL;
	git_commit *new = NULL;
	int status = -1;

	if (library_commit(repo, ancestor, &old, err) != 0 ||
	    library_commit(repo, oid, &new, err) != 0)
		goto out;
	status = git_oid_equal(git_commit_id(old), git_commit_id(new));
	if (!status)
		status = git_graph_descendant_of(
			repo->handle, git_commit_id(new), git_commit_id(old));
	if (status < 0)
		status = library_error(err, status,
				       "cannot compare '%s' and '%s'", ancestor,
				       oid);
out:
	git_commit_free(old);
	git_commit_free(new);
	return status;
}

static int read_blob(git_blob *file, const char *name, size_t max,
		     struct blob *blob, struct error **err)
{
	git_object_size_t size = git_blob_rawsize(file);

	if (size > max)
		return error_set(err, ERROR_LIMIT,
				 "'%s' has %llu bytes, more than %zu", name,
				 (unsigned long long)size, max);
	buf_init(&blob->bytes, max);
	buf_append(&blob->bytes, git_blob_rawcontent(file), (size_t)size);
	library_hex(git_blob_id(file), blob->oid);
	return 0;
}

int repo_read(struct repo *repo, const struct read_query *query,
	      struct blob *blob, struct error **err)
{
	const char *oid = query->rev;
	const char *name = query->path;
	git_commit *commit = NULL;
	git_object *object = NULL;
	int status;

	memset(blob, 0, sizeof(*blob));
	if (library_commit(repo, query->rev, &commit, err) != 0)
		return -1;
	status = git_object_lookup_bypath(&object, (git_object *)commit, name,
					  GIT_OBJECT_BLOB);
	if (status == GIT_ENOTFOUND || status == GIT_EINVALIDSPEC) {
		git_error_clear();
		status = error_set(err, ERROR_NOT_FOUND,
				   "no file '%s' in commit %.12s", name, oid);
	} else if (status < 0) {
		status = library_error(err, status,
				       "cannot read '%s' in commit %.12s", name,
				       oid);
	} else {
		status = read_blob((git_blob *)object, name, query->max, blob,
				   err);
	}
	git_object_free(object);
	git_commit_free(commit);
	return status;
}

int repo_blob(struct repo *repo, const char *oid, const char *name,
	      struct blob *blob, struct error **err)
{
	struct read_query query = {oid, name, BLOB_MAX};

	return repo_read(repo, &query, blob, err);
}

void blob_release(struct blob *blob)
{
	buf_release(&blob->bytes);
	blob->oid[0] = '\0';
}
