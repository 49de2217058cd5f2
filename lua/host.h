/* What the tasks of one Lua state share. For vm.c and the files of task.c. */
#pragma once

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "lua/task.h"

/* Something to be called from the loop, at once but not recursively. */
struct ready {
	struct ready *next;
	void (*call)(struct ready *ready);
	bool queued;
};

struct task;

struct host {
	lua_State *state; /* the main thread; never runs a script itself */
	uv_loop_t *loop;
	uv_idle_t idle; /* active while something is ready */
	struct ready *first, *last;
	struct task *running;
	int64_t slice; /* milliseconds a task may run without waiting */
	size_t used;   /* bytes of the Lua state */
	size_t ceiling;
	bool refused; /* the last request for more memory was */
	bool over;    /* so was the same after a collection */
};

/* Somebody who waits for a task's end. */
struct join_link {
	struct join_link *next;
	struct join *join;
	struct task *task;
};

struct task {
	struct ready ready;
	struct host *host;
	lua_State *thread; /* kept by the userdata's first user value */
	struct task *parent;
	struct task *children, *next, *previous; /* siblings */
	struct op *waiting;
	struct join_link *joins;
	int64_t resumed;  /* when it last got to run, monotonic */
	int reason;       /* registry reference: a child's failure, or none */
	unsigned shields; /* how many shields protect it now */
	bool observed;    /* its failure goes to whoever awaits it */
	bool cancelled, settling, done, failed, killed;
};

struct host *host_of(lua_State *L);
void host_ready(struct host *host, struct ready *ready);

void task_install(lua_State *L, struct host *host);

/* Push a new task's userdata: function and arguments are the `count` values on
 * the stack's top, which it takes. It runs at the loop's next turn. */
struct task *task_new(lua_State *L, int count);

/* The task that runs on L, or NULL in a coroutine of the script's own. */
struct task *task_current(lua_State *L);

/* Ask it and all below it to stop. Sticky. Harmless when it is done. */
void task_cancel(struct task *task);

struct task *task_check(lua_State *L, int index);

/* Push what a task that is done returned, or raise its error. */
int task_push_results(lua_State *L, struct task *task);

/* task_join.c: tell everybody who waits for `task` that it is done. */
void join_notify(struct task *task);
