#include "runtime/git/features_scan.h"

#include <ctype.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/features_code.h"
#include "runtime/git/features_commit.h"
#include "runtime/git/features_crew.h"
#include "runtime/git/features_utf8.h"

#define SUBJECT_READ_MAX ((size_t)64 << 10)
#define LOOK_EVERY 64 /* commits between two looks at whether to stop */

struct walk {
	const struct repo *repo;
	struct history *history;
	struct objects *objects;
	struct crew *crew; /* NULL until there is something to do */
	struct commit_text commit;
	struct buf subject;
	struct buf text;
	uint32_t *stack; /* revisions still to be read */
	size_t height;
	size_t capacity;
	struct differ_job job; /* the last one read: waits for its parent */
	bool waiting;
	struct error **err;
};

static void push(struct walk *walk, uint32_t revision)
{
	if (walk->height == walk->capacity) {
		walk->capacity = walk->capacity ? walk->capacity * 2 : 256;
		walk->stack = mem_grow(walk->stack,
				       walk->capacity * sizeof(*walk->stack));
	}
	walk->stack[walk->height++] = revision;
}

static void hand_over(struct walk *walk)
{
	if (!walk->crew)
		walk->crew = crew_start(walk->repo);
	crew_add(walk->crew, &walk->job);
	walk->waiting = false;
}

/* Read and take apart a commit; *object is given back after use. NULL in it:
 * it is not there. */
static int read_commit(struct walk *walk, const git_oid *oid,
		       struct object **object)
{
	char hex[OID_HEX + 1];

	*object = objects_get(walk->objects, oid, walk->err);
	if (!*object)
		return walk->err && *walk->err ? -1 : 0;
	if ((*object)->type == GIT_OBJECT_COMMIT && !(*object)->huge &&
	    commit_text_read(&walk->commit, (*object)->bytes, (*object)->size))
		return 0;
	objects_put(walk->objects, *object);
	*object = NULL;
	library_hex(oid, hex);
	return error_set(walk->err, ERROR_INVALID, "%s is not a commit", hex);
}

static uint32_t name_of(struct walk *walk, const char *text, size_t length)
{
	utf8_take(&walk->text, text, length);
	return names_add(&walk->history->names, walk->text.data,
			 walk->text.length);
}

static uint32_t lower_name_of(struct walk *walk, const char *text,
			      size_t length)
{
	utf8_take(&walk->text, text, length);
	for (size_t i = 0; i < walk->text.length; i++)
		walk->text.data[i] =
			(char)tolower((unsigned char)walk->text.data[i]);
	return names_add(&walk->history->names, walk->text.data,
			 walk->text.length);
}

/* The subject's name; *fix: does it speak of one? */
static uint32_t subject_of(struct walk *walk, bool *fix)
{
	struct buf *text = &walk->text;
	size_t length;

	commit_subject(&walk->commit, &walk->subject);
	utf8_take(text, walk->subject.data ? walk->subject.data : "",
		  walk->subject.length);
	*fix = subject_is_fix(text->data);
	length = text->length < SUBJECT_MAX ? text->length : SUBJECT_MAX;
	while (length > 0 && (text->data[length] & 0xc0) == 0x80)
		length--; /* whole characters */
	return names_add(&walk->history->names, text->data, length);
}

static void fill(struct walk *walk, uint32_t number)
{
	const struct commit_text *commit = &walk->commit;
	struct revision *revision = &walk->history->revisions[number];
	bool fix;

	revision->flags = REVISION_READ;
	revision->author_time = commit->author.time;
	revision->commit_time = commit->committer.time;
	revision->name =
		name_of(walk, commit->author.name, commit->author.name_length);
	revision->email = lower_name_of(walk, commit->author.email,
					commit->author.email_length);
	revision->subject = subject_of(walk, &fix);
	if (fix)
		revision->flags |= REVISION_FIX;
	if (commit->parent_count > 1)
		revision->flags |= REVISION_MERGE;
}

/* Number the parents; the first one is read next. */
static void follow(struct walk *walk, uint32_t number)
{
	const struct commit_text *commit = &walk->commit;
	uint32_t first = walk->history->parent_count;

	for (size_t i = 0; i < commit->parent_count; i++) {
		uint32_t parent =
			history_add(walk->history, commit->parents[i].id);

		history_add_parent(walk->history, parent);
	}
	walk->history->revisions[number].parent = first;
	walk->history->revisions[number].parent_count =
		(uint32_t)commit->parent_count;
	for (size_t i = commit->parent_count; i-- > 0;) {
		uint32_t parent = walk->history->parents[first + i];

		if (!walk->history->revisions[parent].flags)
			push(walk, parent);
	}
}

/* The tree of a commit that was read before. */
static int find_parent_tree(struct walk *walk)
{
	struct object *object;
	git_oid oid = walk->commit.parents[0];

	if (read_commit(walk, &oid, &object) != 0)
		return -1;
	if (object)
		walk->job.parent_tree = walk->commit.tree;
	walk->job.has_parent = object != NULL;
	objects_put(walk->objects, object);
	hand_over(walk);
	return 0;
}

/* A commit compares with its first parent, whose tree comes with the parent. */
static int queue(struct walk *walk, uint32_t number)
{
	struct revision *revision = &walk->history->revisions[number];
	uint32_t parent;

	if (revision->flags & REVISION_MERGE)
		return 0;
	walk->job =
		(struct differ_job){.revision = number,
				    .tree = walk->commit.tree,
				    .has_parent = revision->parent_count > 0};
	walk->waiting = true;
	if (revision->parent_count == 0) {
		hand_over(walk);
		return 0;
	}
	parent = walk->history->parents[revision->parent];
	if (walk->history->revisions[parent].flags)
		return find_parent_tree(walk);
	return 0;
}

/* As git: where a shallow clone ends, commits have no parents. */
static int end_here(struct walk *walk, uint32_t number)
{
	struct revision *revision = &walk->history->revisions[number];
	char hex[OID_HEX + 1];

	if (git_repository_is_shallow(walk->repo->handle) != 1) {
		history_hex(revision, hex);
		return error_set(walk->err, ERROR_NOT_FOUND,
				 "no commit %s in '%s'", hex, walk->repo->path);
	}
	revision->flags = REVISION_READ | REVISION_SHALLOW;
	if (walk->waiting) {
		walk->job.has_parent = false;
		hand_over(walk);
	}
	return 0;
}

static int read_revision(struct walk *walk, uint32_t number)
{
	git_oid oid;
	struct object *object;
	int status;

	git_oid_fromraw(&oid, walk->history->revisions[number].oid);
	status = read_commit(walk, &oid, &object);
	if (status != 0)
		return -1;
	if (!object)
		return end_here(walk, number);
	if (walk->waiting) {
		walk->job.parent_tree = walk->commit.tree;
		hand_over(walk);
	}
	fill(walk, number);
	follow(walk, number);
	status = queue(walk, number);
	objects_put(walk->objects, object);
	return status;
}

static int read_all(struct walk *walk)
{
	size_t count = 0;

	while (walk->height > 0) {
		uint32_t number = walk->stack[--walk->height];

		if (walk->history->revisions[number].flags)
			continue; /* by another way, meanwhile */
		if (read_revision(walk, number) != 0)
			return -1;
		if (++count % LOOK_EVERY != 0)
			continue;
		if (library_cancelled(walk->repo->cancelled))
			return library_stop(walk->err);
		if (walk->crew && crew_failed(walk->crew))
			return 0; /* crew_finish says why */
	}
	return 0;
}

/* A commit that lost its parents must not be stored, nor what follows it. */
static void cut_shallow(struct history *history, uint32_t tip)
{
	uint32_t *order = mem_array((size_t)history->count + 1, sizeof(*order));
	uint32_t count = history_order(history, tip, order);

	for (uint32_t i = 0; i < count; i++) {
		struct revision *revision = &history->revisions[order[i]];

		for (uint32_t j = 0; j < revision->parent_count; j++) {
			uint32_t parent =
				history->parents[revision->parent + j];

			revision->flags |= history->revisions[parent].flags &
					   REVISION_SHALLOW;
		}
	}
	mem_free(order);
}

static int walk_all(struct walk *walk, uint32_t tip)
{
	struct error **err = walk->err;
	int status;

	push(walk, tip);
	status = read_all(walk);
	if (!walk->crew)
		return status;
	if (status != 0) {
		crew_abandon(walk->crew);
		return -1;
	}
	return crew_finish(walk->crew, walk->history, err);
}

int scan_history(const struct repo *repo, const git_oid *tip,
		 struct history *history, struct error **err)
{
	struct walk walk = {.repo = repo, .history = history, .err = err};
	uint32_t number = history_add(history, tip->id);
	int status = -1;

	if (history->revisions[number].flags)
		return 0;
	buf_init(&walk.subject, SUBJECT_READ_MAX);
	buf_init(&walk.text, 2 * SUBJECT_READ_MAX);
	walk.commit.parents =
		mem_array(COMMIT_PARENTS_MAX, sizeof(*walk.commit.parents));
	walk.objects = objects_open(repo, err);
	if (walk.objects)
		status = walk_all(&walk, number);
	if (status == 0 && git_repository_is_shallow(repo->handle) == 1)
		cut_shallow(history, number);
	objects_close(walk.objects);
	mem_free(walk.commit.parents);
	mem_free(walk.stack);
	buf_release(&walk.subject);
	buf_release(&walk.text);
	return status;
}
