#include "runtime/git/history.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/history_shallow.h"
#include "runtime/git/library.h"

#define LOG_LIMIT 100

static void take_person(struct person *person, const git_signature *who)
{
	person->name = mem_copy(who->name);
	person->email = mem_copy(who->email);
	person->time = (int64_t)who->when.time * 1000;
	person->offset = who->when.offset;
}

static void take_commit(struct commit *commit, const git_commit *from)
{
	library_hex(git_commit_id(from), commit->oid);
	library_hex(git_commit_tree_id(from), commit->tree);
	take_person(&commit->author, git_commit_author(from));
	take_person(&commit->committer, git_commit_committer(from));
	commit->message = mem_copy(git_commit_message(from));
	commit->parent_count = git_commit_parentcount(from);
	commit->parents =
		mem_array(commit->parent_count + 1, sizeof(*commit->parents));
	for (size_t i = 0; i < commit->parent_count; i++)
		library_hex(git_commit_parent_id(from, (unsigned)i),
			    commit->parents[i]);
}

int commit_read(struct repo *repo, const char *oid, struct commit *commit,
		struct error **err)
{
	git_commit *found = NULL;

	memset(commit, 0, sizeof(*commit));
	if (library_commit(repo, oid, &found, err) != 0)
		return -1;
	take_commit(commit, found);
	git_commit_free(found);
	return 0;
}

static void release_person(struct person *person)
{
	mem_free(person->name);
	mem_free(person->email);
}

void commit_release(struct commit *commit)
{
	release_person(&commit->author);
	release_person(&commit->committer);
	mem_free(commit->message);
	mem_free(commit->parents);
	memset(commit, 0, sizeof(*commit));
}

int facts_read(struct repo *repo, const char *old, const char *new,
	       struct facts *facts, struct error **err)
{
	struct changes_query query = {
		.old = old, .new = new, .merge_base = true};

	memset(facts, 0, sizeof(*facts));
	if (commit_read(repo, new, &facts->commit, err) == 0 &&
	    changes_read(repo, &query, &facts->changes, err) == 0)
		return 0;
	facts_release(facts);
	return -1;
}

void facts_release(struct facts *facts)
{
	commit_release(&facts->commit);
	changes_release(&facts->changes);
}

/* The entry of `path` in the commit's tree; zeroes when there is none. */
static git_oid entry_oid(const git_commit *commit, const char *path)
{
	git_tree *tree = NULL;
	git_tree_entry *entry = NULL;
	git_oid oid = {{0}};

	if (git_commit_tree(&tree, commit) == 0 &&
	    git_tree_entry_bypath(&entry, tree, path) == 0)
		oid = *git_tree_entry_id(entry);
	git_tree_entry_free(entry);
	git_tree_free(tree);
	git_error_clear();
	return oid;
}

static bool differs(const git_commit *commit, const git_commit *parent,
		    const struct log_query *query)
{
	for (size_t i = 0; i < query->path_count; i++) {
		git_oid now = entry_oid(commit, query->paths[i]);
		git_oid then = {{0}};

		if (parent)
			then = entry_oid(parent, query->paths[i]);
		if (!git_oid_equal(&now, &then))
			return true;
	}
	return false;
}

/* As git simplifies: a merge counts when it differs from all its parents. */
static bool touches(const git_commit *commit, const struct log_query *query)
{
	unsigned parents = git_commit_parentcount(commit);

	if (query->path_count == 0)
		return true;
	if (parents == 0)
		return differs(commit, NULL, query);
	for (unsigned i = 0; i < parents; i++) {
		git_commit *parent = NULL;
		bool differ = true;

		if (git_commit_parent(&parent, commit, i) == 0)
			differ = differs(commit, parent, query);
		git_commit_free(parent);
		if (!differ)
			return false;
	}
	return true;
}

static int collect(struct repo *repo, git_revwalk *walk,
		   const struct log_query *query, struct commits *commits,
		   struct error **err)
{
	size_t limit = query->limit ? query->limit : LOG_LIMIT;
	size_t capacity = 0;
	git_oid oid;
	int status = 0;

	while (commits->count < limit &&
	       (status = git_revwalk_next(&oid, walk)) == 0) {
		git_commit *commit = NULL;

		if (library_cancelled(repo->cancelled))
			return library_stop(err);
		status = git_commit_lookup(&commit, repo->handle, &oid);
		if (status < 0)
			break;
		if (commits->count == capacity) {
			capacity = capacity ? capacity * 2 : 16;
			commits->items =
				mem_grow(commits->items,
					 capacity * sizeof(struct commit));
		}
		if (touches(commit, query))
			take_commit(&commits->items[commits->count++], commit);
		git_commit_free(commit);
	}
	if (status < 0 && status != GIT_ITEROVER)
		return library_error(err, status, "cannot read history of '%s'",
				     repo->path);
	return 0;
}

static int start_walk(struct repo *repo, const struct log_query *query,
		      git_revwalk *walk, struct error **err)
{
	const char *ends[] = {query->from ? query->from : "HEAD", query->to};

	git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
	for (int i = 0; i < 2; i++) {
		git_commit *commit = NULL;
		int status;

		if (!ends[i])
			continue;
		if (library_commit(repo, ends[i], &commit, err) != 0)
			return -1;
		status = i == 0 ? git_revwalk_push(walk, git_commit_id(commit))
				: git_revwalk_hide(walk, git_commit_id(commit));
		git_commit_free(commit);
		if (status < 0)
			return library_error(err, status,
					     "cannot read history of '%s'",
					     repo->path);
	}
	return 0;
}

/* Are both ends there? The message is better than the git program's. */
static int check_ends(struct repo *repo, const struct log_query *query,
		      struct error **err)
{
	char oid[OID_HEX + 1];

	if (repo_resolve(repo, query->from ? query->from : "HEAD", oid, err) !=
	    0)
		return -1;
	return query->to ? repo_resolve(repo, query->to, oid, err) : 0;
}

static int read_shallow(struct repo *repo, const struct log_query *query,
			struct commits *commits, struct error **err)
{
	size_t limit = query->limit ? query->limit : LOG_LIMIT;
	char *oids = NULL;
	char *rest;
	int status = check_ends(repo, query, err);

	if (status == 0)
		status = shallow_list(repo, query, limit, &oids, err);
	rest = oids;
	while (status == 0 && rest && *rest) {
		char *oid = strsep(&rest, "\n");

		commits->items =
			mem_grow(commits->items,
				 (commits->count + 1) * sizeof(struct commit));
		status = commit_read(repo, oid, &commits->items[commits->count],
				     err);
		commits->count += status == 0;
	}
	mem_free(oids);
	if (status != 0)
		commits_release(commits);
	return status;
}

int log_read(struct repo *repo, const struct log_query *query,
	     struct commits *commits, struct error **err)
{
	git_revwalk *walk = NULL;
	int status;

	memset(commits, 0, sizeof(*commits));
	if (!query->from && git_repository_head_unborn(repo->handle) == 1)
		return 0;
	if (repo_is_shallow(repo))
		return read_shallow(repo, query, commits, err);
	status = git_revwalk_new(&walk, repo->handle);
	if (status < 0)
		return library_error(err, status, "cannot read history of '%s'",
				     repo->path);
	status = start_walk(repo, query, walk, err);
	if (status == 0)
		status = collect(repo, walk, query, commits, err);
	git_revwalk_free(walk);
	if (status != 0)
		commits_release(commits);
	return status;
}

void commits_release(struct commits *commits)
{
	for (size_t i = 0; i < commits->count; i++)
		commit_release(&commits->items[i]);
	mem_free(commits->items);
	memset(commits, 0, sizeof(*commits));
}
