#include "runtime/learn/gbt/pool.h"

#include <pthread.h>
#include <stdbool.h>

#include "runtime/base/mem.h"

struct gbt_pool {
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	gbt_chunk *run;
	void *context;
	uint32_t chunks, next, finished;
	bool ends;
	uint32_t threads, started;
	struct worker {
		struct gbt_pool *pool;
		uint32_t index;
		pthread_t thread;
	} workers[GBT_THREADS_MAX];
};

/* Does chunks until none is left; called and returns with the lock. */
static void take_chunks(struct gbt_pool *pool, uint32_t worker)
{
	while (pool->next < pool->chunks) {
		uint32_t chunk = pool->next++;

		pthread_mutex_unlock(&pool->lock);
		pool->run(pool->context, chunk, worker);
		pthread_mutex_lock(&pool->lock);
		if (++pool->finished == pool->chunks)
			pthread_cond_signal(&pool->done);
	}
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	struct gbt_pool *pool = worker->pool;

	pthread_mutex_lock(&pool->lock);
	while (!pool->ends) {
		take_chunks(pool, worker->index);
		if (!pool->ends)
			pthread_cond_wait(&pool->work, &pool->lock);
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
	pool = mem_alloc(sizeof(*pool));
	*pool = (struct gbt_pool){.threads = threads};
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

void gbt_pool_run(struct gbt_pool *pool, uint32_t chunks, gbt_chunk *run,
		  void *context)
{
	if (!pool || chunks < 2) {
		for (uint32_t i = 0; i < chunks; i++)
			run(context, i, 0);
		return;
	}
	pthread_mutex_lock(&pool->lock);
	pool->run = run;
	pool->context = context;
	pool->chunks = chunks;
	pool->next = pool->finished = 0;
	pthread_cond_broadcast(&pool->work);
	take_chunks(pool, 0);
	while (pool->finished < pool->chunks)
		pthread_cond_wait(&pool->done, &pool->lock);
	pool->chunks = pool->next = 0;
	pthread_mutex_unlock(&pool->lock);
}
