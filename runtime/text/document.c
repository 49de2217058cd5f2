#include "runtime/text/document.h"

#include <stdarg.h>
#include <string.h>

#include "runtime/base/mem.h"

struct places_slot {
	const void *container; /* NULL with line 0: free */
	uint32_t number;
	struct place place;
};

void places_init(struct places *places)
{
	*places = (struct places){0};
}

void places_release(struct places *places)
{
	mem_free(places->slots);
	*places = (struct places){0};
}

/* The slot of this item, or the free one where it belongs. */
static struct places_slot *find(const struct places *places,
				const void *container, uint32_t number)
{
	uint64_t hash = ((uint64_t)(uintptr_t)container >> 4) + number;
	size_t at = (hash * 0x9e3779b97f4a7c15u) >> 20 & (places->capacity - 1);

	while (places->slots[at].place.line &&
	       (places->slots[at].container != container ||
		places->slots[at].number != number))
		at = (at + 1) & (places->capacity - 1);
	return &places->slots[at];
}

static void grow(struct places *places)
{
	struct places old = *places;

	places->capacity = old.capacity ? old.capacity * 2 : 64;
	places->slots = mem_array(places->capacity, sizeof(*places->slots));
	for (size_t i = 0; i < old.capacity; i++)
		if (old.slots[i].place.line)
			*find(places, old.slots[i].container,
			      old.slots[i].number) = old.slots[i];
	mem_free(old.slots);
}

void places_set(struct places *places, const void *container, uint32_t number,
		struct place place)
{
	struct places_slot *slot;

	if (place.line == 0)
		return;
	if (places->count * 2 >= places->capacity)
		grow(places);
	slot = find(places, container, number);
	if (!slot->place.line)
		places->count++;
	*slot = (struct places_slot){container, number, place};
}

static struct place look_up(const struct places *places, const void *container,
			    uint32_t number)
{
	if (places->count == 0)
		return (struct place){0, 0};
	return find(places, container, number)->place;
}

struct place places_item(const struct places *places,
			 const struct value_list *list, uint32_t number)
{
	return look_up(places, list, number);
}

struct place places_key(const struct places *places,
			const struct value_dict *dict, struct value key)
{
	const struct value *value = value_dict_get(dict, key);
	const struct value_entry *entry;

	if (!value)
		return (struct place){0, 0};
	entry = (const struct value_entry *)((const char *)value -
					     offsetof(struct value_entry,
						      value));
	return look_up(places, dict, (uint32_t)(entry - dict->entries));
}

size_t document_nodes(const struct document *document)
{
	return document->nodes_max ? document->nodes_max : DOCUMENT_NODES;
}

uint32_t document_depth(const struct document *document)
{
	return document->depth_max ? document->depth_max : DOCUMENT_DEPTH;
}

int document_error(const struct document *document, struct place place,
		   struct error **err, const char *format, ...)
{
	va_list args;
	char *what;

	va_start(args, format);
	what = mem_vprintf(format, args);
	va_end(args);
	if (document->file)
		error_set(err, ERROR_INVALID, "%s:%u:%u: %s", document->file,
			  place.line, place.column, what);
	else
		error_set(err, ERROR_INVALID, "line %u, column %u: %s",
			  place.line, place.column, what);
	mem_free(what);
	return -1;
}

int document_check(const struct document *document, const struct arena *arena,
		   struct error **err)
{
	size_t max = document->bytes_max ? document->bytes_max : DOCUMENT_BYTES;
	const char *name = document->file ? document->file : "the document";

	if (document->length > max)
		return error_set(err, ERROR_LIMIT,
				 "%s has %zu bytes, more than %zu", name,
				 document->length, max);
	if (!arena_fits(arena, document->length))
		return error_set(err, ERROR_LIMIT,
				 "%s has %zu bytes, more than there is room "
				 "for",
				 name, document->length);
	return 0;
}

size_t document_character(const char *text, size_t left)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *bytes = (const unsigned char *)text;
	uint32_t point = bytes[0];
	size_t length;

	if (point < 0x80)
		return 1;
	length = point >= 0xf0 ? 4 : point >= 0xe0 ? 3 : 2;
	if (point < 0xc2 || point > 0xf4 || length > left)
		return 0;
	point &= 0xff >> (length + 1);
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (bytes[i] & 0x3f);
	}
	if (point < least[length] || point > 0x10ffff ||
	    (point >= 0xd800 && point <= 0xdfff))
		return 0;
	return length;
}

size_t document_utf8(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length) {
		size_t step = document_character(text + at, length - at);

		if (step == 0)
			break;
		at += step;
	}
	return at;
}

struct place document_place(const struct document *document, size_t offset)
{
	struct place place = {1, 1};

	for (size_t i = 0; i < offset && i < document->length; i++) {
		if (document->text[i] == '\n')
			place = (struct place){place.line + 1, 1};
		else if ((document->text[i] & 0xc0) != 0x80)
			place.column++;
	}
	return place;
}
