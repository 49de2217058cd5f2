/* Objects of a repository, read fast for one pass over its history. */
#pragma once

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/error.h"
#include "runtime/git/library.h"

/* A larger file has no lines to count, as if it were binary. */
#define OBJECT_MAX ((size_t)128 << 20)

struct object {
	git_oid oid;
	git_object_t type;
	size_t size;
	const unsigned char *bytes; /* borrowed until objects_put */
	bool huge;                  /* larger than OBJECT_MAX: no bytes */
	unsigned pins;
	bool listed; /* in the cache's table */
	git_odb_backend *owner;
};

struct objects;

/*
 * A reader of the object database of `repo`, for one thread. It asks the
 * packs directly: no object is hashed again to see whether its name is right,
 * which costs as much as everything else and is git fsck's task.
 */
struct objects *objects_open(const struct repo *repo, struct error **err);
void objects_close(struct objects *objects); /* NULL is fine */

/*
 * The object, kept in memory until it is given back with objects_put and for
 * as long afterwards as there is room. NULL and no error: it is not there.
 */
struct object *objects_get(struct objects *objects, const git_oid *oid,
			   struct error **err);
void objects_put(struct objects *objects, struct object *object);
