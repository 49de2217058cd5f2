/* Control groups (v2): one a running step, so that none of it escapes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/buf.h"

/*
 * The groups of one run, in a directory below our own group. They are used
 * again by later steps: a group costs two directory operations and three open
 * files only for as many as run at once.
 */
struct cgroup_pool;

/* NULL when there is no cgroup v2, or no right to make groups. */
struct cgroup_pool *cgroup_pool_open(const char *cookie);

/* Kills what is in them and removes them. NULL is fine. */
void cgroup_pool_close(struct cgroup_pool *pool);

/* An empty group's number, or -1; `pool` may be NULL. */
int cgroup_take(struct cgroup_pool *pool);

/* Its directory, for clone3; -1 for the number -1. */
int cgroup_fd(const struct cgroup_pool *pool, int number);

/* Give it back; while others live in it, it is not taken again. */
void cgroup_give(struct cgroup_pool *pool, int number);

void cgroup_kill(struct cgroup_pool *pool, int number);

/* CPU time used in it since it was taken, in ms. False: not known. */
bool cgroup_usage(const struct cgroup_pool *pool, int number, int64_t *user,
		  int64_t *system);

/* Kill and remove what a dead runner's run has left. */
void cgroup_sweep(const char *cookie);

/* A line for `tidemill doctor`. */
void cgroup_describe(struct buf *text);
