/* Directories: what files are below one. */
#pragma once

#include <stddef.h>

/*
 * Call `each` with the name, seen from `dir`, of every plain file in it and up
 * to `depth` levels below; hidden ones and links are left out. It ends quietly
 * after `max` names, and where something cannot be read.
 */
void dir_each(const char *dir, int depth, size_t max,
	      void (*each)(void *argument, const char *name), void *argument);
