#include "runtime/store/zones.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"

enum { MAX_FILE = 1024 * 1024 };

static const char database[] = "/usr/share/zoneinfo";

void zones_init(struct zones *zones)
{
	map_init(&zones->zones);
}

void zones_release(struct zones *zones)
{
	struct map_entry *entry;
	size_t at = 0;

	while ((entry = map_next(&zones->zones, &at)))
		zone_free(entry->value);
	map_release(&zones->zones);
}

static int read_all(int fd, struct buf *bytes)
{
	char *room = buf_reserve(bytes, MAX_FILE);
	ssize_t got = 0;

	while (room) {
		got = read(fd, room + bytes->length, MAX_FILE - bytes->length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		bytes->length += (size_t)got;
	}
	return (int)got;
}

/* Names come from recipes: they must not lead out of the database. */
static bool is_name(const char *name)
{
	return *name != '/' && !strstr(name, "..") && strlen(name) < 256;
}

static struct zone *load(const char *path, const char *name, struct error **err)
{
	struct zone *zone = NULL;
	struct buf bytes;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		error_set(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO,
			  errno == ENOENT
				  ? "there is no time zone '%s' (is the "
				    "package tzdata installed?)"
				  : "cannot open time zone '%s'",
			  name);
		return NULL;
	}
	buf_init(&bytes, MAX_FILE);
	if (read_all(fd, &bytes) < 0)
		error_set(err, ERROR_IO, "cannot read time zone '%s': %s", name,
			  strerror(errno));
	else
		zone = zone_new(bytes.data, bytes.length, err);
	buf_release(&bytes);
	close(fd);
	return zone;
}

/* The path of a zone's file, owned; NULL if there can be none. */
static char *find(const char *name, const char *key)
{
	const char *dir = getenv("TZDIR");

	if (*name == '/' && *key == '\0')
		return mem_copy(name); /* from $TZ or /etc/localtime */
	return is_name(name) ? path_join(dir && *dir ? dir : database, name)
			     : NULL;
}

int zones_get(struct zones *zones, const char *name, const struct zone **zone,
	      struct error **err)
{
	const char *key = name ? name : "";
	const char *local = getenv("TZ");
	struct zone *found;
	char *path;

	*zone = map_get(&zones->zones, key);
	if (*zone)
		return 0;
	if (!*key)
		name = local && *local ? local + (*local == ':')
				       : "/etc/localtime";
	if (!strcmp(name, "UTC") || !strcmp(name, "Etc/UTC") ||
	    (!*key && access(name, F_OK) != 0 && *name == '/'))
		return 0;
	path = find(name, key);
	if (!path)
		return error_set(err, ERROR_INVALID,
				 "'%.64s' is not the name of a time zone",
				 name);
	found = load(path, name, err);
	mem_free(path);
	if (!found)
		return -1;
	map_put(&zones->zones, key, found);
	*zone = found;
	return 0;
}
