/* A world as bytes: it is shipped with the program. */
#include <math.h>
#include <string.h>

#include "runtime/learn/config/world.h"

static const char MAGIC[8] = "TMWORLD1";

int config_world_write(const struct config_world *world, uint32_t least,
		       struct buf *out)
{
	const struct counts *counts = &world->counts;

	buf_append(out, MAGIC, sizeof(MAGIC));
	for (size_t i = 0; i < counts->capacity; i++) {
		const struct count *entry = &counts->entries[i];

		if (entry->key == 0 || entry->seen < least)
			continue;
		buf_append(out, &entry->key, sizeof(entry->key));
		buf_append(out, &entry->seen, sizeof(entry->seen));
		buf_append(out, &entry->mean, sizeof(entry->mean));
		buf_append(out, &entry->spread, sizeof(entry->spread));
	}
	return out->full ? -1 : 0;
}

enum { ENTRY = 20 };

int config_world_read(struct config_world *world, const void *bytes,
		      size_t length, struct error **err)
{
	const char *at = bytes;

	if (length < sizeof(MAGIC) || memcmp(at, MAGIC, sizeof(MAGIC)) != 0 ||
	    (length - sizeof(MAGIC)) % ENTRY != 0)
		return error_set(err, ERROR_INVALID,
				 "these are no counts of configurations");
	for (at += sizeof(MAGIC), length -= sizeof(MAGIC); length > 0;
	     at += ENTRY, length -= ENTRY) {
		struct count entry = {0};

		memcpy(&entry.key, at, 8);
		memcpy(&entry.seen, at + 8, 4);
		memcpy(&entry.mean, at + 12, 4);
		memcpy(&entry.spread, at + 16, 4);
		if (!isfinite(entry.mean) || !(entry.spread >= 0))
			return error_set(err, ERROR_INVALID,
					 "damaged counts of configurations");
		counts_merge(&world->counts, &entry);
	}
	return 0;
}
