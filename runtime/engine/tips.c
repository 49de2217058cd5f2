#include "runtime/engine/tips.h"

#include "runtime/base/mem.h"
#include "runtime/git/refs.h"
#include "runtime/store/events.h"

static int record_all(struct db *db, int64_t repo, const struct refs *refs,
		      struct error **err)
{
	if (db_begin(db, err) != 0)
		return -1;
	for (size_t i = 0; i < refs->count; i++)
		if (ref_record(db, repo, refs->items[i].name,
			       refs->items[i].oid, err) < 0) {
			db_rollback(db);
			return -1;
		}
	return db_commit(db, err) == 0 ? (int)refs->count : -1;
}

int tips_record_in(struct db *db, int64_t repo, const char *path,
		   struct error **err)
{
	struct refs refs = {0};
	int count = -1;

	if (refs_read(path, REFS_TIPS, &refs, err) == 0)
		count = record_all(db, repo, &refs, err);
	refs_release(&refs);
	return count;
}

int tips_record(const char *home, int64_t repo, struct error **err)
{
	struct db *db = db_open(home, DB_WRITE, err);
	struct rows *rows;
	char *path = NULL;
	int count = -1;

	if (!db)
		return -1;
	rows = db_query(db, err, "SELECT url FROM repos WHERE id = ?", "i",
			repo);
	if (rows && rows_next(rows, err) == 1)
		path = mem_copy(rows_text(rows, 0));
	rows_close(rows);
	if (path)
		count = tips_record_in(db, repo, path, err);
	else if (rows)
		error_set(err, ERROR_NOT_FOUND, "no repository %lld",
			  (long long)repo);
	mem_free(path);
	db_close(db);
	return count;
}
