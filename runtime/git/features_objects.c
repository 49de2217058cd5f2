#include "runtime/git/features_objects.h"

#include <git2/sys/odb_backend.h>
#include <stdint.h>
#include <string.h>

#include "runtime/base/mem.h"

#define SLOTS 4096                   /* a power of two */
#define CACHE_MAX ((size_t)48 << 20) /* bytes of all cached objects */
#define CACHED_MAX ((size_t)4 << 20) /* bytes of one */
#define BACKENDS_MAX 64

struct objects {
	git_repository *handle;
	git_odb *odb;
	git_odb_backend *backends[BACKENDS_MAX]; /* borrowed from odb */
	size_t backend_count;
	struct object *slots[SLOTS];
	size_t bytes;
	size_t hand; /* where the search for room goes on */
};

struct objects *objects_open(const struct repo *repo, struct error **err)
{
	struct objects *objects = mem_alloc(sizeof(*objects));
	int status = git_repository_open(&objects->handle,
					 git_repository_path(repo->handle));

	if (status == 0)
		status = git_repository_odb(&objects->odb, objects->handle);
	if (status < 0) {
		library_error(err, status, "cannot read the objects of '%s'",
			      repo->path);
		objects_close(objects);
		return NULL;
	}
	for (size_t i = 0; i < git_odb_num_backends(objects->odb); i++) {
		git_odb_backend *backend = NULL;

		if (objects->backend_count == BACKENDS_MAX)
			break;
		if (git_odb_get_backend(&backend, objects->odb, i) == 0 &&
		    backend->read)
			objects->backends[objects->backend_count++] = backend;
	}
	return objects;
}

static void free_object(struct object *object)
{
	if (object->bytes)
		git_odb_backend_data_free(object->owner, (void *)object->bytes);
	mem_free(object);
}

void objects_close(struct objects *objects)
{
	if (!objects)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		if (objects->slots[i])
			free_object(objects->slots[i]);
	git_odb_free(objects->odb);
	git_repository_free(objects->handle);
	mem_free(objects);
}

static struct object **slot_of(struct objects *objects, const git_oid *oid)
{
	uint32_t hash;

	memcpy(&hash, oid->id, sizeof(hash));
	return &objects->slots[hash & (SLOTS - 1)];
}

/* Take it out of the table; who has it pinned frees it later. */
static void unlist(struct objects *objects, struct object **slot)
{
	struct object *object = *slot;

	*slot = NULL;
	objects->bytes -= object->size;
	object->listed = false;
	if (object->pins == 0)
		free_object(object);
}

static void make_room(struct objects *objects)
{
	for (size_t i = 0; objects->bytes > CACHE_MAX && i < SLOTS; i++) {
		struct object **slot = &objects->slots[objects->hand];

		objects->hand = (objects->hand + 1) & (SLOTS - 1);
		if (*slot && (*slot)->pins == 0)
			unlist(objects, slot);
	}
}

static void list(struct objects *objects, struct object *object)
{
	struct object **slot = slot_of(objects, &object->oid);

	if (object->size > CACHED_MAX)
		return;
	if (*slot)
		unlist(objects, slot);
	*slot = object;
	object->listed = true;
	objects->bytes += object->size;
	if (objects->bytes > CACHE_MAX)
		make_room(objects);
}

/* Larger than what is read at all? Its header says so at once. */
static bool is_huge(struct object *object)
{
	size_t size = 0;
	git_object_t type;

	if (!object->owner->read_header ||
	    object->owner->read_header(&size, &type, object->owner,
				       &object->oid) != 0 ||
	    size <= OBJECT_MAX)
		return false;
	object->type = type;
	object->huge = true;
	return true;
}

/* Bytes of some backend. Returns 0, GIT_ENOTFOUND or another error. */
static int read_bytes(struct objects *objects, struct object *object)
{
	int status = GIT_ENOTFOUND;

	for (size_t i = 0; i < objects->backend_count; i++) {
		void *bytes = NULL;

		object->owner = objects->backends[i];
		if (is_huge(object))
			return 0;
		status = object->owner->read(&bytes, &object->size,
					     &object->type, object->owner,
					     &object->oid);
		if (status == 0) {
			object->bytes = bytes;
			return 0;
		}
		if (status != GIT_ENOTFOUND && status != GIT_PASSTHROUGH)
			return status;
	}
	return GIT_ENOTFOUND;
}

static int read_object(struct objects *objects, struct object *object)
{
	int status = read_bytes(objects, object);

	/* A pack that came a moment ago is not known yet. */
	if (status == GIT_ENOTFOUND && git_odb_refresh(objects->odb) == 0)
		status = read_bytes(objects, object);
	return status;
}

struct object *objects_get(struct objects *objects, const git_oid *oid,
			   struct error **err)
{
	struct object **slot = slot_of(objects, oid);
	struct object *object = *slot;
	int status;

	if (object && git_oid_equal(&object->oid, oid)) {
		object->pins++;
		return object;
	}
	object = mem_alloc(sizeof(*object));
	object->oid = *oid;
	object->pins = 1;
	status = read_object(objects, object);
	if (status == 0) {
		list(objects, object);
		return object;
	}
	mem_free(object);
	if (status == GIT_ENOTFOUND) {
		git_error_clear();
	} else {
		char hex[OID_HEX + 1];

		library_hex(oid, hex);
		library_error(err, status, "cannot read object %s", hex);
	}
	return NULL;
}

void objects_put(struct objects *objects, struct object *object)
{
	(void)objects;
	if (object && --object->pins == 0 && !object->listed)
		free_object(object);
}
