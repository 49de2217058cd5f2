#include "runtime/store/commit.h"

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/store/private.h"

static struct error *copy(const struct error *error)
{
	struct error *result = NULL;
	char *text;

	if (!error)
		return NULL;
	text = error_text(error);
	error_set(&result, error->code, "%s", text);
	mem_free(text);
	return result;
}

/* Tell `list` how it ended. Each may free itself and start others. */
static void complete(struct commit *list, const struct error *error)
{
	while (list) {
		struct commit *commit = list;

		list = commit->next;
		if (error)
			commit->op.error = copy(error);
		commit->op.done(&commit->op);
	}
}

static struct commit *take_waiting(struct group *group)
{
	struct commit *list = group->waiting;

	group->waiting = NULL;
	group->last = &group->waiting;
	return list;
}

static void on_due(uv_timer_t *handle);

/* May the group stay open a while? Then a timer looks again. */
static bool can_wait(struct group *group)
{
	int64_t left;

	if (group->patience == 0 || group->waiting || !group->db->open)
		return false;
	left = group->opened + group->patience - clock_monotonic();
	if (left <= 0)
		return false;
	uv_timer_start(&group->timer, on_due, (uint64_t)left, 0);
	return true;
}

static void on_prepare(uv_prepare_t *handle)
{
	struct group *group = handle->data;
	struct db *db = group->db;
	struct error *err = NULL;
	struct commit *list;

	uv_prepare_stop(&group->prepare);
	uv_idle_stop(&group->idle);
	if (can_wait(group))
		return;
	uv_timer_stop(&group->timer);
	list = take_waiting(group);
	if (db_flush(db, &err) && !list) {
		db->lost = err; /* nobody to tell: the next one learns of it */
		return;
	}
	complete(list, err);
	error_free(err);
}

/* An active idle handle only keeps the loop from waiting. */
static void on_idle(uv_idle_t *handle)
{
	(void)handle;
}

static void on_close(uv_handle_t *handle)
{
	struct group *group = handle->data;
	struct commit *list;
	struct error *error;

	if (--group->handles > 0)
		return;
	list = take_waiting(group);
	error = group->error;
	mem_free(group);
	complete(list, error);
	error_free(error);
}

void db_group(struct db *db, uv_loop_t *loop)
{
	struct group *group = mem_alloc(sizeof(*group));

	group->db = db;
	group->last = &group->waiting;
	group->handles = 3;
	group->prepare.data = group->idle.data = group->timer.data = group;
	uv_prepare_init(loop, &group->prepare);
	uv_idle_init(loop, &group->idle);
	uv_timer_init(loop, &group->timer);
	db->group = group;
}

void db_ungroup(struct db *db)
{
	struct group *group = db->group;

	if (!group)
		return;
	db_flush(db, &group->error);
	group->db = NULL;
	db->group = NULL;
	uv_close((uv_handle_t *)&group->prepare, on_close);
	uv_close((uv_handle_t *)&group->idle, on_close);
	uv_close((uv_handle_t *)&group->timer, on_close);
}

/* Let the loop come by before it waits again. */
static void arm(struct group *group)
{
	uv_prepare_start(&group->prepare, on_prepare);
	uv_idle_start(&group->idle, on_idle);
}

static void on_due(uv_timer_t *handle)
{
	arm(handle->data);
}

void db_group_patience(struct db *db, int64_t ms)
{
	if (!db->group)
		return;
	db->group->patience = ms;
	if (db->open)
		arm(db->group);
}

int db_group_open(struct db *db, struct error **err)
{
	if (db->open || db->depth > 0 || !db->group)
		return 0;
	if (db_execute(db, "BEGIN IMMEDIATE", err))
		return -1;
	db->open = true;
	db->group->opened = clock_monotonic();
	arm(db->group);
	return 0;
}

/*
 * A full disk and the like may have made SQLite undo the whole transaction,
 * with writes of others in it who believe theirs to be recorded.
 */
void db_check_lost(struct db *db)
{
	if (!db->open || !sqlite3_get_autocommit(db->sqlite))
		return;
	db->open = false;
	if (!db->lost)
		error_set(&db->lost, ERROR_IO, "writes to '%s' were undone: %s",
			  db->path, sqlite3_errmsg(db->sqlite));
}

int db_flush(struct db *db, struct error **err)
{
	struct error *lost;

	if (db->depth > 0)
		return 0; /* with its db_commit */
	db_check_lost(db);
	if (db->lost) {
		lost = db->lost;
		db->lost = NULL;
		if (db->open)
			db_execute(db, "ROLLBACK", NULL);
		db->open = false;
		return error_move(err, lost);
	}
	if (!db->open)
		return 0;
	db->open = false;
	if (db_execute(db, "COMMIT", err) == 0)
		return 0;
	if (!sqlite3_get_autocommit(db->sqlite))
		db_execute(db, "ROLLBACK", NULL);
	return -1;
}

int db_write(struct db *db, struct error **err, const char *sql,
	     const char *types, ...)
{
	va_list args;
	int result;

	if (db_group_open(db, err))
		return -1;
	va_start(args, types);
	result = db_run_list(db, err, sql, types, args);
	va_end(args);
	return result;
}

int db_run(struct db *db, struct error **err, const char *sql,
	   const char *types, ...)
{
	va_list args;
	int result;

	va_start(args, types);
	result = db_run_list(db, err, sql, types, args);
	va_end(args);
	if (result)
		return -1;
	return db->open ? db_flush(db, err) : 0;
}

static void cancel(struct op *op)
{
	(void)op;
}

void commit_start(struct commit *commit, struct db *db)
{
	struct group *group = db->group;

	commit->op.cancel = cancel;
	commit->db = db;
	commit->next = NULL;
	*group->last = commit;
	group->last = &commit->next;
	arm(group);
}
