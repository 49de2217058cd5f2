/* Configuration: changes seen by their past, their siblings and their names. */
#pragma once

/*
 * Keys are paths like "/db/pool"; items of lists are "/list/[0]". Values are
 * texts with a kind. Learning is by one commit after another.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/error.h"
#include "runtime/learn/config/features.h"
#include "runtime/learn/config/value.h"
#include "runtime/learn/config/world.h"

enum {
	CONFIG_ENVIRONMENTS_MAX = 64,
	CONFIG_KEYS_MAX = 1 << 20,
	CONFIG_PATH_MAX = 4096,
	CONFIG_VALUE_MAX = 1 << 16, /* bytes of a value that are looked at */
};

struct config_scan;

/* Everything borrowed for the call. */
struct config_change {
	uint32_t environment;
	const char *path;
	size_t path_length;
	bool removed; /* the rest says nothing then */
	enum config_kind kind;
	const char *text;
	size_t length;
};

enum config_what {
	CONFIG_SET,     /* the value that was set */
	CONFIG_REMOVED, /* the key that was removed */
	CONFIG_MISSING, /* the key that others have */
};

/* What was looked at, and all that was seen of it. */
struct config_row {
	uint32_t environment;
	enum config_what what;
	const char *path;            /* borrowed from the scan */
	uint32_t key, value, before; /* the scan's numbers of them, 0: none */
	uint64_t having; /* the environments with the key after the change */
	float features[CONFIG_FEATURES]; /* NaN: cannot be said */
};

struct config_rows {
	struct config_row *list; /* owned, freed with mem_free */
	size_t count, room;
};

/* `world` is borrowed, must outlive the scan, and may be NULL. */
struct config_scan *config_scan_new(const struct config_world *world);
void config_scan_free(struct config_scan *scan);
/* The number of an environment, new if need be; -1 when there are too many. */
int config_scan_environment(struct config_scan *scan, const char *name,
			    struct error **err);
const char *config_scan_environment_name(const struct config_scan *scan,
					 uint32_t environment);
/* One commit. ERROR_LIMIT when there are too many keys: nothing is learned. */
int config_scan_learn(struct config_scan *scan,
		      const struct config_change *changes, size_t count,
		      struct error **err);
/* Looks at a change before it is learned. Appends to `rows`. */
int config_scan_review(struct config_scan *scan,
		       const struct config_change *changes, size_t count,
		       struct config_rows *rows, struct error **err);
/* Looks at every value as it is now. Appends to `rows`. */
void config_scan_audit(struct config_scan *scan, struct config_rows *rows);
