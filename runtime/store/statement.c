#include <string.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/store/private.h"

static void free_rows(struct rows *rows)
{
	sqlite3_finalize(rows->statement);
	mem_free(rows);
}

void db_forget_statements(struct db *db)
{
	for (unsigned i = 0; i < STATEMENTS; i++)
		if (db->statements[i])
			free_rows(db->statements[i]);
	for (unsigned i = 0; i < db->text_count; i++)
		free_rows(db->texts[i]);
	memset(db->statements, 0, sizeof(db->statements));
	db->text_count = 0;
}

/* Is there nothing but space, semicolons and comments? */
static bool only_blank(const char *sql)
{
	for (;;) {
		sql += strspn(sql, " \t\r\n;");
		if (sql[0] == '-' && sql[1] == '-') {
			sql += strcspn(sql, "\n");
			continue;
		}
		if (sql[0] != '/' || sql[1] != '*')
			return *sql == '\0';
		sql = strstr(sql + 2, "*/");
		if (!sql)
			return true;
		sql += 2;
	}
}

static struct rows *compile(struct db *db, const char *sql, bool keep,
			    struct error **err)
{
	unsigned flags = keep ? SQLITE_PREPARE_PERSISTENT : 0;
	const char *tail = NULL;
	sqlite3_stmt *statement = NULL;
	struct rows *rows;
	int result;

	result = sqlite3_prepare_v3(db->sqlite, sql, -1, flags, &statement,
				    &tail);
	if (result != SQLITE_OK) {
		db_failed(db, result, err);
		return NULL;
	}
	if (!statement || !only_blank(tail)) {
		sqlite3_finalize(statement);
		error_set(err, ERROR_INVALID, "SQL: %s",
			  statement ? "more than one statement"
				    : "there is no statement");
		return NULL;
	}
	rows = mem_alloc(sizeof(*rows));
	rows->db = db;
	rows->statement = statement;
	rows->cached = keep;
	return rows;
}

/* The slot of `sql`, or a free one, or NULL when the table is full. */
static struct rows **slot_of(struct db *db, const char *sql)
{
	uint64_t at = ((uint64_t)(uintptr_t)sql * 0x9e3779b97f4a7c15u) >> 32;

	for (unsigned i = 0; i < STATEMENTS; i++) {
		struct rows **slot = &db->statements[(at + i) % STATEMENTS];

		if (!*slot || (*slot)->key == sql)
			return slot;
	}
	return NULL;
}

/* A statement of ours, ready to be bound. */
static struct rows *literal(struct db *db, const char *sql, struct error **err)
{
	struct rows **slot = slot_of(db, sql);
	struct rows *rows;

	if (slot && *slot && !(*slot)->busy) {
		rows = *slot;
	} else {
		bool keep = slot && !*slot;

		rows = compile(db, sql, keep, err);
		if (!rows)
			return NULL;
		rows->key = sql;
		if (keep)
			*slot = rows;
	}
	rows->busy = true;
	return rows;
}

static uint64_t hash_of(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return hash;
}

/* Where a new text goes: behind the others, or for the oldest idle one. */
static struct rows **text_slot(struct db *db)
{
	struct rows **oldest = NULL;

	if (db->text_count < TEXTS)
		return &db->texts[db->text_count++];
	for (unsigned i = 0; i < TEXTS; i++) {
		struct rows **slot = &db->texts[i];

		if (!(*slot)->busy &&
		    (!oldest || (*slot)->used < (*oldest)->used))
			oldest = slot;
	}
	if (oldest)
		free_rows(*oldest);
	return oldest;
}

static struct rows *find_text(struct db *db, const char *sql, uint64_t hash)
{
	for (unsigned i = 0; i < db->text_count; i++) {
		struct rows *rows = db->texts[i];

		if (rows->hash == hash && !rows->busy &&
		    strcmp(sqlite3_sql(rows->statement), sql) == 0)
			return rows;
	}
	return NULL;
}

static void start_clock(struct db *db)
{
	if (db->limit > 0)
		db->deadline = clock_monotonic() + db->limit;
}

struct rows *db_prepare(struct db *db, struct error **err, const char *sql)
{
	uint64_t hash = hash_of(sql);
	struct rows *rows = find_text(db, sql, hash);
	struct rows **slot;

	start_clock(db);
	if (!rows) {
		rows = compile(db, sql, true, err);
		if (!rows)
			return NULL;
		rows->hash = hash;
		slot = text_slot(db);
		if (slot)
			*slot = rows;
		else
			rows->cached = false;
	}
	rows->busy = true;
	rows->used = ++db->clock;
	return rows;
}

static void bind_one(sqlite3_stmt *statement, int at, char type, va_list *args)
{
	int64_t number;
	const void *bytes;

	switch (type) {
	case 'i':
		sqlite3_bind_int64(statement, at, va_arg(*args, int64_t));
		break;
	case 'z':
	case 'o':
		number = va_arg(*args, int64_t);
		if (type == 'z' ? number == 0 : number < 0)
			sqlite3_bind_null(statement, at);
		else
			sqlite3_bind_int64(statement, at, number);
		break;
	case 't':
		sqlite3_bind_text(statement, at, va_arg(*args, const char *),
				  -1, SQLITE_TRANSIENT);
		break;
	case 'b':
		bytes = va_arg(*args, const void *);
		sqlite3_bind_blob64(statement, at, bytes, va_arg(*args, size_t),
				    SQLITE_TRANSIENT);
		break;
	case 'd':
		sqlite3_bind_double(statement, at, va_arg(*args, double));
		break;
	default:
		sqlite3_bind_null(statement, at);
	}
}

static struct rows *bound(struct db *db, struct error **err, const char *sql,
			  const char *types, va_list args)
{
	struct rows *rows = literal(db, sql, err);
	va_list copy;

	if (!rows)
		return NULL;
	va_copy(copy, args);
	for (int i = 0; types[i]; i++)
		bind_one(rows->statement, i + 1, types[i], &copy);
	va_end(copy);
	return rows;
}

struct rows *db_query(struct db *db, struct error **err, const char *sql,
		      const char *types, ...)
{
	struct rows *rows;
	va_list args;

	va_start(args, types);
	rows = bound(db, err, sql, types, args);
	va_end(args);
	return rows;
}

int rows_next(struct rows *rows, struct error **err)
{
	int result = sqlite3_step(rows->statement);

	if (result == SQLITE_ROW)
		return 1;
	if (result == SQLITE_DONE)
		return 0;
	db_failed(rows->db, result, err);
	db_check_lost(rows->db);
	return -1;
}

void rows_close(struct rows *rows)
{
	if (!rows)
		return;
	if (!rows->cached) {
		free_rows(rows);
		return;
	}
	sqlite3_reset(rows->statement);
	sqlite3_clear_bindings(rows->statement);
	rows->busy = false;
}

int db_run_list(struct db *db, struct error **err, const char *sql,
		const char *types, va_list args)
{
	struct rows *rows = bound(db, err, sql, types, args);
	int result;

	if (!rows)
		return -1;
	do
		result = rows_next(rows, err);
	while (result == 1);
	rows_close(rows);
	return result;
}

int db_execute(struct db *db, const char *sql, struct error **err)
{
	struct rows *rows = literal(db, sql, err);
	int result;

	if (!rows)
		return -1;
	result = rows_next(rows, err);
	rows_close(rows);
	return result < 0 ? -1 : 0;
}

int64_t db_number(struct db *db, int64_t missing, const char *sql,
		  const char *types, ...)
{
	struct rows *rows;
	va_list args;
	int64_t number = missing;

	va_start(args, types);
	rows = bound(db, NULL, sql, types, args);
	va_end(args);
	if (!rows)
		return missing;
	if (rows_next(rows, NULL) == 1 && !rows_null(rows, 0))
		number = rows_int(rows, 0);
	rows_close(rows);
	return number;
}

char *db_text(struct db *db, struct error **err, const char *sql,
	      const char *types, ...)
{
	struct rows *rows;
	va_list args;
	char *text = NULL;

	va_start(args, types);
	rows = bound(db, err, sql, types, args);
	va_end(args);
	if (!rows)
		return NULL;
	if (rows_next(rows, err) == 1)
		text = mem_copy(rows_text(rows, 0));
	rows_close(rows);
	return text;
}
