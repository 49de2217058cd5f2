#include "runtime/engine/crash.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "runtime/base/log.h"
#include "runtime/base/map.h"
#include "runtime/base/mem.h"
#include "runtime/loop/guard.h"
#include "runtime/store/runs.h"
#include "runtime/store/settings.h"

#define START_MAX 3  /* runners that die before they take the run */
#define CRASH_MAX 10 /* runners that die without a further step */

/* How often, by run. */
struct record {
	int starts, crashes;
	int64_t steps; /* that had finished at the last crash */
};

struct crashes {
	struct engine *engine;
	struct map records;
	char *id; /* of the home: part of the cookie */
};

struct crashes *crashes_open(struct engine *engine)
{
	struct crashes *crashes = mem_alloc(sizeof(*crashes));

	crashes->engine = engine;
	map_init(&crashes->records);
	crashes->id = setting_get(engine->db, "id");
	return crashes;
}

void crashes_free(struct crashes *crashes)
{
	size_t at = 0;
	struct map_entry *entry;

	while ((entry = map_next(&crashes->records, &at)))
		mem_free(entry->value);
	map_release(&crashes->records);
	mem_free(crashes->id);
	mem_free(crashes);
}

static struct record *record_of(struct crashes *crashes, int64_t run)
{
	char key[24];
	struct record *record;

	snprintf(key, sizeof(key), "%lld", (long long)run);
	record = map_get(&crashes->records, key);
	if (!record) {
		record = mem_alloc(sizeof(*record));
		map_put(&crashes->records, key, record);
	}
	return record;
}

static void drop_record(struct crashes *crashes, int64_t run)
{
	char key[24];

	snprintf(key, sizeof(key), "%lld", (long long)run);
	mem_free(map_remove(&crashes->records, key));
}

static void fail(struct crashes *crashes, int64_t run, const char *message)
{
	json_t *object =
		json_pack("{s:s, s:s}", "code", "crash", "message", message);
	char *text = json_dumps(object, JSON_COMPACT);
	struct run_end end = {.state = "failed", .status = 70, .error = text};
	struct error *err = NULL;

	log_error("run %lld failed: %s", (long long)run, message);
	if (run_finish(crashes->engine->db, run, &end, &err) < 0)
		engine_complain(err, "cannot end run %lld", (long long)run);
	free(text); /* NOLINT: jansson allocates with malloc */
	json_decref(object);
	drop_record(crashes, run);
	engine_kick(crashes->engine, ENGINE_QUEUE | ENGINE_CHAIN);
}

/* The last line that it wrote to its log, if it wrote any. */
static char *last_words(const struct crashes *crashes, int64_t run)
{
	char *path = mem_printf("%s/logs/%lld/runner.log",
				crashes->engine->home, (long long)run);
	FILE *file = fopen(path, "re");
	char line[512] = "";

	mem_free(path);
	if (!file)
		return mem_copy("it said nothing");
	if (fseek(file, -500, SEEK_END) != 0)
		rewind(file);
	while (fgets(line, sizeof(line), file))
		line[strcspn(line, "\n")] = '\0';
	fclose(file);
	return mem_copy(line[0] ? line : "it said nothing");
}

static void settle_start(struct crashes *crashes, const struct crash *crash)
{
	struct record *record = record_of(crashes, crash->run);
	char *words;
	char *message;

	if (++record->starts < START_MAX)
		return; /* still queued: the queue tries again */
	words = crash->problem ? mem_copy(strerror(crash->problem))
			       : last_words(crashes, crash->run);
	message = mem_printf("the runner ended %d times before it could begin:"
			     " %s",
			     record->starts, words);
	fail(crashes, crash->run, message);
	mem_free(words);
	mem_free(message);
}

static void sweep(struct crashes *crashes, int64_t run)
{
	char *cookie = mem_printf("%s/%lld", crashes->id ? crashes->id : "",
				  (long long)run);
	unsigned killed = guard_sweep(cookie);

	if (killed > 0)
		log_info("run %lld left %u processes behind: killed",
			 (long long)run, killed);
	mem_free(cookie);
}

static void describe(const struct crash *crash, char *text, size_t size)
{
	if (WIFSIGNALED(crash->status))
		snprintf(text, size, "its runner was killed by signal %d",
			 WTERMSIG(crash->status));
	else if (WEXITSTATUS(crash->status) != 0)
		snprintf(text, size, "its runner ended with status %d",
			 WEXITSTATUS(crash->status));
	else
		snprintf(text, size, "its runner is gone");
}

/* Does it get anywhere between its crashes? */
static bool hopeless(struct crashes *crashes, int64_t run)
{
	struct record *record = record_of(crashes, run);
	int64_t steps = db_number(crashes->engine->db, 0,
				  "SELECT count(*) FROM steps WHERE run = ? AND"
				  " finished NOT NULL",
				  "i", run);

	if (steps != record->steps)
		record->crashes = 0;
	record->steps = steps;
	return ++record->crashes >= CRASH_MAX;
}

static void settle_crash(struct crashes *crashes, const struct crash *crash,
			 const struct run *run)
{
	struct db *db = crashes->engine->db;
	struct error *err = NULL;
	char why[128];
	int status = 0;

	describe(crash, why, sizeof(why));
	log_warn("run %lld: %s", (long long)run->id, why);
	sweep(crashes, run->id);
	if (strcmp(run->on_crash, "fail") == 0)
		fail(crashes, run->id, why);
	else if (hopeless(crashes, run->id))
		fail(crashes, run->id,
		     "its runner died again and again without finishing a"
		     " step");
	else if (strcmp(run->on_crash, "wait") == 0)
		status = run_wait(db, run->id, 0,
				  "its runner died: resume it by hand", &err);
	else
		status = run_requeue(db, run->id, NULL, &err);
	if (status < 0)
		engine_complain(err, "cannot settle run %lld",
				(long long)run->id);
	engine_kick(crashes->engine, ENGINE_QUEUE);
}

void crash_settle(struct crashes *crashes, const struct crash *crash)
{
	struct run run = {0};
	struct error *err = NULL;

	if (run_get(crashes->engine->db, crash->run, &run, &err) != 1) {
		error_free(err);
		drop_record(crashes, crash->run);
		return;
	}
	if (strcmp(run.state, "running") == 0)
		settle_crash(crashes, crash, &run);
	else if (strcmp(run.state, "queued") == 0 && !crash->claimed)
		settle_start(crashes, crash);
	else if (strcmp(run.state, "queued") != 0 &&
		 strcmp(run.state, "waiting") != 0)
		drop_record(crashes, crash->run);
	run_release(&run);
}
