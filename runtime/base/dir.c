#include "runtime/base/dir.h"

#include <dirent.h>

#include "runtime/base/mem.h"
#include "runtime/base/path.h"

struct walk {
	void (*each)(void *argument, const char *name);
	void *argument;
	size_t left;
};

static void walk_below(struct walk *walk, const char *dir, const char *prefix,
		       int depth)
{
	DIR *open = opendir(dir);
	const struct dirent *entry;

	while (open && walk->left > 0 && (entry = readdir(open))) {
		char *name;

		if (entry->d_name[0] == '.')
			continue;
		name = *prefix ? mem_printf("%s/%s", prefix, entry->d_name)
			       : mem_copy(entry->d_name);
		walk->left--;
		if (entry->d_type == DT_DIR && depth > 0) {
			char *below = path_join(dir, entry->d_name);

			walk_below(walk, below, name, depth - 1);
			mem_free(below);
		} else if (entry->d_type == DT_REG) {
			walk->each(walk->argument, name);
		}
		mem_free(name);
	}
	if (open)
		closedir(open);
}

void dir_each(const char *dir, int depth, size_t max,
	      void (*each)(void *argument, const char *name), void *argument)
{
	struct walk walk = {each, argument, max};

	walk_below(&walk, dir, "", depth);
}
