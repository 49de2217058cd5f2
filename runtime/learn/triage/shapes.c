#include "runtime/learn/triage/shapes.h"

#include <ctype.h>
#include <string.h>

#include "runtime/base/mem.h"

enum { SHAPE_MAX = 160, TABLE_LEAST = 64 };

static bool is_hex(char c)
{
	return isxdigit((unsigned char)c);
}

/* Bytes of a run of hexadecimal digits that is no word: 7 and more with a
 * digit in them, or "0x…". */
static size_t hex_run(const char *text, size_t left)
{
	size_t length = 0;
	bool digit = false;

	if (left > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		length = 2;
		digit = true;
	}
	while (length < left && (is_hex(text[length]) || text[length] == '-')) {
		digit |= isdigit((unsigned char)text[length]) != 0;
		length++;
	}
	if (length < left && isalnum((unsigned char)text[length]))
		return 0;
	return digit && length >= 7 ? length : 0;
}

/* Bytes of the directories of a path that begins here: up to its last '/'. */
static size_t directories(const char *text, size_t left)
{
	size_t length = 0, last = 0;

	if (text[0] != '/' && text[0] != '~')
		return 0;
	for (; length < left && (isalnum((unsigned char)text[length]) ||
				 strchr("/._-+@~", text[length]));
	     length++)
		if (text[length] == '/')
			last = length + 1;
	return last > 1 ? last : 0;
}

size_t triage_normal(const char *text, size_t length, char *out, size_t room)
{
	size_t made = 0;

	for (size_t i = 0; i < length && made < room;) {
		bool starts = i == 0 || !isalnum((unsigned char)text[i - 1]);
		size_t run = starts ? hex_run(text + i, length - i) : 0;

		if (run) {
			out[made++] = '#';
			i += run;
		} else if (isdigit((unsigned char)text[i])) {
			while (i < length &&
			       (isdigit((unsigned char)text[i]) ||
				(text[i] == '.' && i + 1 < length &&
				 isdigit((unsigned char)text[i + 1]))))
				i++;
			out[made++] = '0';
		} else if (starts &&
			   (run = directories(text + i, length - i))) {
			i += run;
		} else if (isspace((unsigned char)text[i])) {
			if (made && out[made - 1] != ' ')
				out[made++] = ' ';
			i++;
		} else {
			out[made++] = text[i++];
		}
	}
	out[made] = '\0';
	return made;
}

uint64_t triage_hash(const char *text, size_t length)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) *
		       UINT64_C(0x100000001b3);
	return hash | 1;
}

/* Open addressing; as many slots as a power of two. */
struct table {
	struct slot {
		uint64_t hash;
		uint32_t count;
	} * slots;
	size_t room;
};

static void table_init(struct table *table, uint32_t lines)
{
	table->room = TABLE_LEAST;
	while (table->room < (size_t)lines * 2)
		table->room *= 2;
	table->slots = mem_alloc(table->room * sizeof(*table->slots));
	memset(table->slots, 0, table->room * sizeof(*table->slots));
}

static struct slot *table_at(struct table *table, uint64_t hash)
{
	size_t at = hash & (table->room - 1);

	while (table->slots[at].hash && table->slots[at].hash != hash)
		at = (at + 1) & (table->room - 1);
	return &table->slots[at];
}

static uint64_t shape_of(const struct triage_lines *lines, uint32_t i)
{
	char shape[SHAPE_MAX + 1];

	return triage_hash(shape, triage_normal(triage_text(lines, i),
						lines->list[i].length, shape,
						SHAPE_MAX));
}

void triage_shapes_count(struct triage_lines *lines)
{
	struct table table;
	struct slot **slots;

	table_init(&table, lines->count);
	slots = mem_alloc(((size_t)lines->count + 1) * sizeof(void *));
	for (uint32_t i = 0; i < lines->count; i++) {
		uint64_t hash = shape_of(lines, i);

		slots[i] = table_at(&table, hash);
		slots[i]->hash = hash;
		lines->list[i].same = slots[i]->count++;
	}
	for (uint32_t i = 0; i < lines->count; i++)
		lines->list[i].shape = slots[i]->count;
	mem_free(table.slots);
	mem_free(slots);
}

void triage_lines_compare(struct triage_lines *lines,
			  const struct triage_lines *passed)
{
	struct table table;

	table_init(&table, passed->count);
	for (uint32_t i = 0; i < passed->count; i++) {
		uint64_t hash = shape_of(passed, i);

		table_at(&table, hash)->hash = hash;
	}
	for (uint32_t i = 0; i < lines->count; i++)
		lines->list[i].known =
			table_at(&table, shape_of(lines, i))->hash != 0;
	mem_free(table.slots);
}
