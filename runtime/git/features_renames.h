/* Renames: deleted and added files that are one file, as git log -M tells. */
#pragma once

#include "runtime/git/features_tree.h"

/*
 * Turn pairs in `changes` into one: the added file gets the old side of the
 * deleted one, which is marked as gone. As git: files of equal content first,
 * then files of the same unique name that are alike by 75 %, then all others
 * that are alike by 50 %, the most alike first. With more than a million pairs
 * to compare only the first two kinds are looked for.
 */
int renames_find(struct objects *objects, struct tree_changes *changes,
		 struct error **err);
