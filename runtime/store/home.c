#include "runtime/store/home.h"

#include <stdlib.h>

#include "runtime/base/mem.h"
#include "runtime/base/path.h"

char *home_default(void)
{
	const char *home = getenv("TIDEMILL_HOME");
	const char *data = getenv("XDG_DATA_HOME");
	const char *user = getenv("HOME");
	char *base, *path;

	if (home && *home)
		return path_absolute(home);
	if (data && path_is_absolute(data))
		return path_join(data, "tidemill");
	base = path_join(user && *user ? user : "/", ".local/share/tidemill");
	path = path_absolute(base);
	mem_free(base);
	return path;
}
