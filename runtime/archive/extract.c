/* Unpacking, safely: every part of a name is opened by itself, never through a
 * link, so that nothing outside of the directory can be reached. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/archive/parts.h"
#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"

/* Of less than these bytes nobody asks how small they were packed. */
#define RATIO_FROM (32 << 20)

enum { OPEN_DIR = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

struct unpacking {
	const struct pack_options *options;
	struct pack_totals *totals;
	struct archive *archive;
	struct archive_entry *entry; /* the present one */
	int root;
};

static int refuse(const struct unpacking *unpacking, const char *name,
		  const char *why, struct error **err)
{
	return error_set(err, ERROR_INVALID, "'%s' is not unpacked: '%s' %s",
			 unpacking->options->path, name, why);
}

/* Open the directory that holds `name`, making what is missing. */
static int open_parent(const struct unpacking *unpacking, const char *name,
		       struct error **err)
{
	int dir = fcntl(unpacking->root, F_DUPFD_CLOEXEC, 0);
	const char *slash;

	while (dir >= 0 && (slash = strchr(name, '/')) != NULL) {
		char *part = mem_copy_n(name, (size_t)(slash - name));
		int inner;

		if (mkdirat(dir, part, 0777) != 0 && errno != EEXIST)
			inner = -1;
		else
			inner = openat(dir, part, OPEN_DIR);
		close(dir);
		dir = inner;
		mem_free(part);
		name = slash + 1;
	}
	if (dir < 0 && (errno == ELOOP || errno == ENOTDIR))
		return refuse(unpacking, name,
			      "is below something that is no directory", err);
	if (dir < 0)
		return file_error(err, "unpack", name);
	return dir;
}

static int count_bytes(const struct unpacking *unpacking, size_t more,
		       struct error **err)
{
	const struct pack_options *options = unpacking->options;

	pack_count(options, unpacking->totals, 0, (int64_t)more);
	if (unpacking->totals->bytes > options->max_bytes)
		return error_set(err, ERROR_LIMIT,
				 "'%s' has more than %lld bytes", options->path,
				 (long long)options->max_bytes);
	if (unpacking->totals->bytes > RATIO_FROM &&
	    unpacking->totals->bytes / options->max_ratio >
		    archive_filter_bytes(unpacking->archive, -1))
		return error_set(err, ERROR_LIMIT,
				 "what is in '%s' is more than %lld times as "
				 "large as it is itself",
				 options->path, (long long)options->max_ratio);
	return pack_stopped(options, err);
}

/* Holes stay holes. */
static int copy_contents(struct unpacking *unpacking, int file,
			 const char *name, struct error **err)
{
	const void *block;
	size_t length;
	la_int64_t offset;
	int64_t end = 0;
	int status;

	while ((status = archive_read_data_block(unpacking->archive, &block,
						 &length, &offset)) ==
	       ARCHIVE_OK) {
		if (count_bytes(unpacking, length, err) != 0)
			return -1;
		if (pwrite(file, block, length, offset) != (ssize_t)length)
			return file_error(err, "write", name);
		end = offset + (int64_t)length;
	}
	if (status != ARCHIVE_EOF)
		return pack_fail(err, unpacking->archive, "read",
				 unpacking->options->path);
	if (archive_entry_size_is_set(unpacking->entry) &&
	    archive_entry_size(unpacking->entry) > end &&
	    archive_entry_sparse_count(unpacking->entry) > 0)
		end = archive_entry_size(unpacking->entry);
	return ftruncate(file, end) == 0 ? 0 : file_error(err, "write", name);
}

static int unpack_file(struct unpacking *unpacking, int dir, const char *name,
		       struct error **err)
{
	mode_t mode = archive_entry_perm(unpacking->entry) & 0777;
	struct timespec times[2] = {
		{.tv_nsec = UTIME_NOW},
		{.tv_sec = archive_entry_mtime(unpacking->entry)}};
	int file = openat(dir, path_base(name),
			  O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int result;

	if (file < 0)
		return file_error(err, "write", name);
	result = copy_contents(unpacking, file, name, err);
	if (result == 0 && (fchmod(file, mode) != 0 ||
			    (archive_entry_mtime_is_set(unpacking->entry) &&
			     futimens(file, times) != 0)))
		result = file_error(err, "write", name);
	if (close(file) != 0 && result == 0)
		result = file_error(err, "write", name);
	return result;
}

static int unpack_dir(struct unpacking *unpacking, int dir, const char *name,
		      struct error **err)
{
	/* Its contents come later: we must be able to write there. */
	mode_t mode = (archive_entry_perm(unpacking->entry) & 0777) | 0700;
	int inner;

	if (mkdirat(dir, path_base(name), 0700) != 0 && errno != EEXIST)
		return file_error(err, "make the directory", name);
	inner = openat(dir, path_base(name), OPEN_DIR);
	if (inner < 0)
		return refuse(unpacking, name,
			      "is there already and no directory", err);
	if (fchmod(inner, mode) != 0) {
		close(inner);
		return file_error(err, "make the directory", name);
	}
	close(inner);
	return 0;
}

static int unpack_link(struct unpacking *unpacking, int dir, const char *name,
		       struct error **err)
{
	const char *target = archive_entry_symlink_utf8(unpacking->entry);

	if (!target || !pack_stays_inside(name, target))
		return refuse(unpacking, name,
			      "is a link that leads out of the directory", err);
	if (symlinkat(target, dir, path_base(name)) != 0)
		return file_error(err, "make the link", name);
	return 0;
}

/*
 * Give the file `target` in `from` a second name, that of the entry, in `dir`.
 * A link's second name would be a link from another place: refused.
 */
static int link_file(struct unpacking *unpacking, int from, const char *target,
		     int dir, struct error **err)
{
	char *name =
		pack_clean_name(archive_entry_pathname_utf8(unpacking->entry),
				unpacking->options->strip);
	struct stat info;
	int result = 0;

	if (fstatat(from, path_base(target), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !S_ISREG(info.st_mode))
		result = refuse(unpacking, name,
				"is a link to what is no regular file", err);
	else if (linkat(from, path_base(target), dir, path_base(name), 0) != 0)
		result = file_error(err, "make the link", name);
	mem_free(name);
	return result;
}

static int unpack_hard_link(struct unpacking *unpacking, int dir,
			    const char *name, struct error **err)
{
	const char *given = archive_entry_hardlink_utf8(unpacking->entry);
	char *target = pack_clean_name(given, unpacking->options->strip);
	int from;
	int result;

	if (!target || *target == '\0' || *given == '/') {
		mem_free(target);
		return refuse(unpacking, name,
			      "is a link that leads out of the directory", err);
	}
	from = open_parent(unpacking, target, err);
	result = from < 0 ? -1 : link_file(unpacking, from, target, dir, err);
	if (from >= 0)
		close(from);
	mem_free(target);
	return result;
}

static int unpack_kind(struct unpacking *unpacking, int dir, const char *name,
		       struct error **err)
{
	mode_t kind = archive_entry_filetype(unpacking->entry);

	if (archive_entry_hardlink_utf8(unpacking->entry))
		return unpack_hard_link(unpacking, dir, name, err);
	if (kind == AE_IFREG)
		return unpack_file(unpacking, dir, name, err);
	if (kind == AE_IFLNK)
		return unpack_link(unpacking, dir, name, err);
	return refuse(unpacking, name, "is no file, directory or link", err);
}

static int unpack_entry(struct unpacking *unpacking, const char *name,
			struct error **err)
{
	int dir = open_parent(unpacking, name, err);
	int result;

	if (dir < 0)
		return -1;
	pack_count(unpacking->options, unpacking->totals, 1, 0);
	if (archive_entry_filetype(unpacking->entry) == AE_IFDIR) {
		result = unpack_dir(unpacking, dir, name, err);
	} else if (unlinkat(dir, path_base(name), 0) != 0 && errno != ENOENT) {
		result = file_error(err, "replace", name);
	} else {
		result = unpack_kind(unpacking, dir, name, err);
	}
	close(dir);
	return result;
}

static int unpack_next(struct unpacking *unpacking, struct error **err)
{
	const struct pack_options *options = unpacking->options;
	const char *given = archive_entry_pathname_utf8(unpacking->entry);
	char *name = pack_clean_name(given, options->strip);
	int result = 0;

	if (!name || *given == '/')
		result = refuse(unpacking, given, "leads out of the directory",
				err);
	else if (*name && pack_wanted(options, name))
		result = unpack_entry(unpacking, name, err);
	mem_free(name);
	return result;
}

static int unpack_all(struct unpacking *unpacking, struct error **err)
{
	int result;

	while ((result = pack_next(unpacking->archive, unpacking->options,
				   &unpacking->entry, err)) == 1)
		if (unpack_next(unpacking, err) != 0)
			return -1;
	return result;
}

int pack_extract(const struct pack_options *options, struct pack_totals *totals,
		 struct error **err)
{
	struct unpacking unpacking = {
		.options = options, .totals = totals, .root = -1};
	void *locale = pack_locale_enter();
	int result = -1;

	*totals = (struct pack_totals){0};
	unpacking.archive = pack_open(options->path, err);
	if (unpacking.archive && file_make_dir(options->dir, 0777, err) == 0) {
		unpacking.root =
			open(options->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (unpacking.root < 0)
			file_error(err, "open", options->dir);
		else
			result = unpack_all(&unpacking, err);
	}
	if (unpacking.root >= 0)
		close(unpacking.root);
	archive_read_free(unpacking.archive);
	pack_locale_leave(locale);
	return result;
}
