/* The .git folder of a workspace, file by file. For this room. */
#pragma once

#include "runtime/git/workspace.h"

/* Names in .git: the first is there while it is made, then becomes the second.
 */
#define WORKSPACE_BEGUN "tidemill-begun"
#define WORKSPACE_READY "tidemill-ready"

/* Write all of .git but the index; `oid` is the commit. */
int workspace_write_git(const struct workspace *workspace, const char *oid,
			struct error **err);
