/* Which files are source code, and which subjects speak of a fix. */
#pragma once

#include <stdbool.h>

/* By its extension, and outside of directories with other people's code. */
bool code_is(const char *path);

/* A word like "fix", "bug", "crash" or "leak" in the first line of a message.
 */
bool subject_is_fix(const char *subject);
