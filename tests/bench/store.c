/*
 * store HOME RUNS
 *
 * The database: opening it, a page of `ls` in a history of RUNS
 * runs, and durable steps in groups, beside the bare fdatasync they pay for.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/store/commit.h"
#include "runtime/store/steps.h"

enum { PAGES = 200, STEPS = 20000, OPENS = 200, SYNCS = 500 };

static struct db *open_home(const char *home)
{
	struct error *err = NULL;
	struct db *db = db_open(home, DB_WRITE, &err);

	if (!db) {
		fprintf(stderr, "%s\n", err->message);
		exit(1);
	}
	return db;
}

static void must(int result)
{
	if (result != 0) {
		fprintf(stderr, "a statement failed\n");
		exit(1);
	}
}

static void opening(const char *home)
{
	int64_t start = clock_monotonic_us();

	for (int i = 0; i < OPENS; i++) {
		struct db *db = open_home(home);

		db_number(db, 0, "SELECT max(id) FROM runs", "");
		db_close(db);
	}
	printf("  open, one query, close       %8.1f us\n",
	       (double)(clock_monotonic_us() - start) / OPENS);
}

/* 100 recipes; one run in 50 fails, one in 10,000 is cancelled. */
static void make_history(struct db *db, int64_t runs)
{
	int64_t start = clock_monotonic_us();

	must(db_run(db, NULL,
		    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1"
		    " FROM c WHERE x < ?) INSERT INTO runs (name, path, event,"
		    " recipe, trigger, ref, oid, state, created, queued,"
		    " started, finished, status, announced) SELECT 'recipe-' ||"
		    " (x % 100), 'tidemill.lua', x, x % 100, 0,"
		    " 'refs/heads/main', hex(randomblob(20)), CASE WHEN"
		    " x % 10000 = 7 THEN 'cancelled' WHEN x % 50 = 3 THEN"
		    " 'failed' ELSE 'passed' END, x * 1000, x * 1000, x * 1000,"
		    " x * 1000 + 500, 0, 1 FROM c",
		    "i", runs));
	printf("  %lld runs were made in %.1f s\n", (long long)runs,
	       (double)(clock_monotonic_us() - start) / 1e6);
}

/* The statements of `ls`: keyset paging, newest first. */
static void page(struct db *db, const char *what, const char *sql, int64_t runs)
{
	int64_t start = clock_monotonic_us();
	int64_t rows_seen = 0;

	for (int i = 0; i < PAGES; i++) {
		int64_t before = i % 2 ? runs + 1 : random() % runs + 1;
		struct rows *rows = db_query(db, NULL, sql, "i", before);

		while (rows && rows_next(rows, NULL) == 1)
			rows_seen++;
		rows_close(rows);
	}
	printf("  page of 50: %-16s %8.1f us   (%lld rows)\n", what,
	       (double)(clock_monotonic_us() - start) / PAGES,
	       (long long)rows_seen / PAGES);
}

#define LIST                                                                   \
	"SELECT id, name, state, ref, oid, created, started, finished,"        \
	" waits_for, error FROM runs WHERE id < ?"

static void pages(struct db *db, int64_t runs)
{
	page(db, "all", LIST " ORDER BY id DESC LIMIT 50", runs);
	page(db, "one recipe",
	     LIST " AND name = 'recipe-42' ORDER BY id DESC LIMIT 50", runs);
	page(db, "failed",
	     LIST " AND state = 'failed' ORDER BY id DESC"
		  " LIMIT 50",
	     runs);
	page(db, "recipe, failed",
	     LIST " AND name = 'recipe-3' AND state = 'failed'"
		  " ORDER BY id DESC LIMIT 50",
	     runs);
	page(db, "recipe, cancelled",
	     LIST " AND name = 'recipe-7' AND state = 'cancelled'"
		  " ORDER BY id DESC LIMIT 50",
	     runs);
	page(db, "recipe, none",
	     LIST " AND name = 'recipe-42' AND state = 'failed'"
		  " ORDER BY id DESC LIMIT 50",
	     runs);
	page(db, "live",
	     LIST " AND state IN ('queued', 'running', 'waiting')"
		  " ORDER BY id DESC LIMIT 50",
	     runs);
}

struct lane {
	struct commit commit;
	struct db *db;
	int64_t id;
	int *left;
	int64_t *number;
};

static void next_step(struct lane *lane);

static void on_done(struct op *op)
{
	struct lane *lane = (struct lane *)op;

	must(op->error != NULL);
	if (*lane->left > 0)
		next_step(lane);
}

/* One step: the end of the former and the start of the next share a commit. */
static void next_step(struct lane *lane)
{
	char name[32];
	struct step_new step = {.run = 1,
				.name = name,
				.kind = "command",
				.command = "/bin/true"};
	struct step_end end = {.state = "passed", .wall = 1, .signal = -1};

	if (lane->id)
		must(step_finish(lane->db, lane->id, &end, NULL) != 1);
	--*lane->left;
	snprintf(name, sizeof(name), "step-%lld", (long long)++*lane->number);
	lane->id = step_start(lane->db, &step, NULL);
	must(lane->id < 0);
	memset(&lane->commit, 0, sizeof(lane->commit));
	lane->commit.op.done = on_done;
	commit_start(&lane->commit, lane->db);
}

static void durable_steps(struct db *db, int width)
{
	static int64_t number;
	struct lane lanes[16];
	int64_t start = clock_monotonic_us();
	int left = STEPS;
	uv_loop_t loop;

	uv_loop_init(&loop);
	db_group(db, &loop);
	memset(lanes, 0, sizeof(lanes));
	for (int i = 0; i < width; i++) {
		lanes[i].db = db;
		lanes[i].left = &left;
		lanes[i].number = &number;
		next_step(&lanes[i]);
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	printf("  durable steps, %2d at a time  %8.0f /s\n", width,
	       STEPS * 1e6 / (double)(clock_monotonic_us() - start));
	db_ungroup(db);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
}

static void syncs(const char *home)
{
	char *path = mem_printf("%s/sync", home);
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	char bytes[4096] = {0};
	int64_t start = 0;

	for (int i = -64; i < SYNCS; i++) { /* 64 allocate the blocks */
		if (i == 0)
			start = clock_monotonic_us();
		must(pwrite(fd, bytes, sizeof(bytes),
			    (off_t)((i + 64) % 64) * (off_t)sizeof(bytes)) !=
		     sizeof(bytes));
		must(fdatasync(fd));
	}
	printf("  fdatasync of a page (floor)  %8.0f /s\n",
	       SYNCS * 1e6 / (double)(clock_monotonic_us() - start));
	close(fd);
	unlink(path);
	mem_free(path);
}

int main(int count, char **words)
{
	struct db *db;
	int64_t runs;

	if (count != 3)
		return 2;
	runs = strtoll(words[2], NULL, 10);
	printf("\nThe database\n");
	db = open_home(words[1]);
	syncs(words[1]);
	durable_steps(db, 1);
	durable_steps(db, 2);
	durable_steps(db, 8);
	db_close(db);
	opening(words[1]);
	db = open_home(words[1]);
	make_history(db, runs);
	pages(db, runs);
	db_close(db);
	opening(words[1]);
	return 0;
}
