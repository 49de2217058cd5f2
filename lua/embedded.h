/* Files inside the binary: the standard library, stubs, recipes, the hook. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Sorted by name, which is the path in the source tree ("stdlib/cli/run.lua",
 * "lua/meta/proc.lua", "hook"). stdlib/ holds compiled chunks (their text is
 * doc/stdlib/), the rest is as it was. The last element has a NULL name.
 * Written by lua/embed.c.
 */
struct embedded {
	const char *name;
	const unsigned char *bytes;
	size_t length;
};

extern const struct embedded embedded_files[];
extern const unsigned embedded_count;

/* The file called `name`, or NULL. Static. */
const struct embedded *embedded_find(const char *name);

/*
 * In development, TIDEMILL_STDLIB=DIR stands for stdlib/. The path there of
 * `name`, owned, freed with mem_free; NULL for all that is in the binary.
 */
char *embedded_disk_path(const char *name);

/* Is there a file called `name`, here or there? */
bool embedded_has(const char *name);
