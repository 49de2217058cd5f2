#include "runtime/git/features_cache.h"

#include <string.h>

#include "runtime/base/buf.h"
#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/git/features_bytes.h"

/*
 * The file is what is in memory: a header, revisions, parents, touches, then
 * the bytes of all names. It is written and read by the same build of the same
 * machine; anything else has another version and is not looked at.
 */

#define MAGIC UINT64_C(0x0a31545349484d54) /* also tells the byte order */
#define LAYOUT 1 /* to be counted up whenever what is found changes */

struct header {
	uint64_t magic;
	uint64_t check; /* of all behind it */
	uint32_t layout;
	uint32_t revision_size;
	uint32_t touch_size;
	uint32_t revisions;
	uint32_t parents;
	uint32_t touches;
	uint32_t names;
	uint32_t name_bytes;
};

/* Where a part of the file is. */
struct reader {
	const unsigned char *at;
	size_t left;
};

static uint64_t check_of(const void *bytes, size_t size)
{
	size_t skip = offsetof(struct header, layout);

	return bytes_hash((const unsigned char *)bytes + skip, size - skip);
}

void cache_seal(void *bytes, size_t size)
{
	struct header *header = bytes;
	uint64_t check;

	if (size < sizeof(*header))
		return;
	check = check_of(bytes, size);
	memcpy(&header->check, &check, sizeof(check));
}

static bool read_header(struct header *header, const void *bytes, size_t size)
{
	uint64_t needed = sizeof(*header);

	if (size < sizeof(*header))
		return false;
	memcpy(header, bytes, sizeof(*header));
	needed += (uint64_t)header->revisions * sizeof(struct revision) +
		  (uint64_t)header->parents * sizeof(uint32_t) +
		  (uint64_t)header->touches * sizeof(struct touch) +
		  header->name_bytes;
	return header->magic == MAGIC && header->layout == LAYOUT &&
	       header->revision_size == sizeof(struct revision) &&
	       header->touch_size == sizeof(struct touch) && needed == size &&
	       header->names > 0 && header->names <= header->name_bytes &&
	       header->check == check_of(bytes, size);
}

/* An owned copy of the next `count` items. */
static void *take(struct reader *reader, size_t count, size_t size)
{
	void *copy = mem_array(count + 1, size);

	memcpy(copy, reader->at, count * size);
	reader->at += count * size;
	reader->left -= count * size;
	return copy;
}

static void take_all(struct history *history, const struct header *header,
		     struct reader *reader)
{
	struct names *names = &history->names;

	history->revisions =
		take(reader, header->revisions, sizeof(struct revision));
	history->count = header->revisions;
	history->capacity = header->revisions;
	history->parents = take(reader, header->parents, sizeof(uint32_t));
	history->parent_count = header->parents;
	history->parent_capacity = header->parents;
	history->touches = take(reader, header->touches, sizeof(struct touch));
	history->touch_count = header->touches;
	history->touch_capacity = header->touches;
	names->bytes = take(reader, header->name_bytes, 1);
	names->length = header->name_bytes;
	names->capacity = header->name_bytes;
}

/* Find where each name begins: there must be as many as the header says. */
static bool index_names(struct names *names, uint32_t count)
{
	const char *at = names->bytes;
	const char *end = names->bytes + names->length;

	names->offsets = mem_array((size_t)count + 1, sizeof(uint32_t));
	names->offset_capacity = count;
	for (uint32_t i = 0; i < count; i++) {
		const char *nul = memchr(at, 0, (size_t)(end - at));

		if (!nul)
			return false;
		names->offsets[i] = (uint32_t)(at - names->bytes);
		at = nul + 1;
	}
	names->count = count;
	return at == end && *names->bytes == '\0';
}

static bool revision_fits(const struct history *history,
			  const struct revision *revision, uint64_t parents,
			  uint64_t touches)
{
	uint32_t names = history->names.count;

	return (revision->flags & REVISION_READ) &&
	       !(revision->flags & REVISION_SHALLOW) &&
	       revision->name < names && revision->email < names &&
	       revision->subject < names && revision->parent == parents &&
	       revision->touch == touches &&
	       parents + revision->parent_count <= history->parent_count &&
	       touches + revision->touch_count <= history->touch_count;
}

/* All numbers name something, and no two revisions share anything. */
static bool fits(const struct history *history)
{
	uint64_t parents = 0;
	uint64_t touches = 0;

	for (uint32_t i = 0; i < history->count; i++) {
		const struct revision *revision = &history->revisions[i];

		if (!revision_fits(history, revision, parents, touches))
			return false;
		parents += revision->parent_count;
		touches += revision->touch_count;
	}
	for (uint32_t i = 0; i < history->parent_count; i++)
		if (history->parents[i] >= history->count)
			return false;
	for (uint32_t i = 0; i < history->touch_count; i++)
		if (history->touches[i].path >= history->names.count ||
		    history->touches[i].old_path >= history->names.count)
			return false;
	return true;
}

bool cache_parse(struct history *history, const void *bytes, size_t size)
{
	struct reader reader = {bytes, size};
	struct header header;

	if (!read_header(&header, bytes, size))
		return false;
	reader.at += sizeof(header);
	reader.left -= sizeof(header);
	history_release(history);
	take_all(history, &header, &reader);
	if (index_names(&history->names, header.names) && fits(history)) {
		history->stored = history->count;
		return true;
	}
	history_release(history);
	history_init(history);
	return false;
}

bool cache_load(struct history *history, const char *path)
{
	struct buf bytes;
	bool loaded;

	buf_init(&bytes, CACHE_FILE_MAX);
	loaded = file_read(path, &bytes, NULL) == 0 && bytes.data &&
		 cache_parse(history, bytes.data, bytes.length);
	buf_release(&bytes);
	return loaded;
}

/* What is left of `history` without commits that cannot be stored. */
struct selection {
	uint32_t *numbers; /* new number + 1, or 0 */
	struct header header;
};

static void select_storable(const struct history *history,
			    struct selection *selection)
{
	struct header *header = &selection->header;

	selection->numbers =
		mem_array((size_t)history->count + 1, sizeof(uint32_t));
	for (uint32_t i = 0; i < history->count; i++) {
		const struct revision *revision = &history->revisions[i];

		if (!(revision->flags & REVISION_READ) ||
		    (revision->flags & REVISION_SHALLOW))
			continue;
		selection->numbers[i] = ++header->revisions;
		header->parents += revision->parent_count;
		header->touches += revision->touch_count;
	}
	header->magic = MAGIC;
	header->layout = LAYOUT;
	header->revision_size = sizeof(struct revision);
	header->touch_size = sizeof(struct touch);
	header->names = history->names.count;
	header->name_bytes = (uint32_t)history->names.length;
}

static void put_revisions(const struct history *history,
			  const struct selection *selection, struct buf *bytes)
{
	struct revision copy;
	uint32_t parents = 0;
	uint32_t touches = 0;

	for (uint32_t i = 0; i < history->count; i++) {
		if (!selection->numbers[i])
			continue;
		copy = history->revisions[i];
		copy.parent = parents;
		copy.touch = touches;
		parents += copy.parent_count;
		touches += copy.touch_count;
		buf_append(bytes, &copy, sizeof(copy));
	}
}

static void put_parents(const struct history *history,
			const struct selection *selection, struct buf *bytes)
{
	for (uint32_t i = 0; i < history->count; i++) {
		const struct revision *revision = &history->revisions[i];

		for (uint32_t j = 0;
		     selection->numbers[i] && j < revision->parent_count; j++) {
			uint32_t parent =
				history->parents[revision->parent + j];
			uint32_t number = selection->numbers[parent] - 1;

			buf_append(bytes, &number, sizeof(number));
		}
	}
}

static void put_touches(const struct history *history,
			const struct selection *selection, struct buf *bytes)
{
	for (uint32_t i = 0; i < history->count; i++) {
		const struct revision *revision = &history->revisions[i];

		if (selection->numbers[i] && revision->touch_count > 0)
			buf_append(bytes, history->touches + revision->touch,
				   revision->touch_count *
					   sizeof(struct touch));
	}
}

int cache_save(const struct history *history, const char *path,
	       struct error **err)
{
	struct selection selection = {0};
	struct header *header = &selection.header;
	struct buf bytes;
	int status;

	buf_init(&bytes, CACHE_FILE_MAX);
	select_storable(history, &selection);
	buf_append(&bytes, header, sizeof(*header));
	put_revisions(history, &selection, &bytes);
	put_parents(history, &selection, &bytes);
	put_touches(history, &selection, &bytes);
	buf_append(&bytes, history->names.bytes, history->names.length);
	mem_free(selection.numbers);
	if (bytes.full) {
		buf_release(&bytes);
		return error_set(err, ERROR_LIMIT,
				 "the cache '%s' would be larger than %zu "
				 "bytes",
				 path, CACHE_FILE_MAX);
	}
	cache_seal(bytes.data, bytes.length);
	status = file_write(path, bytes.data, bytes.length, 0644, err);
	buf_release(&bytes);
	return status;
}
