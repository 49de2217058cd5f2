/* Lua predicates: the recipe itself decides, in a limited child. */
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/engine/judge.h"
#include "runtime/loop/proc.h"

#define TIMEOUT 10000

struct asking {
	struct proc proc;
	struct predicate *predicate;
};

static void fail(struct predicate *predicate, char *reason)
{
	predicate->problem = true;
	predicate->reason = reason;
}

static void read_answer(struct predicate *predicate, const struct buf *out)
{
	json_t *root =
		out->data ? json_loadb(out->data, out->length, 0, NULL) : NULL;
	const char *reason = json_string_value(json_object_get(root, "reason"));

	predicate->run = json_is_true(json_object_get(root, "run"));
	if (!json_is_object(root))
		fail(predicate, mem_copy("when: it gave no answer"));
	else
		predicate->reason =
			mem_printf("when: %s", reason           ? reason
					       : predicate->run ? "it said yes"
								: "it said no");
	json_decref(root);
}

static void on_done(struct op *op)
{
	struct asking *asking = (struct asking *)op;
	struct predicate *predicate = asking->predicate;
	struct proc *proc = &asking->proc;
	const struct buf *said = &proc->err.captured;
	struct engine *engine = predicate->engine;

	if (op->error)
		fail(predicate, error_text(op->error));
	else if (proc->timed_out != PROC_NO_TIMEOUT)
		fail(predicate, mem_printf("when: it took longer than %d s",
					   TIMEOUT / 1000));
	else if (proc->status != 0)
		fail(predicate,
		     mem_printf(
			     "when: %.*s",
			     (int)strcspn(said->data ? said->data : "", "\n"),
			     said->data ? said->data : ""));
	else
		read_answer(predicate, &proc->out.captured);
	if (predicate->file)
		unlink(predicate->file);
	mem_free(predicate->file);
	if (op->release)
		op->release(op);
	error_free(op->error);
	mem_free(asking);
	predicate->answered(predicate);
	engine_release(engine);
}

/* The text as a file, for the child. */
static char *write_text(struct predicate *predicate)
{
	char *path = mem_printf("%s/recipe-XXXXXX", predicate->engine->home);
	int file = mkostemp(path, O_CLOEXEC);

	if (file < 0 || write(file, predicate->text, predicate->length) !=
				(ssize_t)predicate->length) {
		mem_free(path);
		path = NULL;
	}
	if (file >= 0)
		close(file);
	return path;
}

void predicate_start(struct predicate *predicate)
{
	struct asking *asking = mem_alloc(sizeof(*asking));
	char number[24];
	const char *argv[] = {predicate->engine->exe,
			      "--data",
			      predicate->engine->home,
			      "check",
			      "--match",
			      predicate->path,
			      "--trigger",
			      number,
			      NULL};
	struct proc_options options = {
		.argv = argv,
		.input = PROC_INPUT_BYTES,
		.bytes = predicate->event,
		.length = strlen(predicate->event),
		.timeout = TIMEOUT,
		.grace = 100,
	};

	snprintf(number, sizeof(number), "%lld", (long long)predicate->trigger);
	if (!predicate->path) {
		predicate->file = write_text(predicate);
		argv[5] = predicate->file ? predicate->file : "/dev/null";
	}
	asking->predicate = predicate;
	asking->proc.op.done = on_done;
	engine_hold(predicate->engine);
	proc_start(&asking->proc, predicate->engine->loop, &options);
}
