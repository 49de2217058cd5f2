#include "runtime/engine/schedule.h"

#include "runtime/base/mem.h"

static void place(struct schedule_heap *heap, struct schedule *item, size_t at)
{
	heap->items[at] = item;
	item->at = at;
}

static void rise(struct schedule_heap *heap, struct schedule *item)
{
	size_t at = item->at;

	while (at > 0) {
		size_t parent = (at - 1) / 2;

		if (heap->items[parent]->fires <= item->fires)
			break;
		place(heap, heap->items[parent], at);
		at = parent;
	}
	place(heap, item, at);
}

static void sink(struct schedule_heap *heap, struct schedule *item)
{
	size_t at = item->at;

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= heap->count)
			break;
		if (child + 1 < heap->count &&
		    heap->items[child + 1]->fires < heap->items[child]->fires)
			child++;
		if (heap->items[child]->fires >= item->fires)
			break;
		place(heap, heap->items[child], at);
		at = child;
	}
	place(heap, item, at);
}

void schedule_heap_release(struct schedule_heap *heap)
{
	mem_free(heap->items);
	*heap = (struct schedule_heap){0};
}

void schedule_put(struct schedule_heap *heap, struct schedule *schedule)
{
	if (heap->count == heap->capacity) {
		heap->capacity = heap->capacity ? 2 * heap->capacity : 16;
		heap->items =
			mem_grow(heap->items,
				 heap->capacity * sizeof(struct schedule *));
	}
	place(heap, schedule, heap->count++);
	rise(heap, schedule);
}

void schedule_moved(struct schedule_heap *heap, struct schedule *schedule)
{
	rise(heap, schedule);
	sink(heap, schedule);
}

void schedule_remove(struct schedule_heap *heap, struct schedule *schedule)
{
	size_t at = schedule->at;
	struct schedule *last = heap->items[--heap->count];

	if (last == schedule)
		return;
	place(heap, last, at);
	schedule_moved(heap, last);
}

struct schedule *schedule_first(const struct schedule_heap *heap)
{
	return heap->count > 0 ? heap->items[0] : NULL;
}

int64_t schedule_after(const struct schedule *schedule, int64_t after)
{
	if (schedule->every == 0)
		return cron_next(&schedule->cron, schedule->zone, after);
	if (schedule->next > after)
		return schedule->next;
	return schedule->next + ((after - schedule->next) / schedule->every +
				 1) * schedule->every;
}

/* A hash, so that the same time has the same jitter after a restart. */
static uint64_t scatter(const struct schedule *schedule)
{
	uint64_t x = (uint64_t)schedule->recipe * 0x9e3779b97f4a7c15u ^
		     (uint64_t)schedule->trigger << 32 ^
		     (uint64_t)schedule->next;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

void schedule_set(struct schedule *schedule, int64_t next)
{
	schedule->next = next;
	schedule->fires = next;
	if (schedule->jitter > 0)
		schedule->fires += (int64_t)(scatter(schedule) %
					     ((uint64_t)schedule->jitter + 1));
}
