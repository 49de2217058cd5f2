/*
 * A process in a user namespace of its own may put children into a new PID
 * namespace, but not go back, and afterwards it cannot make threads. So one
 * thread goes there for good and starts all children; the others stay free.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "runtime/loop/guard_parts.h"

static int enter(struct guard *guard)
{
	if (setns(guard->inner_pids, CLONE_NEWPID) == 0)
		return 0;
	return errno;
}

static void *serve(void *argument)
{
	struct guard *guard = argument;

	pthread_mutex_lock(&guard->lock);
	guard->status = enter(guard);
	guard->answered = true;
	pthread_cond_broadcast(&guard->changed);
	while (!guard->ending) {
		if (guard->request) {
			guard->status = spawn_run(guard->request);
			guard->request = NULL;
			guard->answered = true;
			pthread_cond_broadcast(&guard->changed);
		}
		pthread_cond_wait(&guard->changed, &guard->lock);
	}
	pthread_mutex_unlock(&guard->lock);
	return NULL;
}

static int await_answer(struct guard *guard)
{
	int status;

	while (!guard->answered)
		pthread_cond_wait(&guard->changed, &guard->lock);
	guard->answered = false;
	status = guard->status;
	pthread_mutex_unlock(&guard->lock);
	return status;
}

int guard_thread_start(struct guard *guard, struct error **err)
{
	int why;

	pthread_mutex_init(&guard->lock, NULL);
	pthread_cond_init(&guard->changed, NULL);
	why = pthread_create(&guard->thread, NULL, serve, guard);
	if (why != 0)
		return error_set(err, ERROR_IO, "cannot make a thread: %s",
				 strerror(why));
	guard->threaded = true;
	pthread_mutex_lock(&guard->lock);
	why = await_answer(guard);
	if (why != 0)
		return error_set(err, ERROR_IO,
				 "cannot enter the PID namespace: %s",
				 strerror(why));
	return 0;
}

int guard_thread_spawn(struct guard *guard, struct spawn *spawn)
{
	pthread_mutex_lock(&guard->lock);
	guard->request = spawn;
	pthread_cond_broadcast(&guard->changed);
	return await_answer(guard);
}

void guard_thread_end(struct guard *guard)
{
	if (!guard->threaded)
		return;
	pthread_mutex_lock(&guard->lock);
	guard->ending = true;
	pthread_cond_broadcast(&guard->changed);
	pthread_mutex_unlock(&guard->lock);
	pthread_join(guard->thread, NULL);
	guard->threaded = false;
}
