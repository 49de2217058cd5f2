/* Packing a directory: its names sorted, one after the other. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/archive/parts.h"
#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"

enum { DEPTH_MAX = 256 };

struct packing {
	const struct pack_options *options;
	struct pack_totals *totals;
	struct archive *archive;
	struct stat self; /* the new file, which is not to be in itself */
	char *block;
};

static int not_dots(const struct dirent *item)
{
	return strcmp(item->d_name, ".") != 0 &&
	       strcmp(item->d_name, "..") != 0;
}

static int by_bytes(const struct dirent **left, const struct dirent **right)
{
	return strcmp((*left)->d_name, (*right)->d_name);
}

static int copy_contents(struct packing *packing, int file, const char *name,
			 struct error **err)
{
	ssize_t length;

	while ((length = read(file, packing->block, PACK_BLOCK)) > 0) {
		if (pack_stopped(packing->options, err) != 0)
			return -1;
		if (archive_write_data(packing->archive, packing->block,
				       (size_t)length) != length)
			return pack_fail(err, packing->archive, "write",
					 packing->options->path);
		pack_count(packing->options, packing->totals, 0, length);
	}
	return length < 0 ? file_error(err, "read", name) : 0;
}

static int write_header(struct packing *packing, struct archive_entry *entry,
			struct error **err)
{
	pack_count(packing->options, packing->totals, 1, 0);
	if (archive_write_header(packing->archive, entry) == ARCHIVE_OK)
		return 0;
	return pack_fail(err, packing->archive, "write",
			 packing->options->path);
}

static int add_file(struct packing *packing, struct archive_entry *entry,
		    int dir, const char *name, struct error **err)
{
	int file =
		openat(dir, path_base(name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat now;
	int result = -1;

	if (file < 0)
		return file_error(err, "open", name);
	if (fstat(file, &now) != 0) {
		file_error(err, "read", name);
	} else {
		archive_entry_set_size(entry, now.st_size);
		result = write_header(packing, entry, err);
		if (result == 0)
			result = copy_contents(packing, file, name, err);
	}
	close(file);
	return result;
}

static int add_link(struct packing *packing, struct archive_entry *entry,
		    int dir, const char *name, struct error **err)
{
	char target[4096];
	ssize_t length =
		readlinkat(dir, path_base(name), target, sizeof(target) - 1);

	if (length < 0)
		return file_error(err, "read the link", name);
	target[length] = '\0';
	archive_entry_set_symlink(entry, target);
	return write_header(packing, entry, err);
}

/* An entry without owner and with no more than what we promise. */
static struct archive_entry *describe(const struct packing *packing,
				      const char *name, const struct stat *info)
{
	const struct pack_options *options = packing->options;
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_mode(entry, info->st_mode & (S_IFMT | 0777));
	archive_entry_set_mtime(
		entry, options->fixed_time ? options->mtime : info->st_mtime,
		0);
	return entry;
}

static int add_dir(struct packing *packing, int dir, const char *name,
		   struct error **err);

static int add(struct packing *packing, int dir, const char *name,
	       struct error **err)
{
	struct archive_entry *entry;
	struct stat info;
	int result;

	if (fstatat(dir, path_base(name), &info, AT_SYMLINK_NOFOLLOW) != 0)
		return file_error(err, "read", name);
	if (info.st_ino == packing->self.st_ino &&
	    info.st_dev == packing->self.st_dev)
		return 0;
	if (!S_ISDIR(info.st_mode) && !pack_wanted(packing->options, name))
		return 0;
	entry = describe(packing, name, &info);
	if (S_ISREG(info.st_mode))
		result = add_file(packing, entry, dir, name, err);
	else if (S_ISLNK(info.st_mode))
		result = add_link(packing, entry, dir, name, err);
	else if (!S_ISDIR(info.st_mode))
		result = error_set(err, ERROR_INVALID,
				   "cannot pack '%s': it is no file, directory"
				   " or link",
				   name);
	else if (pack_wanted(packing->options, name))
		result = write_header(packing, entry, err);
	else
		result = 0;
	archive_entry_free(entry);
	if (result == 0 && S_ISDIR(info.st_mode))
		result = add_dir(packing, dir, name, err);
	return result;
}

/* The names in the directory `dir`, each with `prefix` in front. */
static int add_names(struct packing *packing, int dir, const char *prefix,
		     struct error **err)
{
	struct dirent **items;
	int count = scandirat(dir, ".", &items, not_dots, by_bytes);
	int result = 0;

	if (count < 0)
		return file_error(err, "read", prefix);
	for (int i = 0; i < count; i++) {
		char *name =
			*prefix ? mem_printf("%s/%s", prefix, items[i]->d_name)
				: mem_copy(items[i]->d_name);

		if (result == 0)
			result = pack_stopped(packing->options, err);
		if (result == 0)
			result = add(packing, dir, name, err);
		mem_free(name);
		free(items[i]);
	}
	free(items); /* scandirat allocates with malloc */
	return result;
}

static int depth_of(const char *name)
{
	int depth = 0;

	for (; *name; name++)
		depth += *name == '/';
	return depth;
}

static int add_dir(struct packing *packing, int dir, const char *name,
		   struct error **err)
{
	int inner;
	int result;

	if (depth_of(name) > DEPTH_MAX)
		return error_set(err, ERROR_LIMIT, "'%s' is nested too deeply",
				 name);
	inner = openat(dir, path_base(name),
		       O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (inner < 0)
		return file_error(err, "open", name);
	result = add_names(packing, inner, name, err);
	close(inner);
	return result;
}

static int fill(struct packing *packing, const char *path, struct error **err)
{
	const struct pack_options *options = packing->options;
	int dir;
	int result;

	if (pack_set_format(packing->archive, options->path, options->level,
			    err) != 0)
		return -1;
	dir = open(options->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return file_error(err, "open", options->dir);
	if (archive_write_open_filename(packing->archive, path) != ARCHIVE_OK ||
	    stat(path, &packing->self) != 0)
		result = pack_fail(err, packing->archive, "write",
				   options->path);
	else
		result = add_names(packing, dir, "", err);
	close(dir);
	if (archive_write_close(packing->archive) != ARCHIVE_OK && result == 0)
		result = pack_fail(err, packing->archive, "write",
				   options->path);
	return result;
}

int pack_create(const struct pack_options *options, struct pack_totals *totals,
		struct error **err)
{
	struct packing packing = {.options = options,
				  .totals = totals,
				  .archive = archive_write_new(),
				  .block = mem_alloc(PACK_BLOCK)};
	char *part = mem_printf("%s.part-%d", options->path, (int)gettid());
	void *locale = pack_locale_enter();
	int result;

	*totals = (struct pack_totals){0};
	result = fill(&packing, part, err);
	if (result == 0 && rename(part, options->path) != 0)
		result = file_error(err, "write", options->path);
	if (result != 0)
		unlink(part);
	archive_write_free(packing.archive);
	pack_locale_leave(locale);
	mem_free(packing.block);
	mem_free(part);
	return result;
}
