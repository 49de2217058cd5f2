#include "runtime/learn/gbt/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "runtime/base/mem.h"

/*
 * Jobs are 10 us to 1 ms long and follow each other closely, and to wake a
 * thread takes as long; so who waits first offers its processor to others so
 * many times, which takes about 0.3 ms when nobody wants it, and then sleeps.
 */
enum { PATIENCE = 1000 };

/*
 * Jobs are watched, and have faults: BLOCKED when it was waited long for a
 * thread, UNHELPED when none came, or only such as ran on the processor of who
 * calls. With FAULTS the next ones are done alone, four times as many as the
 * last time.
 */
enum {
	WATCHED = 64,
	BLOCKED = 8,
	UNHELPED = 1,
	FAULTS = 32,
	ALONE_LEAST = 512,
	ALONE_MOST = 1 << 15
};

struct share {
	uint32_t next, end; /* chunks */
};

struct worker {
	struct gbt_pool *pool;
	uint32_t index;
	pthread_t thread;
};

struct gbt_pool {
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	gbt_chunk *run;
	void *context;
	uint32_t chunks;
	atomic_uint jobs, finished; /* jobs so far; chunks of this one */
	uint32_t sleeping;          /* threads without work */
	bool caller_sleeps;
	atomic_bool ends;
	uint32_t threads, started;
	struct share shares[GBT_THREADS_MAX];
	struct worker workers[GBT_THREADS_MAX];
	uint32_t watched, faults;   /* jobs of late, and their faults */
	uint32_t alone, alone_next; /* jobs to do alone */
	int processor;              /* of who called */
	bool helped;                /* by a thread on another one */
};

/* Lets others run until the value is no longer `before`, or for a moment. */
static bool offer(const atomic_uint *value, uint32_t before)
{
	for (int i = 0; i < PATIENCE; i++) {
		if (atomic_load(value) != before)
			return true;
		sched_yield();
	}
	return false;
}

/* A chunk of its own, or of who has most left, from the end. */
static bool take(struct gbt_pool *pool, uint32_t worker, uint32_t *chunk)
{
	struct share *own = &pool->shares[worker], *most = own;

	if (own->next < own->end) {
		*chunk = own->next++;
		return true;
	}
	for (uint32_t i = 0; i < pool->threads; i++) {
		struct share *share = &pool->shares[i];

		if (share->end - share->next > most->end - most->next)
			most = share;
	}
	if (most->next == most->end)
		return false;
	*chunk = --most->end;
	return true;
}

/* Does chunks until none is left; called and returns with the lock. */
static void take_chunks(struct gbt_pool *pool, uint32_t worker)
{
	uint32_t chunk;

	while (take(pool, worker, &chunk)) {
		int processor = sched_getcpu();

		if (worker == 0)
			pool->processor = processor;
		else if (processor != pool->processor)
			pool->helped = true;
		pthread_mutex_unlock(&pool->lock);
		pool->run(pool->context, chunk, worker);
		pthread_mutex_lock(&pool->lock);
		if (atomic_fetch_add(&pool->finished, 1) + 1 == pool->chunks &&
		    pool->caller_sleeps)
			pthread_cond_signal(&pool->done);
	}
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	struct gbt_pool *pool = worker->pool;

	pthread_mutex_lock(&pool->lock);
	while (!pool->ends) {
		uint32_t seen = atomic_load(&pool->jobs);

		take_chunks(pool, worker->index);
		pthread_mutex_unlock(&pool->lock);
		offer(&pool->jobs, seen);
		pthread_mutex_lock(&pool->lock);
		if (atomic_load(&pool->jobs) != seen || pool->ends)
			continue;
		pool->sleeping++;
		pthread_cond_wait(&pool->work, &pool->lock);
		pool->sleeping--;
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

struct gbt_pool *gbt_pool_new(uint32_t threads)
{
	struct gbt_pool *pool;

	if (threads < 2)
		return NULL;
	if (threads > GBT_THREADS_MAX)
		threads = GBT_THREADS_MAX;
	pool = mem_array(1, sizeof(*pool));
	pool->threads = threads;
	pool->alone_next = ALONE_LEAST;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work, NULL);
	pthread_cond_init(&pool->done, NULL);
	for (uint32_t i = 1; i < threads; i++) {
		struct worker *worker = &pool->workers[i];

		worker->pool = pool;
		worker->index = i;
		if (pthread_create(&worker->thread, NULL, work, worker) != 0)
			break;
		pool->started = i;
	}
	return pool;
}

void gbt_pool_free(struct gbt_pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->ends = true;
	atomic_fetch_add(&pool->jobs, 1);
	pthread_cond_broadcast(&pool->work);
	pthread_mutex_unlock(&pool->lock);
	for (uint32_t i = 1; i <= pool->started; i++)
		pthread_join(pool->workers[i].thread, NULL);
	pthread_mutex_destroy(&pool->lock);
	pthread_cond_destroy(&pool->work);
	pthread_cond_destroy(&pool->done);
	mem_free(pool);
}

uint32_t gbt_pool_threads(const struct gbt_pool *pool)
{
	return pool ? pool->threads : 1;
}

static void run_alone(uint32_t chunks, gbt_chunk *run, void *context)
{
	for (uint32_t i = 0; i < chunks; i++)
		run(context, i, 0);
}

/* Called with the lock. */
static void share_out(struct gbt_pool *pool, uint32_t chunks)
{
	uint64_t count = chunks;

	for (uint32_t i = 0; i < pool->threads; i++) {
		pool->shares[i].next = (uint32_t)(count * i / pool->threads);
		pool->shares[i].end =
			(uint32_t)(count * (i + 1) / pool->threads);
	}
	pool->chunks = chunks;
	pool->helped = false;
	atomic_store(&pool->finished, 0);
	atomic_fetch_add(&pool->jobs, 1);
	if (pool->sleeping > 0)
		pthread_cond_broadcast(&pool->work);
}

/* Until all chunks are done; called and returns with the lock. */
static void await(struct gbt_pool *pool)
{
	uint32_t finished;
	bool patient = true;

	while ((finished = atomic_load(&pool->finished)) < pool->chunks) {
		if (!patient) {
			pool->caller_sleeps = true;
			pthread_cond_wait(&pool->done, &pool->lock);
			pool->caller_sleeps = false;
			continue;
		}
		pthread_mutex_unlock(&pool->lock);
		patient = offer(&pool->finished, finished);
		pthread_mutex_lock(&pool->lock);
	}
	pool->faults += !patient ? BLOCKED : !pool->helped ? UNHELPED : 0;
}

/* Threads that are often waited for are left alone for a while. */
static void judge(struct gbt_pool *pool)
{
	if (pool->faults >= FAULTS) {
		pool->alone = pool->alone_next;
		if (pool->alone_next < ALONE_MOST)
			pool->alone_next *= 4;
	} else if (++pool->watched < WATCHED) {
		return;
	} else {
		pool->alone_next = ALONE_LEAST;
	}
	pool->watched = pool->faults = 0;
}

void gbt_pool_run(struct gbt_pool *pool, uint32_t chunks, gbt_chunk *run,
		  void *context)
{
	if (!pool || chunks < 2) {
		run_alone(chunks, run, context);
		return;
	}
	if (pool->alone > 0) {
		pool->alone--;
		run_alone(chunks, run, context);
		return;
	}
	pthread_mutex_lock(&pool->lock);
	pool->run = run;
	pool->context = context;
	share_out(pool, chunks);
	take_chunks(pool, 0);
	await(pool);
	judge(pool);
	pthread_mutex_unlock(&pool->lock);
}
