#include "runtime/git/notes.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/author.h"

#define NOTES_MAX 100000

/* The full name of a ref of notes, owned; NULL: git's own. */
static char *full_ref(const char *ref)
{
	if (!ref)
		return NULL;
	if (strncmp(ref, "refs/", 5) == 0)
		return mem_copy(ref);
	return mem_printf("refs/notes/%s", ref);
}

/* The object that is annotated; its commit's name counts. */
static int find(struct repo *repo, const struct note_place *place, git_oid *oid,
		struct error **err)
{
	git_commit *commit = NULL;

	if (library_commit(repo, place->rev ? place->rev : "HEAD", &commit,
			   err) != 0)
		return -1;
	*oid = *git_commit_id(commit);
	git_commit_free(commit);
	return 0;
}

static int no_note(const struct note_place *place, struct error **err)
{
	git_error_clear();
	return error_set(err, ERROR_NOT_FOUND, "'%s' has no note",
			 place->rev ? place->rev : "HEAD");
}

int repo_note(struct repo *repo, const struct note_place *place, char **text,
	      struct error **err)
{
	git_note *note = NULL;
	char *ref;
	git_oid oid;
	int status;

	if (find(repo, place, &oid, err) != 0)
		return -1;
	ref = full_ref(place->ref);
	status = git_note_read(&note, repo->handle, ref, &oid);
	mem_free(ref);
	if (status == GIT_ENOTFOUND)
		return no_note(place, err);
	if (status < 0)
		return library_error(err, status, "cannot read a note");
	*text = mem_copy(git_note_message(note));
	git_note_free(note);
	return 0;
}

int repo_note_write(struct repo *repo, const struct note_place *place,
		    const char *text, bool force, struct error **err)
{
	git_signature *author = NULL;
	git_signature *committer = NULL;
	char *ref;
	git_oid made;
	git_oid oid;
	int status;

	if (find(repo, place, &oid, err) != 0)
		return -1;
	ref = full_ref(place->ref);
	status = author_read(repo, NULL, &author, err);
	if (status == 0)
		status = committer_read(repo, NULL, &committer, err);
	if (status == 0) {
		status = git_note_create(&made, repo->handle, ref, author,
					 committer, &oid, text, force);
		if (status == GIT_EEXISTS) {
			git_error_clear();
			error_set(err, ERROR_BUSY,
				  "'%s' has a note already (force replaces "
				  "it)",
				  place->rev ? place->rev : "HEAD");
		} else if (status < 0) {
			library_error(err, status, "cannot write a note");
		}
	}
	git_signature_free(author);
	git_signature_free(committer);
	mem_free(ref);
	return status < 0 ? -1 : 0;
}

int repo_note_remove(struct repo *repo, const struct note_place *place,
		     struct error **err)
{
	git_signature *who = NULL;
	char *ref;
	git_oid oid;
	int status;

	if (find(repo, place, &oid, err) != 0 ||
	    committer_read(repo, NULL, &who, err) != 0)
		return -1;
	ref = full_ref(place->ref);
	status = git_note_remove(repo->handle, ref, who, who, &oid);
	git_signature_free(who);
	mem_free(ref);
	if (status == GIT_ENOTFOUND)
		return no_note(place, err);
	return status < 0 ? library_error(err, status, "cannot remove a note")
			  : 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct note *)a)->oid,
		      ((const struct note *)b)->oid);
}

static int read_all(struct repo *repo, git_note_iterator *iterator,
		    const char *ref, struct notes *notes, struct error **err)
{
	size_t capacity = 0;
	git_oid blob;
	git_oid oid;

	while (git_note_next(&blob, &oid, iterator) == 0) {
		git_note *note = NULL;
		int status;

		if (library_cancelled(repo->cancelled))
			return library_stop(err);
		if (notes->count == NOTES_MAX)
			return error_set(err, ERROR_LIMIT,
					 "more than %d notes in '%s'",
					 NOTES_MAX, repo->path);
		if (notes->count == capacity) {
			capacity = capacity ? capacity * 2 : 16;
			notes->items = mem_grow(notes->items,
						capacity * sizeof(struct note));
		}
		status = git_note_read(&note, repo->handle, ref, &oid);
		if (status < 0)
			return library_error(err, status, "cannot read a note");
		library_hex(&oid, notes->items[notes->count].oid);
		notes->items[notes->count++].text =
			mem_copy(git_note_message(note));
		git_note_free(note);
	}
	return 0;
}

int repo_notes(struct repo *repo, const char *ref, struct notes *notes,
	       struct error **err)
{
	char *full = full_ref(ref);
	git_note_iterator *iterator = NULL;
	int status = git_note_iterator_new(&iterator, repo->handle, full);

	memset(notes, 0, sizeof(*notes));
	if (status == GIT_ENOTFOUND) {
		git_error_clear();
		status = 0; /* nobody has written any yet */
	} else if (status < 0) {
		status = library_error(err, status, "cannot read notes");
	} else {
		status = read_all(repo, iterator, full, notes, err);
	}
	git_note_iterator_free(iterator);
	mem_free(full);
	git_error_clear();
	if (status != 0)
		notes_release(notes);
	else if (notes->count > 0)
		qsort(notes->items, notes->count, sizeof(struct note), compare);
	return status;
}

void notes_release(struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		mem_free(notes->items[i].text);
	mem_free(notes->items);
	memset(notes, 0, sizeof(*notes));
}
