#include "runtime/git/features_crew.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "runtime/base/mem.h"

#define MEMBERS_MAX 16
#define PORTION 24 /* neighbours share trees and files: not one by one */

struct member {
	struct crew *crew;
	struct differ differ;
	struct error *error;
	pthread_t thread;
	bool running;
};

struct crew {
	const struct repo *repo; /* borrowed */
	pthread_mutex_t mutex;   /* all below but members */
	pthread_cond_t more;
	struct differ_job *jobs;
	size_t count;
	size_t capacity;
	size_t taken;
	bool complete; /* no more will come */
	bool stopped;
	struct member members[MEMBERS_MAX]; /* the last is the caller */
	size_t member_count;
};

static bool wait_for_portion(struct crew *crew)
{
	while (!crew->stopped && !crew->complete &&
	       crew->count - crew->taken < PORTION)
		pthread_cond_wait(&crew->more, &crew->mutex);
	return !crew->stopped && crew->count > crew->taken;
}

/* Take some jobs off the list; 0: there are none any more. */
static size_t take(struct crew *crew, struct differ_job *jobs)
{
	size_t count = 0;

	pthread_mutex_lock(&crew->mutex);
	if (library_cancelled(crew->repo->cancelled))
		crew->stopped = true;
	if (wait_for_portion(crew)) {
		count = crew->count - crew->taken;
		count = count > PORTION ? PORTION : count;
		memcpy(jobs, crew->jobs + crew->taken, count * sizeof(*jobs));
		crew->taken += count;
	}
	pthread_mutex_unlock(&crew->mutex);
	return count;
}

static void stop(struct crew *crew)
{
	pthread_mutex_lock(&crew->mutex);
	crew->stopped = true;
	pthread_cond_broadcast(&crew->more);
	pthread_mutex_unlock(&crew->mutex);
}

static int do_all(struct member *member, const struct differ_job *jobs,
		  size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (differ_do(&member->differ, &jobs[i], &member->error) != 0)
			return -1;
	return 0;
}

static void work(struct member *member)
{
	struct differ_job jobs[PORTION];
	int status = differ_init(&member->differ, member->crew->repo,
				 &member->error);

	while (status == 0) {
		size_t count = take(member->crew, jobs);

		if (count == 0)
			return;
		status = do_all(member, jobs, count);
	}
	stop(member->crew);
}

static void *run(void *argument)
{
	work(argument);
	return NULL;
}

static size_t count_processors(void)
{
	cpu_set_t set;
	int count;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	count = CPU_COUNT(&set);
	if (count < 1)
		return 1;
	return count > MEMBERS_MAX ? MEMBERS_MAX : (size_t)count;
}

struct crew *crew_start(const struct repo *repo)
{
	struct crew *crew = mem_alloc(sizeof(*crew));

	crew->repo = repo;
	pthread_mutex_init(&crew->mutex, NULL);
	pthread_cond_init(&crew->more, NULL);
	crew->member_count = count_processors();
	for (size_t i = 0; i + 1 < crew->member_count; i++) {
		struct member *member = &crew->members[i];

		/* One that cannot be started is not missed: the caller works
		 * too. */
		member->crew = crew;
		member->running =
			pthread_create(&member->thread, NULL, run, member) == 0;
	}
	crew->members[crew->member_count - 1].crew = crew;
	return crew;
}

void crew_add(struct crew *crew, const struct differ_job *job)
{
	pthread_mutex_lock(&crew->mutex);
	if (crew->count == crew->capacity) {
		crew->capacity = crew->capacity ? crew->capacity * 2 : 1024;
		crew->jobs = mem_grow(crew->jobs,
				      crew->capacity * sizeof(*crew->jobs));
	}
	crew->jobs[crew->count++] = *job;
	if ((crew->count - crew->taken) % PORTION == 0)
		pthread_cond_signal(&crew->more);
	pthread_mutex_unlock(&crew->mutex);
}

bool crew_failed(struct crew *crew)
{
	bool stopped;

	pthread_mutex_lock(&crew->mutex);
	stopped = crew->stopped;
	pthread_mutex_unlock(&crew->mutex);
	return stopped;
}

static void join(struct crew *crew)
{
	for (size_t i = 0; i < crew->member_count; i++)
		if (crew->members[i].running)
			pthread_join(crew->members[i].thread, NULL);
}

static void free_crew(struct crew *crew)
{
	for (size_t i = 0; i < crew->member_count; i++) {
		differ_release(&crew->members[i].differ);
		error_free(crew->members[i].error);
	}
	pthread_cond_destroy(&crew->more);
	pthread_mutex_destroy(&crew->mutex);
	mem_free(crew->jobs);
	mem_free(crew);
}

/* The first error of all, or "cancelled" when somebody just stopped. */
static int check(struct crew *crew, struct error **err)
{
	for (size_t i = 0; i < crew->member_count; i++) {
		struct error *error = crew->members[i].error;

		crew->members[i].error = NULL;
		if (error)
			return error_move(err, error);
	}
	return crew->stopped ? library_stop(err) : 0;
}

int crew_finish(struct crew *crew, struct history *history, struct error **err)
{
	int status;

	pthread_mutex_lock(&crew->mutex);
	crew->complete = true;
	pthread_cond_broadcast(&crew->more);
	pthread_mutex_unlock(&crew->mutex);
	work(&crew->members[crew->member_count - 1]);
	join(crew);
	status = check(crew, err);
	for (size_t i = 0; status == 0 && i < crew->member_count; i++)
		differ_deliver(&crew->members[i].differ, history);
	if (status == 0 && history->names.full)
		status = error_set(err, ERROR_LIMIT,
				   "the history has more than %u bytes of "
				   "names and subjects",
				   NAMES_BYTES_MAX);
	free_crew(crew);
	return status;
}

void crew_abandon(struct crew *crew)
{
	stop(crew);
	join(crew);
	free_crew(crew);
}
