/* Tasks: coroutines that wait for operations. The one place that resumes. */
#pragma once

#include <lua.h>
#include <stddef.h>
#include <uv.h>

#include "runtime/loop/op.h"

/*
 * The two halves of a waiting binding. The first:
 *
 *	struct timer *timer = task_op(L, sizeof(*timer));
 *	timer_start(timer, task_loop(L), ms);
 *	return task_await(L, &timer->op, slept);
 *
 * and the second, called when the operation is done:
 *
 *	static int slept(lua_State *L, int status, lua_KContext context)
 *	{
 *		struct timer *timer = task_awaited(L, context);
 *		…push results…
 *	}
 */

/*
 * Push a zeroed userdata of `size` bytes whose first member is a struct op.
 * Its op.release runs when it is collected. The request's memory stays valid
 * until then and in any case until it is done. Raises when the current
 * coroutine cannot wait here (a clear message) or the task is cancelled.
 */
void *task_op(lua_State *L, size_t size);

/* Yield until `op` is done, then go on in `next`. Ends the calling C function.
 */
int task_await(lua_State *L, struct op *op, lua_KFunction next);

/* The finished request, at the stack's top; raises its error if it has one. */
void *task_awaited(lua_State *L, lua_KContext context);

/* The same without raising: the caller looks at op.error itself. */
void *task_awaited_quietly(lua_State *L, lua_KContext context);

uv_loop_t *task_loop(lua_State *L); /* borrowed: the state's loop */

/* May the running coroutine wait (is it a task, and not inside require…)? */
int task_can_wait(lua_State *L);
