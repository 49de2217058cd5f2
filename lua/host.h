/* What the tasks of one Lua state share: for vm.c, limits.c, task*.c. */
#pragma once

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "lua/pool.h"
#include "lua/task.h"
#include "runtime/loop/signal.h"

/* Something to be called from the loop's next turn, so never recursively. */
struct ready {
	struct ready *next;
	void (*call)(struct ready *ready);
	bool queued;
};

/* How much a script may use; see limits.h. */
struct limits {
	size_t used;     /* bytes of the Lua state */
	size_t ceiling;  /* bytes it may use */
	int64_t slice;   /* ms of CPU time a task may take without waiting */
	bool armed;      /* the ceiling was passed: the hook looks at once */
	bool collects;   /* the garbage collector runs */
	char passed[80]; /* what was said of the last limit that was passed */
};

struct task;

struct host {
	lua_State *state; /* the main thread; never runs a script itself */
	uv_loop_t *loop;
	uv_idle_t idle; /* active while something is ready */
	struct ready *first;
	struct ready *last;
	struct task *running;
	struct limits limits;
	struct pool pool;
	struct signal_watch pokes; /* see task_module.c */
	bool poked;                /* `pokes` is open */
};

/* Somebody who waits for a task's end: in its list and in a join. */
struct join_link {
	struct join_link *next;
	struct join *join;
	struct task *task;
};

/*
 * A task: a userdata whose first user value is the coroutine and whose second
 * one is its context (see task.context). It is kept in the registry, by its
 * address, until it is done.
 */
struct task {
	struct ready ready;
	struct host *host;
	lua_State *thread;
	struct task *parent; /* NULL: the main task, or done */
	struct task *children;
	struct task *next; /* siblings */
	struct task *previous;
	struct op *waiting;
	struct join_link *joins;
	int64_t slice;       /* ms of CPU time without waiting; 0: the host's */
	int64_t slice_used;  /* of it, before others had their turn */
	int64_t slice_began; /* CPU time, ms; 0: the hook has not looked yet */
	int reason;    /* registry reference: a child's failure, or none */
	bool shielded; /* its parent's cancellation does not reach it */
	bool observed; /* its failure is for whoever awaits it only */
	bool cancelled;
	bool settling; /* its function has ended, its children have not */
	bool done;
	bool failed;
	bool killed;      /* it passed a limit */
	bool preemptible; /* others get their turn while it computes */
	bool preempted;   /* it has yielded for that */
};

/* Stack slots of a task's coroutine once its function has ended. */
enum { SLOT_WELL = 1, SLOT_ERROR = 2, SLOT_RESULTS = 2 };

struct host *host_of(lua_State *L);

/*
 * The message handler of tasks: whatever was raised becomes an error table with
 * the traceback of where it was raised; none for a mere cancellation, which is
 * how most tasks of others end.
 */
int task_on_error(lua_State *L);

/* Call `ready` at the loop's next turn. Once, however often it is asked. */
void host_ready(struct host *host, struct ready *ready);

/*
 * Push the userdata of a new task. The `count` values on the stack's top, a
 * function and its arguments, are taken. It begins at the loop's next turn, as
 * a child of the task that runs on L.
 */
struct task *task_new(lua_State *L, int count);

/* The task that runs on L; NULL in a coroutine of the script's own. */
struct task *task_current(lua_State *L);

/* Ask it and all below it to stop. Sticky. Harmless when it is done. */
void task_cancel(struct task *task);

/* The task whose handle is at `index`, or NULL; or an argument error. */
struct task *task_test(lua_State *L, int index);
struct task *task_check(lua_State *L, int index);

/* Push the userdata of a task that is not done. */
void task_push(lua_State *L, struct task *task);

/*
 * Push what a task that is done returned (all, or the `first` alone) and return
 * how many values that are; or raise its error.
 */
int task_push_results(lua_State *L, struct task *task, bool first);

/* Did it fail only because it was asked to stop? */
bool task_merely_cancelled(struct task *task);

/* For a hook: `task`, which runs on L, goes on at the loop's next turn, so that
 * keys and signals are seen in between. Must come last in the hook. */
void task_preempt(lua_State *L, struct task *task);

/* Keep its parent's cancellation from a task that was just made. */
void task_shield(struct task *task);

/* The same as task_op, for a wait that a cancelled task may still do. */
void *task_op_shielded(lua_State *L, size_t size);

/* Raise the reason why the current task is to stop. */
int task_raise_cancelled(lua_State *L, struct task *task);

/* task_join.c: tell everybody who waits for `task` that it is done. */
void join_notify(struct task *task);

/* task_event.c: push a new event, a value to be set and waited for. */
int event_new(lua_State *L);

/* task_join.c: the functions of module task that wait for tasks. */
int join_await(lua_State *L); /* handle:await() */
int join_all(lua_State *L);
int join_any(lua_State *L);
int join_first(lua_State *L);
int join_timeout(lua_State *L);
int join_shield(lua_State *L);

/* coroutine.c: prepare L: the script's own coroutines cannot harm tasks. */
void coroutine_install(lua_State *L);

/* Prepare L for tasks: call it before the first one is made. */
void task_install(lua_State *L);
