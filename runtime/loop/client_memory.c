/*
 * Memory for libcurl, which takes and gives back about a hundred pieces for
 * every small request. What the loop's thread gives back is kept in lists by
 * size, up to a maximum, and taken from there. Other threads (of name look-ups)
 * use the C library alone.
 */
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/loop/client_memory.h"

enum {
	GRAIN = 64,
	FINE = 16,  /* lists of 1 to 16 grains */
	COARSE = 7, /* lists of 2 KiB to 128 KiB, each twice the former */
	LISTS = FINE + COARSE,
	KEPT_MAX = 8 * 1024 * 1024,
};

/* Before each piece; as large as what malloc aligns to. */
struct head {
	_Alignas(max_align_t) struct head *next; /* in a list */
	uint32_t list;                           /* LISTS: none, too large */
	uint32_t unused;
	size_t size; /* that may be used */
};

static _Thread_local struct {
	struct head *lists[LISTS];
	size_t kept;
	bool active;
} pool;

static uint32_t list_of(size_t size, size_t *rounded)
{
	uint32_t list = FINE;

	if (size <= (size_t)GRAIN * FINE) {
		list = size ? (uint32_t)((size - 1) / GRAIN) : 0;
		*rounded = ((size_t)list + 1) * GRAIN;
		return list;
	}
	*rounded = (size_t)GRAIN * FINE * 2;
	while (list < LISTS && *rounded < size) {
		*rounded *= 2;
		list++;
	}
	if (list == LISTS)
		*rounded = size;
	return list;
}

static void *take(size_t size)
{
	size_t rounded;
	uint32_t list = list_of(size, &rounded);
	struct head *head;

	if (rounded > SIZE_MAX - sizeof(*head))
		return NULL;
	if (pool.active && list < LISTS && pool.lists[list]) {
		head = pool.lists[list];
		pool.lists[list] = head->next;
		pool.kept -= rounded;
		return head + 1;
	}
	head = malloc(sizeof(*head) + rounded);
	if (!head)
		return NULL;
	head->list = list;
	head->size = rounded;
	return head + 1;
}

static void give(void *memory)
{
	struct head *head = memory;

	if (!memory)
		return;
	head--;
	if (!pool.active || head->list == LISTS ||
	    pool.kept + head->size > KEPT_MAX) {
		free(head);
		return;
	}
	head->next = pool.lists[head->list];
	pool.lists[head->list] = head;
	pool.kept += head->size;
}

static void *grow(void *memory, size_t size)
{
	const struct head *head = memory;
	void *grown;

	if (!memory)
		return take(size);
	if (size <= head[-1].size)
		return memory;
	grown = take(size);
	if (!grown)
		return NULL;
	memcpy(grown, memory, head[-1].size);
	give(memory);
	return grown;
}

static void *zeroed(size_t count, size_t size)
{
	void *memory;

	if (size && count > SIZE_MAX / size)
		return NULL;
	memory = take(count * size);
	return memory ? memset(memory, 0, count * size) : NULL;
}

static char *copy(const char *text)
{
	size_t size = strlen(text) + 1;
	char *made = take(size);

	return made ? memcpy(made, text, size) : NULL;
}

CURLcode client_memory_start(void)
{
	return curl_global_init_mem(CURL_GLOBAL_DEFAULT, take, give, grow, copy,
				    zeroed);
}

void client_memory_keep(void)
{
	pool.active = true;
}
