/* What a scan remembers: values by environment and key, and counts. */
#pragma once

#include "runtime/learn/config/alias.h"
#include "runtime/learn/config/intern.h"
#include "runtime/learn/config/names.h"
#include "runtime/learn/config/scan.h"
#include "runtime/learn/config/vocabulary.h"

enum { PAST_MAX = 32 };

/* A key in an environment. Values by number, 0: none. */
struct cell {
	uint32_t now;
	uint32_t next; /* when `touched`: after the change looked at */
	bool touched;
	uint32_t revisions;
	uint32_t *past; /* owned: the last PAST_MAX values, the newest last */
};

struct key {
	struct config_name name;
	uint32_t parent;
	struct cell *cells; /* an environment; owned */
};

/* The keys below a path. */
struct parent {
	uint32_t *kids; /* owned */
	uint32_t count, room;
};

struct config_scan {
	const struct config_world *world;
	struct aliases aliases;
	struct environment {
		char *name; /* owned */
		uint64_t aliases;
		uint32_t keys; /* present now */
		uint32_t added;
	} environments[CONFIG_ENVIRONMENTS_MAX];
	uint32_t environment_count;

	struct intern paths, parents_of, texts;
	struct key *keys;            /* by number, owned */
	struct parent *parents;      /* by number, owned */
	struct config_value *values; /* by number, owned */
	uint32_t key_room, parent_room, value_room;

	struct counts counts;
	struct vocabulary vocabulary;
	uint32_t commits;
	bool auditing; /* the past says nothing */
};

/* The number of the key, new if need be; 0 when there are too many. */
uint32_t state_key(struct config_scan *scan, const char *path, size_t length);
/* The number of the value, new if need be. */
uint32_t state_value(struct config_scan *scan, enum config_kind kind,
		     const char *text, size_t length);
/* The value of a key before and after the change that is looked at, or NULL. */
const struct config_value *state_before(const struct config_scan *scan,
					uint32_t environment, uint32_t key);
const struct config_value *state_after(const struct config_scan *scan,
				       uint32_t environment, uint32_t key);
/* Counts what a value says (1), or forgets it (-1). */
void state_count(struct config_scan *scan, uint32_t environment, uint32_t key,
		 uint32_t value, int by);
/* Counts the size of a number; that is not forgotten. */
void state_number(struct config_scan *scan, uint32_t key, uint32_t value);
static inline uint32_t state_seen(const struct config_scan *scan, uint64_t hash)
{
	return counts_get(&scan->counts, hash);
}
