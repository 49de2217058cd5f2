#include "runtime/git/features_history.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/features_bytes.h"

/* Room for one more: `capacity` doubles, from 256. */
static void *grow(void *items, uint32_t *capacity, uint64_t needed, size_t size)
{
	uint64_t room = *capacity ? *capacity : 256;

	if (needed <= *capacity)
		return items;
	while (room < needed)
		room *= 2;
	if (room > UINT32_MAX)
		room = UINT32_MAX;
	*capacity = (uint32_t)room;
	return mem_grow(items, room * size);
}

void names_init(struct names *names)
{
	memset(names, 0, sizeof(*names));
	names_add(names, "", 0);
}

void names_release(struct names *names)
{
	mem_free(names->bytes);
	mem_free(names->offsets);
	mem_free(names->table);
	memset(names, 0, sizeof(*names));
}

const char *names_get(const struct names *names, uint32_t name)
{
	return names->bytes + names->offsets[name];
}

/* Where a string is in the table, or belongs. */
static uint32_t *find_name(const struct names *names, const char *bytes,
			   size_t length)
{
	size_t at = bytes_hash(bytes, length) & (names->table_size - 1);

	for (;; at = (at + 1) & (names->table_size - 1)) {
		uint32_t *entry = &names->table[at];
		const char *text;

		if (*entry == 0)
			return entry;
		text = names_get(names, *entry - 1);
		if (strncmp(text, bytes, length) == 0 && text[length] == 0)
			return entry;
	}
}

static void grow_table(struct names *names)
{
	if ((uint64_t)names->count * 2 < names->table_size)
		return;
	mem_free(names->table);
	names->table_size = names->table_size ? names->table_size : 1024;
	while (names->table_size <= (uint64_t)names->count * 2)
		names->table_size *= 2;
	names->table = mem_array(names->table_size, sizeof(*names->table));
	for (uint32_t i = 0; i < names->count; i++) {
		const char *text = names_get(names, i);

		*find_name(names, text, strlen(text)) = i + 1;
	}
}

static void append_name(struct names *names, const char *bytes, size_t length)
{
	while (names->length + length + 1 > names->capacity) {
		names->capacity = names->capacity ? names->capacity * 2 : 4096;
		names->bytes = mem_grow(names->bytes, names->capacity);
	}
	names->offsets =
		grow(names->offsets, &names->offset_capacity,
		     (uint64_t)names->count + 1, sizeof(*names->offsets));
	names->offsets[names->count++] = (uint32_t)names->length;
	memcpy(names->bytes + names->length, bytes, length);
	names->length += length;
	names->bytes[names->length++] = '\0';
}

uint32_t names_add(struct names *names, const char *bytes, size_t length)
{
	const char *nul = memchr(bytes, 0, length);
	uint32_t *entry;

	if (nul)
		length = (size_t)(nul - bytes);
	if (names->length + length + 1 > NAMES_BYTES_MAX) {
		names->full = true;
		return 0;
	}
	grow_table(names);
	entry = find_name(names, bytes, length);
	if (*entry == 0) {
		append_name(names, bytes, length);
		*entry = names->count;
	}
	return *entry - 1;
}

void history_init(struct history *history)
{
	memset(history, 0, sizeof(*history));
	names_init(&history->names);
}

void history_release(struct history *history)
{
	mem_free(history->revisions);
	mem_free(history->parents);
	mem_free(history->touches);
	mem_free(history->table);
	names_release(&history->names);
	memset(history, 0, sizeof(*history));
}

static uint32_t *find_revision(const struct history *history,
			       const uint8_t *oid)
{
	uint64_t hash;
	size_t at;

	memcpy(&hash, oid, sizeof(hash));
	at = hash & (history->table_size - 1);
	for (;; at = (at + 1) & (history->table_size - 1)) {
		uint32_t *entry = &history->table[at];

		if (*entry == 0 || memcmp(history->revisions[*entry - 1].oid,
					  oid, OID_BYTES) == 0)
			return entry;
	}
}

static void index_revisions(struct history *history)
{
	if ((uint64_t)history->count * 2 < history->table_size)
		return;
	mem_free(history->table);
	history->table_size = history->table_size ? history->table_size : 1024;
	while (history->table_size <= (uint64_t)history->count * 2)
		history->table_size *= 2;
	history->table =
		mem_array(history->table_size, sizeof(*history->table));
	for (uint32_t i = 0; i < history->count; i++)
		*find_revision(history, history->revisions[i].oid) = i + 1;
}

uint32_t history_find(const struct history *history, const uint8_t *oid)
{
	return history->table_size ? *find_revision(history, oid) - 1
				   : REVISION_NONE;
}

uint32_t history_add(struct history *history, const uint8_t *oid)
{
	uint32_t *entry;

	index_revisions(history);
	entry = find_revision(history, oid);
	if (*entry == 0) {
		history->revisions =
			grow(history->revisions, &history->capacity,
			     (uint64_t)history->count + 1,
			     sizeof(*history->revisions));
		memset(&history->revisions[history->count], 0,
		       sizeof(*history->revisions));
		memcpy(history->revisions[history->count].oid, oid, OID_BYTES);
		*entry = ++history->count;
	}
	return *entry - 1;
}

void history_hex(const struct revision *revision, char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < OID_BYTES; i++) {
		*hex++ = digits[revision->oid[i] >> 4];
		*hex++ = digits[revision->oid[i] & 15];
	}
	*hex = '\0';
}

uint32_t history_add_parent(struct history *history, uint32_t parent)
{
	history->parents = grow(history->parents, &history->parent_capacity,
				(uint64_t)history->parent_count + 1,
				sizeof(*history->parents));
	history->parents[history->parent_count] = parent;
	return history->parent_count++;
}

struct touch *history_add_touches(struct history *history, uint32_t count)
{
	struct touch *first;

	history->touches = grow(history->touches, &history->touch_capacity,
				(uint64_t)history->touch_count + count,
				sizeof(*history->touches));
	first = history->touches + history->touch_count;
	history->touch_count += count;
	return first;
}

void history_mark(const struct history *history, uint32_t tip, uint8_t *marks)
{
	uint32_t *stack = mem_array((size_t)history->count + 1, sizeof(*stack));
	size_t height = 0;

	if (!marks[tip])
		stack[height++] = tip;
	marks[tip] = 1;
	while (height > 0) {
		const struct revision *revision =
			&history->revisions[stack[--height]];

		for (uint32_t i = 0; i < revision->parent_count; i++) {
			uint32_t parent =
				history->parents[revision->parent + i];

			if (!marks[parent])
				stack[height++] = parent;
			marks[parent] = 1;
		}
	}
	mem_free(stack);
}

/* How many children each has among the marked. */
static uint32_t *count_children(const struct history *history,
				const uint8_t *marks)
{
	uint32_t *children =
		mem_array((size_t)history->count + 1, sizeof(*children));

	for (uint32_t i = 0; i < history->count; i++) {
		const struct revision *revision = &history->revisions[i];

		for (uint32_t j = 0; marks[i] && j < revision->parent_count;
		     j++)
			children[history->parents[revision->parent + j]]++;
	}
	return children;
}

uint32_t history_order(const struct history *history, uint32_t tip,
		       uint32_t *order)
{
	uint8_t *marks = mem_alloc((size_t)history->count + 1);
	uint32_t *stack = mem_array((size_t)history->count + 1, sizeof(*stack));
	uint32_t *children;
	uint32_t height = 0;
	uint32_t count = 0;

	history_mark(history, tip, marks);
	children = count_children(history, marks);
	stack[height++] = tip;
	while (height > 0) {
		uint32_t at = stack[--height];
		const struct revision *revision = &history->revisions[at];

		order[count++] = at;
		for (uint32_t i = 0; i < revision->parent_count; i++) {
			uint32_t parent =
				history->parents[revision->parent + i];

			if (--children[parent] == 0)
				stack[height++] = parent;
		}
	}
	for (uint32_t i = 0; i < count / 2; i++) {
		uint32_t swap = order[i];

		order[i] = order[count - 1 - i];
		order[count - 1 - i] = swap;
	}
	mem_free(children);
	mem_free(stack);
	mem_free(marks);
	return count;
}
