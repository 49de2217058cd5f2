#include "runtime/engine/specs.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/loop/proc.h"

#define KEPT 64 /* specs in memory, besides those that recipes hold */
#define TIMEOUT 10000
#ifdef __SANITIZE_ADDRESS__
#define MEMORY RLIM_INFINITY /* it reserves terabytes of addresses */
#else
#define MEMORY ((rlim_t)512 << 20)
#endif

struct kept {
	char hash[SHA256_HEX + 1];
	struct spec *spec;
};

struct specs {
	struct engine *engine;
	struct kept kept[KEPT];
	unsigned turn; /* the next to be replaced */
	struct spec_request *first, **last;
	struct spec_reader *readers;
	unsigned running, limit;
	bool closed;
};

/* A child that reads one recipe. */
struct spec_reader {
	struct proc proc;
	struct specs *specs;
	struct spec_request *request;
	struct spec_reader *next;
};

struct specs *specs_open(struct engine *engine)
{
	struct specs *specs = mem_alloc(sizeof(*specs));
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	specs->engine = engine;
	specs->last = &specs->first;
	specs->limit = cores > 1 ? (unsigned)cores : 2;
	return specs;
}

static void free_if_done(struct specs *specs)
{
	if (!specs->closed || specs->running > 0)
		return;
	for (unsigned i = 0; i < KEPT; i++)
		spec_drop(specs->kept[i].spec);
	engine_release(specs->engine);
	mem_free(specs);
}

static void refuse(struct spec_request *request)
{
	request->message = mem_copy("the server stops");
	request->ready(request);
}

void specs_close(struct specs *specs)
{
	engine_hold(specs->engine);
	specs->closed = true;
	while (specs->first) {
		struct spec_request *request = specs->first;

		specs->first = request->next;
		refuse(request);
	}
	for (struct spec_reader *reader = specs->readers; reader;
	     reader = reader->next)
		reader->proc.op.cancel(&reader->proc.op);
	free_if_done(specs);
}

/* Takes over the caller's use of `spec`. */
static void keep(struct specs *specs, const char *hash, struct spec *spec)
{
	struct kept *kept = &specs->kept[specs->turn++ % KEPT];

	spec_drop(kept->spec);
	memcpy(kept->hash, hash, sizeof(kept->hash));
	kept->spec = spec;
}

static int find_stored(struct specs *specs, const char *hash,
		       struct spec **spec, char **message)
{
	struct rows *rows = db_query(specs->engine->db, NULL,
				     "SELECT spec, error FROM specs"
				     " WHERE hash = ?",
				     "t", hash);
	int found = 0;

	if (rows && rows_next(rows, NULL) == 1) {
		const char *text = rows_text(rows, 0);

		if (text)
			*spec = spec_read(text, strlen(text), NULL);
		else
			*message = mem_copy(rows_text(rows, 1));
		found = *spec || *message;
	}
	rows_close(rows);
	if (*spec)
		keep(specs, hash, *spec);
	return found;
}

int specs_find(struct specs *specs, const char *hash, struct spec **spec,
	       char **message)
{
	*spec = NULL;
	*message = NULL;
	for (unsigned i = 0; i < KEPT; i++)
		if (specs->kept[i].spec &&
		    strcmp(specs->kept[i].hash, hash) == 0) {
			*spec = specs->kept[i].spec;
			return 1;
		}
	return find_stored(specs, hash, spec, message);
}

static void store(struct specs *specs, const char *hash, const char *spec,
		  const char *message)
{
	struct error *err = NULL;

	if (db_run(specs->engine->db, &err,
		   "INSERT OR REPLACE INTO specs (hash, spec, error, read_at)"
		   " VALUES (?, ?, ?, ?)",
		   "ttti", hash, spec, message, clock_now()) != 0)
		engine_complain(err, "cannot store a spec");
}

/* The child's own words, without the program's name and the last newline. */
static char *complaint(const struct proc *proc)
{
	const char *text = proc->err.captured.data;
	size_t length = proc->err.captured.length;

	if (proc->timed_out != PROC_NO_TIMEOUT)
		return mem_printf("reading it took longer than %d s",
				  TIMEOUT / 1000);
	if (!text || length == 0)
		return mem_printf("reading it ended with %s %d",
				  proc->signal ? "signal" : "status",
				  proc->signal ? proc->signal : proc->status);
	if (strncmp(text, "tidemill: ", 10) == 0) {
		text += 10;
		length -= 10;
	}
	while (length > 0 && text[length - 1] == '\n')
		length--;
	return mem_copy_n(text, length);
}

/* What a limit of this machine caused says nothing about the recipe. */
static bool for_good(const struct proc *proc)
{
	return proc->op.error == NULL && proc->signal == 0 &&
	       proc->timed_out == PROC_NO_TIMEOUT && proc->status < 70;
}

static void judge(struct spec_reader *reader)
{
	struct specs *specs = reader->specs;
	struct spec_request *request = reader->request;
	struct proc *proc = &reader->proc;
	const struct buf *out = &proc->out.captured;
	struct error *err = NULL;

	if (proc->op.error) {
		request->message = error_text(proc->op.error);
		return;
	}
	if (proc->status != 0) {
		request->message = complaint(proc);
	} else {
		request->spec = spec_read(out->data ? out->data : "",
					  out->length, &err);
		if (!request->spec)
			request->message = error_text(err);
		error_free(err);
	}
	if (request->spec)
		keep(specs, request->hash, request->spec);
	if (for_good(proc))
		store(specs, request->hash, request->spec ? out->data : NULL,
		      request->message);
}

static void start_next(struct specs *specs);

static void on_read(struct op *op)
{
	struct spec_reader *reader = (struct spec_reader *)op;
	struct specs *specs = reader->specs;
	struct spec_reader **link = &specs->readers;

	specs->running--;
	while (*link != reader)
		link = &(*link)->next;
	*link = reader->next;
	if (specs->closed) {
		refuse(reader->request);
	} else {
		judge(reader);
		reader->request->ready(reader->request);
		start_next(specs);
	}
	if (op->release)
		op->release(op);
	error_free(op->error);
	mem_free(reader);
	free_if_done(specs);
}

static void limit_child(pid_t pid)
{
	struct rlimit memory = {MEMORY, MEMORY};
	struct rlimit seconds = {TIMEOUT / 1000, TIMEOUT / 1000};

	if (pid <= 0)
		return;
	prlimit(pid, RLIMIT_AS, &memory, NULL);
	prlimit(pid, RLIMIT_CPU, &seconds, NULL);
}

static void start_next(struct specs *specs)
{
	const char *argv[] = {specs->engine->exe,
			      "--data",
			      specs->engine->home,
			      "check",
			      "--spec",
			      "-",
			      NULL};

	while (specs->first && specs->running < specs->limit) {
		struct spec_request *request = specs->first;
		struct spec_reader *reader = mem_alloc(sizeof(*reader));
		struct proc_options options = {
			.argv = argv,
			.input = PROC_INPUT_BYTES,
			.bytes = request->text,
			.length = request->length,
			.timeout = TIMEOUT,
			.grace = 100,
		};

		specs->first = request->next;
		if (!specs->first)
			specs->last = &specs->first;
		reader->specs = specs;
		reader->request = request;
		reader->proc.op.done = on_read;
		reader->next = specs->readers;
		specs->readers = reader;
		specs->running++;
		proc_start(&reader->proc, specs->engine->loop, &options);
		limit_child(reader->proc.pid);
	}
}

void specs_ask(struct specs *specs, struct spec_request *request)
{
	request->next = NULL;
	request->spec = NULL;
	request->message = NULL;
	*specs->last = request;
	specs->last = &request->next;
	start_next(specs);
}
