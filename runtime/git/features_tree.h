/* What differs between two trees, by comparing them and nothing else. */
#pragma once

#include "runtime/base/buf.h"
#include "runtime/git/features_objects.h"

struct tree_side {
	git_oid oid;
	uint32_t mode; /* as git writes it; 0: there is no such file */
};

struct tree_change {
	struct tree_side old;
	struct tree_side new;
	size_t path;     /* where its name begins in tree_changes.names */
	size_t old_path; /* ditto; differs when it was renamed */
	bool gone;       /* became part of a rename: to be overlooked */
};

/* In the order of git's own listing. Zeroed, then used again and again. */
struct tree_changes {
	struct tree_change *items;
	size_t count;
	size_t capacity;
	struct buf names; /* each ends with a NUL */
};

#define TREE_FILE_MAX ((size_t)1 << 20) /* changed files of one commit */

void tree_changes_init(struct tree_changes *changes);
void tree_changes_release(struct tree_changes *changes);

/* Replace what is in `changes`; either tree may be NULL, which has no files. */
int tree_compare(struct objects *objects, const git_oid *old,
		 const git_oid *new, struct tree_changes *changes,
		 struct error **err);

static inline const char *tree_name(const struct tree_changes *changes,
				    size_t name)
{
	return changes->names.data + name;
}

enum {
	MODE_TYPE = 0170000,
	MODE_TREE = 0040000,
	MODE_FILE = 0100000,
	MODE_LINK = 0160000 /* a submodule's commit */
};
