/* Paths: joining, splitting and cleaning names of files, without the disk. */
#pragma once

#include <stdbool.h>

/* All results are owned strings, freed with mem_free. */
char *path_join(const char *dir, const char *name); /* absolute name wins */
char *path_dir(const char *path);      /* "a/b" -> "a", "a" -> "." */
char *path_clean(const char *path);    /* no "//", "/./", "x/.."; "" -> "." */
char *path_absolute(const char *path); /* against the current directory */

const char *path_base(const char *path); /* borrowed: behind the last '/' */
const char *path_extension(const char *path); /* borrowed: ".lua", or "" */
bool path_is_absolute(const char *path);

/* Is cleaned `path` the directory `dir` or below it? */
bool path_inside(const char *dir, const char *path);
