#include "runtime/engine/recipes.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/base/map.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/engine/source_cron.h"
#include "runtime/engine/source_file.h"
#include "runtime/engine/specs.h"

#define FILE_MAX 1048576 /* bytes */
#define OUTSTANDING 8    /* questions to children at the same time */
#define SLICE 64         /* files read before others get their turn */

struct recipes {
	struct engine *engine;
	struct recipe *first;
	struct map files;      /* path -> struct recipe, of repo 0 */
	struct recipe **by_id; /* NULL where there is none */
	size_t capacity;       /* of by_id */
	struct recipe *unread; /* where the slices are; NULL: all are read */
	unsigned outstanding;
	uv_idle_t idle; /* runs while there is something unread */
	struct watch **watches;
	size_t watch_count;
};

/* Text on its way to a spec. */
struct recipe_read {
	struct spec_request request;
	struct recipes *recipes;
	struct recipe *recipe;
	char hash[SHA256_HEX + 1];
	char *text;
	struct blob_job *job;
};

struct recipe *recipe_get(const struct recipes *recipes, int64_t id)
{
	return id > 0 && (size_t)id < recipes->capacity ? recipes->by_id[id]
							: NULL;
}

static void index_by_id(struct recipes *recipes, struct recipe *recipe)
{
	size_t id = (size_t)recipe->id;
	size_t former = recipes->capacity;

	if (id >= former) {
		recipes->capacity = 2 * id + 16;
		recipes->by_id =
			mem_grow(recipes->by_id,
				 recipes->capacity * sizeof(struct recipe *));
		memset(recipes->by_id + former, 0,
		       (recipes->capacity - former) * sizeof(struct recipe *));
	}
	recipes->by_id[id] = recipe;
}

struct recipe *recipes_first(const struct recipes *recipes)
{
	return recipes->first;
}

int64_t recipe_row(struct engine *engine, int64_t repo, const char *path,
		   const char *name, struct error **err)
{
	int64_t id = db_number(engine->db, 0,
			       "SELECT id FROM recipes WHERE repo = ? AND"
			       " path = ?",
			       "it", repo, path);

	if (id > 0)
		return id;
	if (db_run(engine->db, err,
		   "INSERT INTO recipes (repo, path, name) VALUES (?, ?, ?)",
		   "itt", repo, path, name ? name : path_base(path)) != 0)
		return -1;
	return db_last_id(engine->db);
}

static struct recipe *find_or_add(struct recipes *recipes, int64_t repo,
				  const char *path)
{
	struct recipe *recipe =
		repo == 0 ? map_get(&recipes->files, path) : recipes->first;
	struct error *err = NULL;
	int64_t id;

	while (repo != 0 && recipe &&
	       (recipe->repo != repo || strcmp(recipe->path, path) != 0))
		recipe = recipe->next;
	if (recipe)
		return recipe;
	id = recipe_row(recipes->engine, repo, path, NULL, &err);
	if (id < 0) {
		engine_complain(err, "cannot note recipe '%s'", path);
		return NULL;
	}
	recipe = mem_alloc(sizeof(*recipe));
	recipe->id = id;
	recipe->repo = repo;
	recipe->path = mem_copy(path);
	recipe->next = recipes->first;
	recipes->first = recipe;
	index_by_id(recipes, recipe);
	if (repo == 0)
		map_put(&recipes->files, path, recipe);
	return recipe;
}

static void count_listeners(struct engine *engine, const struct spec *spec,
			    int sign)
{
	for (int kind = TRIGGER_PUSH; kind <= TRIGGER_RUN; kind++)
		if (spec_has(spec, (enum trigger_kind)kind))
			engine->listeners[kind] += (unsigned)sign;
}

static void use_spec(struct recipes *recipes, struct recipe *recipe,
		     struct spec *spec)
{
	struct spec *former = recipe->spec;

	count_listeners(recipes->engine, former, -1);
	count_listeners(recipes->engine, spec, 1);
	recipe->spec = spec ? spec_keep(spec) : NULL;
	cron_update(recipes->engine->cron, recipe);
	files_update(recipes->engine->files, recipe);
	spec_drop(former);
}

/* The last good spec of a recipe that is broken now, after a restart. */
static void use_former(struct recipes *recipes, struct recipe *recipe)
{
	struct spec *spec = NULL;
	char *message = NULL;
	struct rows *rows = db_query(recipes->engine->db, NULL,
				     "SELECT hash FROM recipes WHERE id = ? AND"
				     " hash IS NOT NULL",
				     "i", recipe->id);
	char *hash = NULL;

	if (rows && rows_next(rows, NULL) == 1)
		hash = mem_copy(rows_text(rows, 0));
	rows_close(rows);
	if (hash && specs_find(recipes->engine->specs, hash, &spec, &message))
		if (spec)
			use_spec(recipes, recipe, spec);
	mem_free(hash);
	mem_free(message);
}

/* Rows keep the hash of the last good text beside the error of a broken one. */
static void adopt(struct recipes *recipes, struct recipe *recipe,
		  const char *hash, struct spec *spec, const char *message)
{
	struct error *err = NULL;
	int status;

	memcpy(recipe->hash, hash, sizeof(recipe->hash));
	recipe->broken = spec == NULL;
	if (spec) {
		status = db_run(recipes->engine->db, &err,
				"UPDATE recipes SET name = ?1, hash = ?2,"
				" error = NULL, read_at = ?3, enabled = 1 WHERE"
				" id = ?4 AND (hash IS NOT ?2 OR error NOT NULL"
				" OR enabled = 0)",
				"ttii", spec->name, hash, clock_now(),
				recipe->id);
		use_spec(recipes, recipe, spec);
	} else {
		log_warn("%s: %s", recipe->path, message);
		status = db_run(recipes->engine->db, &err,
				"UPDATE recipes SET error = ?, read_at = ?"
				" WHERE id = ?",
				"tii", message, clock_now(), recipe->id);
		if (!recipe->spec)
			use_former(recipes, recipe);
	}
	if (status != 0)
		engine_complain(err, "cannot note recipe '%s'", recipe->path);
}

static void go_on(struct recipes *recipes);

static void on_spec(struct spec_request *request)
{
	struct recipe_read *read = request->context;

	if (!read->recipes->engine->stopping)
		adopt(read->recipes, read->recipe, read->hash, request->spec,
		      request->message);
	read->recipe->reading = NULL;
	read->recipes->outstanding--;
	go_on(read->recipes);
	mem_free(request->message);
	mem_free(read->text);
	mem_free(read);
}

/* Takes over `text`. */
static void read_text(struct recipes *recipes, struct recipe *recipe,
		      char *text, size_t length)
{
	char hash[SHA256_HEX + 1];
	struct recipe_read *read;
	struct spec *spec;
	char *message;

	sha256_hex(text, length, hash);
	if (recipe->reading || (strcmp(hash, recipe->hash) == 0 &&
				(recipe->spec || recipe->broken))) {
		mem_free(text);
		return;
	}
	if (specs_find(recipes->engine->specs, hash, &spec, &message)) {
		adopt(recipes, recipe, hash, spec, message);
		mem_free(message);
		mem_free(text);
		return;
	}
	read = mem_alloc(sizeof(*read));
	read->recipes = recipes;
	read->recipe = recipe;
	read->text = text;
	memcpy(read->hash, hash, sizeof(hash));
	read->request = (struct spec_request){.hash = read->hash,
					      .text = text,
					      .length = length,
					      .ready = on_spec,
					      .context = read};
	recipe->reading = read;
	recipes->outstanding++;
	specs_ask(recipes->engine->specs, &read->request);
}

static char *slurp(const char *path, size_t *length, int64_t *changed)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	char *text = NULL;
	ssize_t got;

	if (file < 0)
		return NULL;
	if (fstat(file, &stat) == 0 && S_ISREG(stat.st_mode) &&
	    stat.st_size <= FILE_MAX) {
		text = mem_alloc((size_t)stat.st_size + 1);
		got = read(file, text, (size_t)stat.st_size);
		*length = got > 0 ? (size_t)got : 0;
		*changed = stat.st_mtim.tv_sec * INT64_C(1000000000) +
			   stat.st_mtim.tv_nsec;
	}
	close(file);
	return text;
}

static void read_file(struct recipes *recipes, struct recipe *recipe)
{
	size_t length = 0;
	char *text;

	if (!recipe->listed) {
		if (recipe->spec)
			use_spec(recipes, recipe, NULL);
		recipe->hash[0] = '\0';
		db_run(recipes->engine->db, NULL,
		       "UPDATE recipes SET enabled = 0 WHERE id = ?", "i",
		       recipe->id);
		return;
	}
	text = slurp(recipe->path, &length, &recipe->changed);
	if (text)
		read_text(recipes, recipe, text, length);
	else
		log_warn("cannot read recipe %s: %s", recipe->path,
			 strerror(errno));
}

static void on_idle(uv_idle_t *idle)
{
	struct recipes *recipes = idle->data;

	if (db_begin(recipes->engine->db, NULL) != 0)
		return;
	for (int i = 0;
	     i < SLICE && recipes->unread && recipes->outstanding < OUTSTANDING;
	     recipes->unread = recipes->unread->next, i++)
		if (recipes->unread->repo == 0)
			read_file(recipes, recipes->unread);
	db_commit(recipes->engine->db, NULL);
	if (!recipes->unread || recipes->outstanding >= OUTSTANDING)
		uv_idle_stop(idle);
}

static void go_on(struct recipes *recipes)
{
	if (recipes->unread && !recipes->engine->stopping)
		uv_idle_start(&recipes->idle, on_idle);
}

static void on_change(void *context, const struct watch_event *event)
{
	(void)event;
	recipes_reload(context);
}

static void unwatch(struct recipes *recipes)
{
	for (size_t i = 0; i < recipes->watch_count; i++)
		watch_remove(recipes->watches[i]);
	mem_free(recipes->watches);
	recipes->watches = NULL;
	recipes->watch_count = 0;
}

/* A directory with a wildcard in it is looked at on reload only. */
static void watch(struct recipes *recipes)
{
	const struct strings *globs = &recipes->engine->config->recipes;

	unwatch(recipes);
	recipes->watches = mem_array(globs->count + 1, sizeof(struct watch *));
	for (size_t i = 0; i < globs->count; i++) {
		char *dir = path_dir(globs->items[i]);
		struct watch_options options = {
			.path = dir,
			.delay = 50,
			.changed = on_change,
			.context = recipes,
		};
		struct watch *watch =
			watch_add(recipes->engine->watcher, &options, NULL);

		if (watch)
			recipes->watches[recipes->watch_count++] = watch;
		mem_free(dir);
	}
}

static void list_files(struct recipes *recipes)
{
	const struct strings *globs = &recipes->engine->config->recipes;

	for (size_t i = 0; i < globs->count; i++) {
		glob_t found;

		if (glob(globs->items[i], GLOB_NOSORT | GLOB_BRACE, NULL,
			 &found) == 0)
			for (size_t j = 0; j < found.gl_pathc; j++) {
				struct recipe *recipe = find_or_add(
					recipes, 0, found.gl_pathv[j]);

				if (recipe)
					recipe->listed = true;
			}
		globfree(&found);
	}
}

static void list_rows(struct recipes *recipes)
{
	struct rows *rows = db_query(recipes->engine->db, NULL,
				     "SELECT path FROM recipes WHERE repo = 0"
				     " AND enabled = 1",
				     "");

	while (rows && rows_next(rows, NULL) == 1)
		find_or_add(recipes, 0, rows_text(rows, 0));
	rows_close(rows);
}

void recipes_reload(struct recipes *recipes)
{
	for (struct recipe *recipe = recipes->first; recipe;
	     recipe = recipe->next)
		recipe->listed = false;
	if (db_begin(recipes->engine->db, NULL) != 0)
		return;
	list_rows(recipes);
	list_files(recipes);
	db_commit(recipes->engine->db, NULL);
	watch(recipes);
	recipes->unread = recipes->first;
	go_on(recipes);
}

void recipes_offer(struct recipes *recipes, const struct source *source,
		   const char *text, size_t length)
{
	struct recipe *recipe =
		find_or_add(recipes, source->id, source->recipe);

	if (recipe)
		read_text(recipes, recipe, mem_copy_n(text, length), length);
}

static void on_blob(struct op *op)
{
	struct blob_job *job = (struct blob_job *)op;
	struct recipes *recipes = op->waiter;
	struct source *source = sources_first(recipes->engine->sources);

	while (source && strcmp(source->dir, job->path) != 0)
		source = source->next;
	if (!op->error && source && !source->gone && !recipes->engine->stopping)
		recipes_offer(recipes, source,
			      job->blob.bytes.data ? job->blob.bytes.data : "",
			      job->blob.bytes.length);
	if (op->release)
		op->release(op);
	error_free(op->error);
	engine_release(recipes->engine);
	mem_free(job);
}

void recipes_look_at(struct recipes *recipes, struct source *source)
{
	struct blob_job *job;

	if (!source->head)
		return;
	job = mem_alloc(sizeof(*job));
	job->work.op.done = on_blob;
	job->work.op.waiter = recipes;
	engine_hold(recipes->engine);
	blob_start(job, recipes->engine->loop, source->dir, source->head,
		   source->recipe);
}

struct recipes *recipes_open(struct engine *engine)
{
	struct recipes *recipes = mem_alloc(sizeof(*recipes));

	recipes->engine = engine;
	map_init(&recipes->files);
	uv_idle_init(engine->loop, &recipes->idle);
	recipes->idle.data = recipes;
	engine_hold(engine);
	return recipes;
}

static void on_closed(uv_handle_t *handle)
{
	struct recipes *recipes = handle->data;

	engine_release(recipes->engine);
}

void recipes_close(struct recipes *recipes)
{
	unwatch(recipes);
	uv_close((uv_handle_t *)&recipes->idle, on_closed);
}

void recipes_free(struct recipes *recipes)
{
	struct recipe *next;

	for (struct recipe *recipe = recipes->first; recipe; recipe = next) {
		next = recipe->next;
		if (recipe->reading) {
			mem_free(recipe->reading->text);
			mem_free(recipe->reading);
		}
		spec_drop(recipe->spec);
		mem_free(recipe->path);
		mem_free(recipe);
	}
	map_release(&recipes->files);
	mem_free(recipes->by_id);
	mem_free(recipes);
}
