/* Notes: text that is attached to commits afterwards. */
#pragma once

#include "runtime/git/repo.h"

/* `ref` is "ci" or "refs/notes/ci"; NULL: git's own, refs/notes/commits. */
struct note_place {
	const char *rev; /* the commit */
	const char *ref;
};

struct note {
	char oid[OID_HEX + 1]; /* the commit */
	char *text;            /* owned */
};

struct notes {
	struct note *items;
	size_t count;
};

/* The note's text, owned; ERROR_NOT_FOUND: the commit has none. */
int repo_note(struct repo *repo, const struct note_place *place, char **text,
	      struct error **err);

/* ERROR_BUSY: it has one, unless `force`. */
int repo_note_write(struct repo *repo, const struct note_place *place,
		    const char *text, bool force, struct error **err);
int repo_note_remove(struct repo *repo, const struct note_place *place,
		     struct error **err);

/* All notes, sorted by commit; ERROR_LIMIT: more than 100,000. */
int repo_notes(struct repo *repo, const char *ref, struct notes *notes,
	       struct error **err);
void notes_release(struct notes *notes); /* fine when zeroed */
