#include "runtime/git/features.h"

#include <string.h>

#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/git/features_cache.h"
#include "runtime/git/features_past.h"
#include "runtime/git/features_scan.h"
#include "runtime/git/library.h"
#include "runtime/git/refs.h"

#define CACHE_NAME "tidemill/history.cache"

/* Owned; NULL: no cache is wanted. */
static char *cache_path(const struct repo *repo,
			const struct features_query *query)
{
	if (query->cache)
		return *query->cache ? mem_copy(query->cache) : NULL;
	return path_join(git_repository_commondir(repo->handle), CACHE_NAME);
}

static int find_tip(struct repo *repo, const char *text, git_oid *oid,
		    struct error **err)
{
	git_commit *commit = NULL;

	if (library_commit(repo, text, &commit, err) != 0)
		return -1;
	*oid = *git_commit_id(commit);
	git_commit_free(commit);
	return 0;
}

/* What cannot be written is computed again the next time. */
static void save(const struct history *history, const char *path)
{
	char *dir = path_dir(path);

	if (file_make_dir(dir, 0755, NULL) == 0)
		cache_save(history, path, NULL);
	mem_free(dir);
}

/* What one call reads. */
struct reading {
	struct repo *repo;
	const struct features_query *query;
	git_oid tip;
	git_oid from;
	bool has_from;
	struct features *features;
};

static int make_rows(const struct reading *reading, struct error **err)
{
	struct features *features = reading->features;
	struct history *history = &features->history;
	uint32_t tip = history_find(history, reading->tip.id);
	uint32_t *order = mem_array((size_t)history->count + 1, sizeof(*order));
	uint8_t *leave_out = mem_alloc((size_t)history->count + 1);
	struct past_query query = {.history = history,
				   .order = order,
				   .leave_out = leave_out,
				   .cancelled = reading->repo->cancelled};

	if (reading->has_from)
		history_mark(history, history_find(history, reading->from.id),
			     leave_out);
	query.count = history_order(history, tip, order);
	features->rows =
		mem_array((size_t)query.count + 1, sizeof(*features->rows));
	features->count = past_walk(&query, features->rows);
	mem_free(order);
	mem_free(leave_out);
	return library_cancelled(query.cancelled) ? library_stop(err) : 0;
}

/* "A..B" taken apart: owned strings, NULL where nothing is said. */
static int split_range(const char *range, char **from, char **to,
		       struct error **err)
{
	const char *dots = range ? strstr(range, "..") : NULL;

	*from = *to = NULL;
	if (dots && dots[2] == '.')
		return error_set(err, ERROR_INVALID,
				 "the range '%s' has three dots: two are meant "
				 "('A..B': what B has and A has not)",
				 range);
	if (dots && dots > range)
		*from = mem_copy_n(range, (size_t)(dots - range));
	if (dots && dots[2])
		*to = mem_copy(dots + 2);
	if (!dots && range && *range)
		*to = mem_copy(range);
	return 0;
}

static int read_messages(struct repo *repo, struct features *features,
			 struct error **err)
{
	features->messages =
		mem_array((size_t)features->count + 1, sizeof(char *));
	for (uint32_t i = 0; i < features->count; i++) {
		const struct revision *revision =
			&features->history
				 .revisions[features->rows[i].revision];
		git_commit *commit = NULL;
		git_oid oid;
		int status;

		git_oid_fromraw(&oid, revision->oid);
		status = git_commit_lookup(&commit, repo->handle, &oid);

		if (status < 0)
			return library_error(err, status,
					     "cannot read history of '%s'",
					     repo->path);
		features->messages[i] = mem_copy(git_commit_message(commit));
		git_commit_free(commit);
		if (library_cancelled(repo->cancelled))
			return library_stop(err);
	}
	return 0;
}

/* Both ends of the range, and all that they reach. */
static int read_history(const struct reading *reading, struct error **err)
{
	struct features *features = reading->features;
	struct history *history = &features->history;
	char *cache = cache_path(reading->repo, reading->query);
	int status;

	if (cache)
		cache_load(history, cache);
	status = scan_history(reading->repo, &reading->tip, history, err);
	if (status == 0 && reading->has_from)
		status = scan_history(reading->repo, &reading->from, history,
				      err);
	features->fresh = history->count - history->stored;
	if (status == 0 && cache && features->fresh > 0)
		save(history, cache);
	mem_free(cache);
	return status;
}

static int read_range(struct reading *reading, const char *from, const char *to,
		      struct error **err)
{
	reading->has_from = from != NULL;
	if (find_tip(reading->repo, to ? to : "HEAD", &reading->tip, err) !=
		    0 ||
	    (from && find_tip(reading->repo, from, &reading->from, err) != 0))
		return -1;
	if (read_history(reading, err) != 0 || make_rows(reading, err) != 0)
		return -1;
	return reading->query->messages
		       ? read_messages(reading->repo, reading->features, err)
		       : 0;
}

/* The only branch of all remotes, or NULL. */
static const struct ref *only_remote(const struct refs *refs)
{
	static const char prefix[] = "refs/remotes/";
	const struct ref *only = NULL;

	for (size_t i = 0; i < refs->count; i++) {
		const struct ref *ref = &refs->items[i];

		if (strncmp(ref->name, prefix, sizeof(prefix) - 1) != 0 ||
		    strcmp(path_base(ref->name), "HEAD") == 0)
			continue;
		if (only)
			return NULL;
		only = ref;
	}
	return only;
}

/*
 * Where history ends if nobody says so, owned: HEAD, unless it names a branch
 * without commits, as in a clone of something whose HEAD did so. Then it is the
 * branch that others start from. NULL: there are no commits.
 */
static char *find_end(struct repo *repo)
{
	const struct ref *ref;
	struct refs refs;
	char *oid = NULL;

	if (git_repository_head_unborn(repo->handle) != 1)
		return mem_copy("HEAD");
	git_error_clear();
	if (refs_read(repo_dir(repo), REFS_ALL, &refs, NULL) != 0)
		return NULL;
	ref = refs_default(&refs);
	if (!ref)
		ref = only_remote(&refs);
	if (ref)
		oid = mem_copy(ref->oid);
	refs_release(&refs);
	return oid;
}

int features_read(struct repo *repo, const struct features_query *query,
		  struct features *features, struct error **err)
{
	struct reading reading = {
		.repo = repo, .query = query, .features = features};
	char *from;
	char *to;
	int status;

	memset(features, 0, sizeof(*features));
	history_init(&features->history);
	status = split_range(query->range, &from, &to, err);
	if (status == 0 && !to)
		to = find_end(repo);
	if (status == 0 && (from || to))
		status = read_range(&reading, from, to, err);
	mem_free(from);
	mem_free(to);
	if (status != 0)
		features_release(features);
	return status;
}

void features_release(struct features *features)
{
	for (uint32_t i = 0; features->messages && i < features->count; i++)
		mem_free(features->messages[i]);
	mem_free(features->messages);
	history_release(&features->history);
	mem_free(features->rows);
	memset(features, 0, sizeof(*features));
}
