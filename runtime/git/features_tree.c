#include "runtime/git/features_tree.h"

#include <string.h>

#include "runtime/base/mem.h"

#define DEPTH_MAX 200
#define PATH_BYTES_MAX 4096
#define NAMES_MAX ((size_t)256 << 20)

/* One entry of a tree object, and where the next one begins. */
struct entry {
	const char *name; /* borrowed from the object, with its NUL */
	size_t length;
	struct tree_side side;
};

struct cursor {
	struct object *object; /* NULL: no tree */
	const unsigned char *at;
	const unsigned char *end;
	struct entry entry;
	bool valid;
};

struct walk {
	struct objects *objects;
	struct tree_changes *changes;
	struct error **err;
	char path[PATH_BYTES_MAX];
	size_t length;
	int depth;
};

void tree_changes_init(struct tree_changes *changes)
{
	memset(changes, 0, sizeof(*changes));
	buf_init(&changes->names, NAMES_MAX);
}

void tree_changes_release(struct tree_changes *changes)
{
	mem_free(changes->items);
	buf_release(&changes->names);
	memset(changes, 0, sizeof(*changes));
}

static bool is_tree(const struct entry *entry)
{
	return (entry->side.mode & MODE_TYPE) == MODE_TREE;
}

/* Git looks at the executable bit of its owner only. */
static uint32_t clean_mode(uint32_t mode)
{
	if ((mode & MODE_TYPE) == MODE_FILE)
		return MODE_FILE | (mode & 0100 ? 0755 : 0644);
	return mode & MODE_TYPE;
}

/* "MODE NAME\0" and 20 bytes. A damaged tree ends where it is damaged. */
static void next(struct cursor *cursor)
{
	const unsigned char *at = cursor->at;
	struct entry *entry = &cursor->entry;
	const unsigned char *nul;
	uint32_t mode = 0;

	cursor->valid = false;
	while (at < cursor->end && *at >= '0' && *at <= '7')
		mode = mode << 3 | (uint32_t)(*at++ - '0');
	if (at >= cursor->end || *at != ' ')
		return;
	at++;
	nul = memchr(at, 0, (size_t)(cursor->end - at));
	if (!nul || cursor->end - nul < 1 + GIT_OID_RAWSZ)
		return;
	entry->name = (const char *)at;
	entry->length = (size_t)(nul - at);
	entry->side.mode = clean_mode(mode);
	memcpy(entry->side.oid.id, nul + 1, GIT_OID_RAWSZ);
	cursor->at = nul + 1 + GIT_OID_RAWSZ;
	cursor->valid = true;
}

/* The order of trees: a directory's name ends with a slash. */
static int order(const struct entry *a, const struct entry *b)
{
	size_t shorter = a->length < b->length ? a->length : b->length;
	int order = memcmp(a->name, b->name, shorter);
	unsigned char after_a;
	unsigned char after_b;

	if (order != 0)
		return order;
	after_a = (unsigned char)a->name[shorter];
	after_b = (unsigned char)b->name[shorter];
	if (!after_a && is_tree(a))
		after_a = '/';
	if (!after_b && is_tree(b))
		after_b = '/';
	return (int)after_a - (int)after_b;
}

static int open_cursor(struct walk *walk, const git_oid *oid,
		       struct cursor *cursor)
{
	char hex[OID_HEX + 1];

	memset(cursor, 0, sizeof(*cursor));
	if (!oid)
		return 0;
	cursor->object = objects_get(walk->objects, oid, walk->err);
	if (cursor->object && cursor->object->type == GIT_OBJECT_TREE &&
	    !cursor->object->huge) {
		cursor->at = cursor->object->bytes;
		cursor->end = cursor->at + cursor->object->size;
		next(cursor);
		return 0;
	}
	if (walk->err && *walk->err)
		return -1;
	library_hex(oid, hex);
	return error_set(walk->err, ERROR_NOT_FOUND, "no tree %s", hex);
}

static void add(struct walk *walk, const struct entry *old,
		const struct entry *new)
{
	struct tree_changes *changes = walk->changes;
	struct tree_change *change;

	if (changes->count == changes->capacity) {
		changes->capacity =
			changes->capacity ? changes->capacity * 2 : 64;
		changes->items =
			mem_grow(changes->items,
				 changes->capacity * sizeof(*changes->items));
	}
	change = &changes->items[changes->count++];
	memset(change, 0, sizeof(*change));
	if (old)
		change->old = old->side;
	if (new)
		change->new = new->side;
	change->path = change->old_path = changes->names.length;
	buf_append(&changes->names, walk->path, walk->length + 1);
}

static int compare(struct walk *walk, const git_oid *old, const git_oid *new);

static int descend(struct walk *walk, const struct entry *old,
		   const struct entry *new)
{
	return compare(walk, old ? &old->side.oid : NULL,
		       new ? &new->side.oid : NULL);
}

/* `old` or `new` may be NULL; both have the same name, and differ. */
static int differ(struct walk *walk, const struct entry *old,
		  const struct entry *new)
{
	const struct entry *either = new ? new : old;
	size_t length = walk->length;
	int status = 0;

	if (length + either->length + 2 > sizeof(walk->path))
		return error_set(walk->err, ERROR_LIMIT,
				 "a path of more than %d bytes",
				 PATH_BYTES_MAX - 2);
	memcpy(walk->path + length, either->name, either->length + 1);
	walk->length += either->length;
	if (is_tree(either)) {
		walk->path[walk->length++] = '/';
		status = descend(walk, old, new);
	} else {
		add(walk, old, new);
	}
	walk->length = length;
	return status;
}

static bool same(const struct entry *a, const struct entry *b)
{
	return a->side.mode == b->side.mode &&
	       git_oid_equal(&a->side.oid, &b->side.oid);
}

static int step(struct walk *walk, struct cursor *old, struct cursor *new)
{
	int which = 0;
	int status = 0;

	if (old->valid && new->valid)
		which = order(&old->entry, &new->entry);
	else
		which = old->valid ? -1 : 1;
	if (which < 0)
		status = differ(walk, &old->entry, NULL);
	else if (which > 0)
		status = differ(walk, NULL, &new->entry);
	else if (!same(&old->entry, &new->entry))
		status = differ(walk, &old->entry, &new->entry);
	if (which <= 0)
		next(old);
	if (which >= 0)
		next(new);
	return status;
}

static int compare(struct walk *walk, const git_oid *old, const git_oid *new)
{
	struct cursor before;
	struct cursor after;
	int status;

	if (walk->depth == DEPTH_MAX || walk->changes->count > TREE_FILE_MAX ||
	    walk->changes->names.full)
		return error_set(walk->err, ERROR_LIMIT,
				 "a commit with more than %zu changed files "
				 "or %d levels of directories",
				 TREE_FILE_MAX, DEPTH_MAX);
	walk->depth++;
	status = open_cursor(walk, old, &before);
	if (status == 0)
		status = open_cursor(walk, new, &after);
	else
		memset(&after, 0, sizeof(after));
	while (status == 0 && (before.valid || after.valid))
		status = step(walk, &before, &after);
	objects_put(walk->objects, before.object);
	objects_put(walk->objects, after.object);
	walk->depth--;
	return status;
}

int tree_compare(struct objects *objects, const git_oid *old,
		 const git_oid *new, struct tree_changes *changes,
		 struct error **err)
{
	struct walk walk = {.objects = objects, .changes = changes, .err = err};

	changes->count = 0;
	buf_clear(&changes->names);
	if (old && new &&git_oid_equal(old, new))
		return 0;
	return compare(&walk, old, new);
}
