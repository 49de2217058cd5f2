#include "runtime/git/features_differ.h"

#include <stdio.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/features_code.h"
#include "runtime/git/features_renames.h"

#define NAMES_MAX ((size_t)2 << 30)

/* One side of a changed file: its bytes, and what must be given back. */
struct content {
	struct text text;
	struct object *object;
	bool binary;
	char link[80]; /* what a submodule looks like to git diff */
};

int differ_init(struct differ *differ, const struct repo *repo,
		struct error **err)
{
	memset(differ, 0, sizeof(*differ));
	tree_changes_init(&differ->changes);
	buf_init(&differ->names, NAMES_MAX);
	differ->counter = line_counter_new();
	differ->objects = objects_open(repo, err);
	return differ->objects ? 0 : -1;
}

void differ_release(struct differ *differ)
{
	objects_close(differ->objects);
	line_counter_free(differ->counter);
	tree_changes_release(&differ->changes);
	mem_free(differ->touches);
	mem_free(differ->results);
	buf_release(&differ->names);
	memset(differ, 0, sizeof(*differ));
}

static int no_blob(const git_oid *oid, struct error **err)
{
	char hex[OID_HEX + 1];

	library_hex(oid, hex);
	return error_set(err, ERROR_NOT_FOUND, "no file %s", hex);
}

static int open_content(struct differ *differ, const struct tree_side *side,
			struct content *content, struct error **err)
{
	memset(content, 0, sizeof(*content));
	content->text.bytes = (const unsigned char *)"";
	if (side->mode == 0)
		return 0;
	if ((side->mode & MODE_TYPE) == MODE_LINK) {
		char hex[OID_HEX + 1];

		library_hex(&side->oid, hex);
		content->text.size =
			(size_t)snprintf(content->link, sizeof(content->link),
					 "Subproject commit %s\n", hex);
		content->text.bytes = (const unsigned char *)content->link;
		return 0;
	}
	content->object = objects_get(differ->objects, &side->oid, err);
	if (!content->object)
		return err && *err ? -1 : no_blob(&side->oid, err);
	content->binary = content->object->huge;
	content->text.bytes = content->object->bytes;
	content->text.size = content->object->size;
	if (!content->binary)
		content->binary = lines_binary(content->text);
	return 0;
}

static size_t keep_name(struct differ *differ, const char *name)
{
	size_t at = differ->names.length;

	buf_append(&differ->names, name, strlen(name) + 1);
	return at;
}

static void keep_touch(struct differ *differ, const struct tree_change *change,
		       const struct touch *touch)
{
	const char *path = tree_name(&differ->changes, change->path);
	struct differ_touch *kept;

	if (differ->count == differ->capacity) {
		differ->capacity =
			differ->capacity ? differ->capacity * 2 : 1024;
		differ->touches =
			mem_grow(differ->touches,
				 differ->capacity * sizeof(*differ->touches));
	}
	kept = &differ->touches[differ->count++];
	kept->touch = *touch;
	kept->path = kept->old_path = keep_name(differ, path);
	if (change->old_path != change->path)
		kept->old_path = keep_name(
			differ, tree_name(&differ->changes, change->old_path));
}

static void count_lines(struct differ *differ, const struct content *old,
			const struct content *new, struct touch *touch)
{
	struct line_change change = {0, 0};

	if (!old->object || !new->object ||
	    !git_oid_equal(&old->object->oid, &new->object->oid))
		change = lines_compare(differ->counter, old->text, new->text);
	touch->added = change.added;
	touch->deleted = change.deleted;
	if (old->object)
		touch->old_lines = (uint32_t)lines_feeds(old->text);
}

static int look_at(struct differ *differ, const struct tree_change *change,
		   struct error **err)
{
	struct content old = {0};
	struct content new = {0};
	struct touch touch = {0};
	int status = open_content(differ, &change->old, &old, err);

	if (status == 0)
		status = open_content(differ, &change->new, &new, err);
	if (status == 0 && !old.binary && !new.binary) {
		count_lines(differ, &old, &new, &touch);
		keep_touch(differ, change, &touch);
	}
	objects_put(differ->objects, old.object);
	objects_put(differ->objects, new.object);
	return status;
}

/* Renames matter when files came and went, and one of them is source code. */
static bool may_rename(const struct tree_changes *changes)
{
	bool added = false;
	bool deleted = false;
	bool code = false;

	for (size_t i = 0; i < changes->count; i++) {
		const struct tree_change *change = &changes->items[i];

		if (change->old.mode && change->new.mode)
			continue;
		added |= change->old.mode == 0;
		deleted |= change->new.mode == 0;
		code = code || code_is(tree_name(changes, change->path));
	}
	return added && deleted && code;
}

static void keep_result(struct differ *differ, uint32_t revision, size_t first)
{
	if (differ->result_count == differ->result_capacity) {
		differ->result_capacity = differ->result_capacity
						  ? differ->result_capacity * 2
						  : 1024;
		differ->results = mem_grow(differ->results,
					   differ->result_capacity *
						   sizeof(*differ->results));
	}
	differ->results[differ->result_count++] =
		(struct differ_result){.revision = revision,
				       .first = first,
				       .count = differ->count - first};
}

int differ_do(struct differ *differ, const struct differ_job *job,
	      struct error **err)
{
	struct tree_changes *changes = &differ->changes;
	size_t first = differ->count;

	if (tree_compare(differ->objects,
			 job->has_parent ? &job->parent_tree : NULL, &job->tree,
			 changes, err) != 0)
		return -1;
	if (may_rename(changes) &&
	    renames_find(differ->objects, changes, err) != 0)
		return -1;
	for (size_t i = 0; i < changes->count; i++) {
		const struct tree_change *change = &changes->items[i];

		if (!change->gone &&
		    code_is(tree_name(changes, change->path)) &&
		    look_at(differ, change, err) != 0)
			return -1;
	}
	if (differ->names.full)
		return error_set(err, ERROR_LIMIT,
				 "the names of changed files take more than "
				 "%zu bytes",
				 NAMES_MAX);
	keep_result(differ, job->revision, first);
	return 0;
}

static uint32_t number_name(struct history *history,
			    const struct differ *differ, size_t name)
{
	const char *text = differ->names.data + name;

	return names_add(&history->names, text, strlen(text));
}

void differ_deliver(struct differ *differ, struct history *history)
{
	for (size_t i = 0; i < differ->result_count; i++) {
		const struct differ_result *result = &differ->results[i];
		struct revision *revision =
			&history->revisions[result->revision];
		uint32_t first = history->touch_count;
		struct touch *touches =
			history_add_touches(history, (uint32_t)result->count);

		revision->touch = first;
		revision->touch_count = (uint32_t)result->count;
		for (size_t j = 0; j < result->count; j++) {
			const struct differ_touch *from =
				&differ->touches[result->first + j];

			touches[j] = from->touch;
			touches[j].path =
				number_name(history, differ, from->path);
			touches[j].old_path =
				from->old_path == from->path
					? touches[j].path
					: number_name(history, differ,
						      from->old_path);
		}
	}
}
