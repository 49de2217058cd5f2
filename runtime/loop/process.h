/* Processes of others: which one a pid means, whether it lives, its end. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

#include "runtime/loop/op.h"

/*
 * When `pid` started: field 22 of /proc/PID/stat, clock ticks since boot; 0 if
 * there is no such process or it is a zombie. A pid with its start time never
 * means another process.
 */
uint64_t process_start_time(pid_t pid);

/* Does the process that started at `start` still run? */
bool process_alive(pid_t pid, uint64_t start);

/*
 * Send `number` to that process, and to no other one that got its pid. Fails
 * with ERROR_NOT_FOUND when it has ended, ERROR_IO when it is not ours.
 */
int process_signal(pid_t pid, uint64_t start, int number, struct error **err);

/* Waits until a process that need not be a child has exited. */
struct pidwatch {
	struct op op;
	int fd;
	bool opened; /* `handle` is one */
	uv_poll_t handle;
	uv_timer_t timer;
	unsigned open;
};

/* Completes at once (without an error) when it does not run any more. */
void pidwatch_start(struct pidwatch *watch, uv_loop_t *loop, pid_t pid,
		    uint64_t start);
