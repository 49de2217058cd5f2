#include "runtime/git/features.h"

#include <string.h>

#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/git/features_cache.h"
#include "runtime/git/features_past.h"
#include "runtime/git/features_scan.h"
#include "runtime/git/library.h"

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

static int make_rows(struct repo *repo, const git_oid *tip, const git_oid *from,
		     struct features *features, struct error **err)
{
	struct history *history = &features->history;
	uint32_t *order = mem_array((size_t)history->count + 1, sizeof(*order));
	uint8_t *leave_out = NULL;
	uint32_t count;

	if (from) {
		leave_out = mem_alloc((size_t)history->count + 1);
		history_mark(history, history_find(history, from), leave_out);
	}
	count = history_order(history, history_find(history, tip), order);
	features->rows = mem_array((size_t)count + 1, sizeof(*features->rows));
	features->count = past_walk(history, order, count, leave_out,
				    repo->cancelled, features->rows);
	mem_free(order);
	mem_free(leave_out);
	return library_cancelled(repo->cancelled) ? library_stop(err) : 0;
}

int features_read(struct repo *repo, const struct features_query *query,
		  struct features *features, struct error **err)
{
	struct history *history = &features->history;
	git_oid tip;
	git_oid from;
	char *cache;
	int status = -1;

	memset(features, 0, sizeof(*features));
	history_init(history);
	if (!query->to && git_repository_head_unborn(repo->handle) == 1)
		return 0;
	cache = cache_path(repo, query);
	if (find_tip(repo, query->to ? query->to : "HEAD", &tip, err) != 0 ||
	    (query->from && find_tip(repo, query->from, &from, err) != 0))
		goto out;
	if (cache)
		cache_load(history, cache);
	if (scan_history(repo, &tip, history, err) != 0 ||
	    (query->from && scan_history(repo, &from, history, err) != 0))
		goto out;
	features->fresh = history->count - history->stored;
	status = make_rows(repo, &tip, query->from ? &from : NULL, features,
			   err);
	if (status == 0 && cache && features->fresh > 0)
		save(history, cache);
out:
	mem_free(cache);
	if (status != 0)
		features_release(features);
	return status;
}

void features_release(struct features *features)
{
	history_release(&features->history);
	mem_free(features->rows);
	memset(features, 0, sizeof(*features));
}
