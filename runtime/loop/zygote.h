/* Zygotes: a process that is ready to work and forks others that are, too. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/*
 * A zygote is started like any program, prepares what all of its kind need, and
 * calls zygote_serve. Whoever opened it then has children made of it, for the
 * cost of a fork. They are children of the opener, not of the zygote, which
 * may be killed at any time; it ends when the opener closes it or ends.
 */
struct zygote;

struct zygote_options {
	const char *path;  /* of the program */
	char *const *argv; /* both are borrowed for the call */
	char *const *env;
};

/* Returns NULL if it cannot be started; it may still end before it serves. */
struct zygote *zygote_open(const struct zygote_options *options);
void zygote_close(struct zygote *zygote); /* NULL is fine */

enum zygote_state { ZYGOTE_PREPARES, ZYGOTE_READY, ZYGOTE_ENDED };

enum zygote_state zygote_state(struct zygote *zygote);

/*
 * Make a child that returns `number` from zygote_serve; its standard error is
 * `log` and it has a session of its own. Waits, usually 0.2 ms, at most 0.5 s.
 * Returns its pid, or 0: then no child goes on, and the zygote must be closed.
 */
pid_t zygote_fork(struct zygote *zygote, int64_t number, int log);

/*
 * In the zygote, before it has threads or an event loop: say that it is ready
 * and serve. Returns in each child; the zygote itself never comes back.
 */
int64_t zygote_serve(void);
