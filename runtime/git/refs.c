#include "runtime/git/refs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"

#define LINE_MAX_BYTES 4096 /* of a loose ref, HEAD, commondir */
#define PACKED_MAX ((size_t)256 * 1024 * 1024) /* of packed-refs */
#define DEPTH_MAX 32                           /* of folders below refs/ */
#define LINKS_MAX 5 /* symbolic refs in a row, as git */
#define TRIES 5     /* while packed-refs keeps changing */

/*
 * A ref while it is read: names move with their buffer, so offsets. The name
 * of a symbolic one is followed by its target, and its oid is empty.
 */
struct entry {
	size_t name;
	bool packed;
	char oid[OID_HEX + 1];
};

struct reader {
	enum refs_scope scope;
	struct buf names; /* all names, each with its NUL */
	struct entry *items;
	size_t count;
	size_t capacity;
	bool wide; /* met an object name of SHA-256 */
};

static bool is_oid(const char *text, size_t length)
{
	if (length < OID_HEX)
		return false;
	for (size_t i = 0; i < OID_HEX; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	return true;
}

static struct entry *add_entry(struct reader *reader, const char *name,
			       size_t length)
{
	struct entry *entry;

	if (reader->count == reader->capacity) {
		reader->capacity = reader->capacity ? reader->capacity * 2 : 64;
		reader->items =
			mem_grow(reader->items,
				 reader->capacity * sizeof(*reader->items));
	}
	entry = &reader->items[reader->count];
	memset(entry, 0, sizeof(*entry));
	entry->name = reader->names.length;
	buf_append(&reader->names, name, length);
	buf_putc(&reader->names, '\0');
	reader->count++;
	return entry;
}

/* The first line of a small file without its end, or -1. */
static ssize_t read_line(int dir, const char *name, char line[LINE_MAX_BYTES])
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t length;
	char *end;

	if (fd < 0)
		return -1;
	length = read(fd, line, LINE_MAX_BYTES - 1);
	close(fd);
	if (length < 0)
		return -1;
	line[length] = '\0';
	end = strpbrk(line, "\r\n");
	if (end)
		*end = '\0';
	return (ssize_t)strlen(line);
}

/* What follows "ref:" in a symbolic ref, or NULL. */
static const char *symbolic(const char *line)
{
	if (strncmp(line, "ref:", 4) != 0)
		return NULL;
	line += 4;
	while (*line == ' ' || *line == '\t')
		line++;
	return line;
}

static void add_loose(struct reader *reader, int dir, const char *file,
		      const char *name)
{
	char line[LINE_MAX_BYTES];
	ssize_t length = read_line(dir, file, line);
	const char *target;
	struct entry *entry;

	if (length < 0)
		return;
	target = symbolic(line);
	if (target) {
		add_entry(reader, name, strlen(name));
		buf_append(&reader->names, target, strlen(target) + 1);
		return;
	}
	if (!is_oid(line, (size_t)length))
		return; /* half-written or broken: git ignores it too */
	if (isxdigit((unsigned char)line[OID_HEX])) {
		reader->wide = true;
		return;
	}
	entry = add_entry(reader, name, strlen(name));
	memcpy(entry->oid, line, OID_HEX);
}

static bool is_noise(const char *name)
{
	size_t length = strlen(name);

	return name[0] == '.' ||
	       (length > 5 && strcmp(name + length - 5, ".lock") == 0);
}

/* Read all loose refs below the open folder `dir`, whose name is `prefix`. */
static void scan_loose(struct reader *reader, int dir, const char *prefix,
		       int depth)
{
	DIR *stream = depth > DEPTH_MAX ? NULL : fdopendir(dir);
	struct dirent *item;

	if (!stream) {
		close(dir);
		return;
	}
	while ((item = readdir(stream))) {
		int below = -1;
		char *name;

		if (is_noise(item->d_name))
			continue;
		name = mem_printf("%s/%s", prefix, item->d_name);
		if (item->d_type != DT_REG)
			below = openat(dirfd(stream), item->d_name,
				       O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (below >= 0)
			scan_loose(reader, below, name, depth + 1);
		else
			add_loose(reader, dirfd(stream), item->d_name, name);
		mem_free(name);
	}
	closedir(stream);
}

static void scan_prefix(struct reader *reader, const char *common,
			const char *prefix)
{
	char *path = path_join(common, prefix);
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	mem_free(path);
	if (dir >= 0)
		scan_loose(reader, dir, prefix, 0);
}

static bool in_scope(const struct reader *reader, const char *name)
{
	return reader->scope == REFS_ALL ||
	       strncmp(name, "refs/heads/", 11) == 0 ||
	       strncmp(name, "refs/tags/", 10) == 0;
}

/* Lines are "OID NAME"; '#' begins the header, '^' what a tag leads to. */
static void parse_packed(struct reader *reader, char *text, size_t length)
{
	char *end = text + length;

	while (text < end) {
		char *line = text;
		char *stop = memchr(text, '\n', (size_t)(end - text));
		struct entry *entry;

		if (!stop)
			stop = end;
		text = stop + 1;
		if (*line == '#' || *line == '^')
			continue;
		if (!is_oid(line, (size_t)(stop - line)))
			continue;
		if (line[OID_HEX] != ' ') {
			reader->wide |= line[OID_HEX] != '\n';
			continue;
		}
		*stop = '\0'; /* the buffer has a NUL behind its end */
		if (!in_scope(reader, line + OID_HEX + 1))
			continue;
		entry = add_entry(reader, line + OID_HEX + 1,
				  (size_t)(stop - line) - OID_HEX - 1);
		entry->packed = true;
		memcpy(entry->oid, line, OID_HEX);
	}
}

/* Read the whole file and say which one it was; -1: there is none. */
static int slurp(const char *path, struct buf *out, struct stat *which)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 1;

	if (fd < 0 || fstat(fd, which) != 0) {
		if (fd >= 0)
			close(fd);
		memset(which, 0, sizeof(*which));
		return -1;
	}
	while (got > 0) {
		char *room = buf_reserve(out, (size_t)which->st_size + 1);

		if (!room)
			break;
		got = read(fd, room, (size_t)which->st_size + 1);
		if (got > 0)
			out->length += (size_t)got;
	}
	close(fd);
	buf_append(out, "", 0); /* its NUL */
	return 0;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/*
 * Loose first, packed second: git writes packed-refs before it removes the
 * loose files, so a ref on its way is met at least once. When packed-refs
 * changed meanwhile, everything is read again, to get one moment's picture.
 */
static void read_all(struct reader *reader, const char *common)
{
	char *path = path_join(common, "packed-refs");

	for (int i = 0; i < TRIES; i++) {
		struct stat before = {0};
		struct stat after;
		struct buf text;

		reader->count = 0;
		buf_clear(&reader->names);
		buf_putc(&reader->names, '\0');
		if (stat(path, &before) != 0)
			memset(&before, 0, sizeof(before));
		if (reader->scope == REFS_ALL) {
			scan_prefix(reader, common, "refs");
		} else {
			scan_prefix(reader, common, "refs/heads");
			scan_prefix(reader, common, "refs/tags");
		}
		buf_init(&text, PACKED_MAX);
		if (slurp(path, &text, &after) == 0)
			parse_packed(reader, text.data, text.length);
		buf_release(&text);
		if (same_file(&before, &after))
			break;
	}
	mem_free(path);
}

static int by_name(const void *a, const void *b, void *names)
{
	const struct entry *left = a;
	const struct entry *right = b;
	const char *text = names;
	int order = strcmp(text + left->name, text + right->name);

	return order ? order : left->packed - right->packed;
}

static bool is_sorted(const struct reader *reader)
{
	for (size_t i = 1; i < reader->count; i++)
		if (by_name(&reader->items[i - 1], &reader->items[i],
			    reader->names.data) > 0)
			return false;
	return true;
}

/* The oid that a chain of symbolic refs ends at, or NULL. */
static const char *follow(const struct refs *refs, const struct reader *reader,
			  const char *target)
{
	for (int i = 0; i < LINKS_MAX; i++) {
		const struct ref *ref = refs_find(refs, target);

		if (!ref)
			return NULL;
		if (*ref->oid)
			return ref->oid;
		target = ref->name + strlen(ref->name) + 1;
		if (target >= reader->names.data + reader->names.length)
			return NULL;
	}
	return NULL;
}

/* Symbolic refs get their target's oid, those that lead nowhere go. */
static void follow_all(struct refs *refs, const struct reader *reader)
{
	size_t kept = 0;

	for (size_t i = 0; i < refs->count; i++) {
		struct ref *ref = &refs->items[i];
		const char *oid;

		if (*ref->oid)
			continue;
		oid = follow(refs, reader, ref->name + strlen(ref->name) + 1);
		if (oid)
			memcpy(ref->oid, oid, sizeof(ref->oid));
	}
	for (size_t i = 0; i < refs->count; i++)
		if (*refs->items[i].oid)
			refs->items[kept++] = refs->items[i];
	refs->count = kept;
}

/* Loose wins over packed; the names' memory moves to `refs`. */
static void finish(struct reader *reader, struct refs *refs)
{
	const char *names = reader->names.data;

	if (!is_sorted(reader))
		qsort_r(reader->items, reader->count, sizeof(*reader->items),
			by_name, reader->names.data);
	refs->items = mem_array(reader->count + 1, sizeof(*refs->items));
	for (size_t i = 0; i < reader->count; i++) {
		const struct entry *entry = &reader->items[i];
		const char *name = names + entry->name;
		struct ref *last = &refs->items[refs->count];

		if (refs->count > 0 && strcmp(last[-1].name, name) == 0)
			continue;
		last->name = name;
		memcpy(last->oid, entry->oid, sizeof(last->oid));
		refs->count++;
	}
	refs->names = reader->names.data;
	follow_all(refs, reader);
	mem_free(reader->items);
}

static void read_head(struct refs *refs, const char *dir)
{
	char line[LINE_MAX_BYTES];
	char *path = path_join(dir, "HEAD");
	ssize_t length = read_line(AT_FDCWD, path, line);
	const char *target = length > 0 ? symbolic(line) : NULL;
	const struct ref *ref = target ? refs_find(refs, target) : NULL;

	mem_free(path);
	refs->head = mem_copy(target);
	if (ref)
		memcpy(refs->head_oid, ref->oid, sizeof(ref->oid));
	else if (!target && length > 0 && is_oid(line, (size_t)length))
		memcpy(refs->head_oid, line, OID_HEX);
}

int refs_read(const char *path, enum refs_scope scope, struct refs *refs,
	      struct error **err)
{
	struct reader reader = {.scope = scope};
	struct refs_place place;

	memset(refs, 0, sizeof(*refs));
	if (refs_locate(path, &place, err) != 0)
		return -1;
	buf_init(&reader.names, PACKED_MAX);
	read_all(&reader, place.common);
	finish(&reader, refs);
	read_head(refs, place.dir);
	refs_place_release(&place);
	if (reader.names.full)
		error_set(err, ERROR_LIMIT, "too many refs in '%s'", path);
	else if (reader.wide)
		error_set(err, ERROR_INVALID,
			  "'%s' names its objects by SHA-256; only SHA-1 "
			  "repositories can be read",
			  path);
	else if (refs->head && strcmp(refs->head, "refs/heads/.invalid") == 0)
		error_set(err, ERROR_INVALID,
			  "'%s' keeps its refs in a reftable; only files can "
			  "be read",
			  path);
	else
		return 0;
	refs_release(refs);
	return -1;
}

void refs_release(struct refs *refs)
{
	mem_free(refs->items);
	mem_free(refs->head);
	mem_free(refs->names);
	memset(refs, 0, sizeof(*refs));
}
