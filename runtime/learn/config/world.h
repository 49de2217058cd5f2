/* What other projects' keys are like: by name, not by project. */
#pragma once

#include "runtime/base/buf.h"
#include "runtime/base/error.h"
#include "runtime/learn/config/counts.h"
#include "runtime/learn/config/names.h"
#include "runtime/learn/config/value.h"

/* What counts are of; hashes of a world and of a project share them. */
enum config_count {
	COUNT_NAME = 1, /* name */
	COUNT_NAME_FORMAT,
	COUNT_NAME_KIND,
	COUNT_NAME_SHAPE,
	COUNT_NAME_COARSE,
	COUNT_NAME_VALUE,
	COUNT_NAME_NUMBER, /* name: values with a number */
	COUNT_NAME_UNIT,
	COUNT_MAGNITUDE, /* name and unit: log10 of the number */
	COUNT_VALUE,
	COUNT_VALUE_KEY,  /* value and key */
	COUNT_VALUE_KEYS, /* value: how many keys had it */
	COUNT_KEY,
	COUNT_KEY_VALUE,
	COUNT_KEY_NORMAL,
	COUNT_KEY_FORMAT,
	COUNT_KEY_KIND,
	COUNT_KEY_ENVIRONMENT,
	COUNT_KEY_ENVIRONMENTS, /* key: in how many it was */
	COUNT_NAME_KEYS,        /* name: how many keys are called so */
	COUNT_ENVIRONMENT_ALIAS,
	COUNT_TOGETHER, /* two environments changed by one commit */
	COUNT_WORD,
};

/* Zeroed memory is an empty one. */
struct config_world {
	struct counts counts;
};

void config_world_release(struct config_world *world);
void config_world_add(struct config_world *world, const char *path,
		      size_t length, const struct config_value *value);
/*
 * Appends what was seen `least` times or more, as bytes that config_world_read
 * adds to a world again. 0, or -1 when `out` is full.
 */
int config_world_write(const struct config_world *world, uint32_t least,
		       struct buf *out);
/* ERROR_INVALID when the bytes are none of config_world_write. */
int config_world_read(struct config_world *world, const void *bytes,
		      size_t length, struct error **err);
