/* Refs: the tips of all branches and tags, read straight from the files. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/error.h"

#define OID_HEX 40 /* characters of an object's name */

struct ref {
	const char *name; /* "refs/heads/main"; borrowed from its struct refs */
	char oid[OID_HEX + 1]; /* lower case; of an annotated tag: the tag */
};

struct refs {
	struct ref *items; /* sorted by name (bytes); owned */
	size_t count;
	char *head; /* "refs/heads/main", NULL when detached; owned */
	char head_oid[OID_HEX + 1]; /* "" when the branch has no commit yet */
	char *names;                /* memory of the names; owned */
};

enum refs_scope {
	REFS_TIPS, /* refs/heads and refs/tags */
	REFS_ALL,  /* all of refs/ */
};

/*
 * Fill `refs` (freed with refs_release) from the repository at `path`: a
 * working tree, a linked worktree, a .git directory or a bare repository. Needs
 * no libgit2 and may be called from any thread; with packed refs it takes
 * about a millisecond for 10,000. Lock files and broken refs are left out; a
 * concurrent `git pack-refs` hides nothing. ERROR_NOT_FOUND: no repository.
 */
int refs_read(const char *path, enum refs_scope scope, struct refs *refs,
	      struct error **err);
void refs_release(struct refs *refs); /* fine when zeroed */

/* The ref with this full name, borrowed from `refs`; or NULL. */
const struct ref *refs_find(const struct refs *refs, const char *name);

/*
 * The branch that others start from: what HEAD names if it exists, else main,
 * master, the only branch. Borrowed from `refs`; or NULL.
 */
const struct ref *refs_default(const struct refs *refs);

/*
 * The directories to watch and to open, owned strings: `dir` holds HEAD,
 * `common` holds refs and packed-refs (they differ in linked worktrees).
 */
struct refs_place {
	char *dir;
	char *common;
	bool bare; /* `path` itself was the directory, not a working tree */
};

int refs_locate(const char *path, struct refs_place *place, struct error **err);
void refs_place_release(struct refs_place *place);

/* The full ref that `text` ("main", "v1.0", "heads/x") means; or NULL. */
const struct ref *refs_resolve(const struct refs *refs, const char *text);

/*
 * The nearest right name of a branch or tag to a mistyped one, borrowed from
 * `refs` without its "refs/heads/"; or NULL when none is near.
 */
const char *refs_nearest(const struct refs *refs, const char *text);
