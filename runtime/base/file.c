#include "runtime/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/base/path.h"

#define CHUNK 65536

int file_error(struct error **err, const char *verb, const char *path)
{
	enum error_code code = errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO;

	return error_set(err, code, "cannot %s '%s': %s", verb, path,
			 strerror(errno));
}

/* Read once into `bytes`: as read(2), but -1 with errno EFBIG when full. */
static ssize_t read_some(int file, struct buf *bytes)
{
	size_t left = bytes->max - bytes->length;
	char extra;
	ssize_t count;

	if (left == 0) {
		count = read(file, &extra, 1);
		errno = count > 0 ? EFBIG : errno;
		return count > 0 ? -1 : count;
	}
	left = left < CHUNK ? left : CHUNK;
	count = read(file, buf_reserve(bytes, left), left);
	if (count > 0) {
		bytes->length += (size_t)count;
		bytes->data[bytes->length] = '\0';
	}
	return count;
}

bool file_is_plain(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

int file_read(const char *path, struct buf *bytes, struct error **err)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t count;
	int status = 0;

	if (file < 0)
		return file_error(err, "open", path);
	do
		count = read_some(file, bytes);
	while (count > 0 || (count < 0 && errno == EINTR));
	if (count < 0 && errno == EFBIG)
		status = error_set(err, ERROR_LIMIT,
				   "'%s' is larger than %zu bytes", path,
				   bytes->max);
	else if (count < 0)
		status = file_error(err, "read", path);
	close(file);
	return status;
}

static int write_all(int file, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t count = write(file, bytes, length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -1;
		bytes += count;
		length -= (size_t)count;
	}
	return 0;
}

static int write_beside(const char *path, const void *bytes, size_t length,
			mode_t mode, struct error **err)
{
	char *temporary = mem_printf("%s.XXXXXX", path);
	int file = mkostemp(temporary, O_CLOEXEC);
	struct stat old;
	int status = -1;

	if (file < 0) {
		status = file_error(err, "write", path);
		goto out;
	}
	if (stat(path, &old) == 0)
		mode = old.st_mode & 07777;
	if (write_all(file, bytes, length) != 0 || fchmod(file, mode) != 0 ||
	    fsync(file) != 0 || rename(temporary, path) != 0) {
		status = file_error(err, "write", path);
		unlink(temporary);
	} else {
		status = 0;
	}
	close(file);
out:
	mem_free(temporary);
	return status;
}

/* Devices and pipes are written to; a rename would put a file in their place.
 */
static int write_through(const char *path, const char *bytes, size_t length,
			 struct error **err)
{
	int file = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	int status = 0;

	if (file < 0)
		return file_error(err, "write", path);
	if (write_all(file, bytes, length) != 0)
		status = file_error(err, "write", path);
	close(file);
	return status;
}

static bool is_special(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode) &&
	       !S_ISDIR(status.st_mode);
}

int file_write(const char *path, const void *bytes, size_t length, mode_t mode,
	       struct error **err)
{
	if (is_special(path))
		return write_through(path, bytes, length, err);
	return write_beside(path, bytes, length, mode, err);
}

int file_append(const char *path, const void *bytes, size_t length,
		struct error **err)
{
	int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	int status = 0;

	if (file < 0)
		return file_error(err, "open", path);
	if (write_all(file, bytes, length) != 0)
		status = file_error(err, "write", path);
	close(file);
	return status;
}

int file_make_dir(const char *path, mode_t mode, struct error **err)
{
	struct stat found;
	char *parent;
	int status;

	if (mkdir(path, mode) == 0)
		return 0;
	if (errno == EEXIST && stat(path, &found) == 0 &&
	    S_ISDIR(found.st_mode))
		return 0;
	if (errno != ENOENT)
		return file_error(err, "make", path);
	parent = path_dir(path);
	status = strcmp(parent, path) == 0 ? file_error(err, "make", path)
					   : file_make_dir(parent, mode, err);
	mem_free(parent);
	if (status != 0)
		return -1;
	if (mkdir(path, mode) != 0 && errno != EEXIST)
		return file_error(err, "make", path);
	return 0;
}

/* Call `visit` for each name in `path`, until it returns other than 0. */
static int each_name(const char *path, void *context,
		     int (*visit)(void *context, const char *path,
				  const char *name, struct error **err),
		     struct error **err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int status = 0;

	if (!dir)
		return file_error(err, "open", path);
	while (status == 0 && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			status = visit(context, path, entry->d_name, err);
	closedir(dir);
	return status;
}

static int remove_name(void *context, const char *dir, const char *name,
		       struct error **err)
{
	char *path = path_join(dir, name);
	int status = file_remove(path, err);

	(void)context;
	mem_free(path);
	return status;
}

int file_remove(const char *path, struct error **err)
{
	struct stat found;

	if (lstat(path, &found) != 0)
		return errno == ENOENT ? 0 : file_error(err, "remove", path);
	if (!S_ISDIR(found.st_mode)) {
		if (unlink(path) != 0 && errno != ENOENT)
			return file_error(err, "remove", path);
		return 0;
	}
	if ((found.st_mode & S_IRWXU) != S_IRWXU)
		chmod(path, (found.st_mode & 07777) | S_IRWXU);
	if (each_name(path, NULL, remove_name, err) != 0)
		return -1;
	if (rmdir(path) != 0 && errno != ENOENT)
		return file_error(err, "remove", path);
	return 0;
}

/* Put what is in `source` into a new or shorter file at `to`. */
static int copy_into(int source, const struct stat *from, const char *to,
		     struct error **err)
{
	int target = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	char *chunk = mem_alloc(CHUNK);
	ssize_t count = -1;
	struct stat found;
	int status = 0;

	if (target < 0 || fstat(target, &found) != 0) {
		status = file_error(err, "write", to);
	} else if (found.st_dev == from->st_dev &&
		   found.st_ino == from->st_ino) {
		status = error_set(err, ERROR_INVALID,
				   "cannot copy '%s' onto itself", to);
	} else {
		if (ftruncate(target, 0) == 0)
			while ((count = read(source, chunk, CHUNK)) > 0 &&
			       write_all(target, chunk, (size_t)count) == 0)
				continue;
		if (count != 0 || fchmod(target, from->st_mode & 07777) != 0)
			status = file_error(err, "copy to", to);
	}
	mem_free(chunk);
	if (target >= 0)
		close(target);
	return status;
}

static int copy_bytes(const char *from, const char *to, struct error **err)
{
	int source = open(from, O_RDONLY | O_CLOEXEC);
	struct stat found;
	int status;

	if (source < 0 || fstat(source, &found) != 0)
		status = file_error(err, "open", from);
	else
		status = copy_into(source, &found, to, err);
	if (source >= 0)
		close(source);
	return status;
}

static int copy_link(const char *from, const char *to, struct error **err)
{
	char target[4096];
	ssize_t length = readlink(from, target, sizeof(target) - 1);

	if (length < 0)
		return file_error(err, "read", from);
	target[length] = '\0';
	unlink(to);
	if (symlink(target, to) != 0)
		return file_error(err, "make", to);
	return 0;
}

/* Where a directory is copied to, and which one that is. */
struct copy {
	const char *to;
	const struct stat *root;
};

static int copy_any(const char *from, const char *to, const struct stat *root,
		    struct error **err);

static int copy_name(void *context, const char *dir, const char *name,
		     struct error **err)
{
	struct copy *copy = context;
	char *from = path_join(dir, name);
	char *to = path_join(copy->to, name);
	int status = copy_any(from, to, copy->root, err);

	mem_free(from);
	mem_free(to);
	return status;
}

static int copy_dir(const char *from, const char *to, const struct stat *root,
		    struct error **err)
{
	struct copy copy = {.to = to, .root = root};
	struct stat found;
	struct stat made;
	mode_t mode;

	if (stat(from, &found) != 0)
		return file_error(err, "open", from);
	if (root && root->st_dev == found.st_dev &&
	    root->st_ino == found.st_ino)
		return error_set(err, ERROR_INVALID,
				 "cannot copy a directory into itself");
	mode = found.st_mode & 07777;
	if (file_make_dir(to, mode | S_IRWXU, err) != 0)
		return -1;
	if (stat(to, &made) != 0)
		return file_error(err, "make", to);
	if (!root)
		copy.root = &made;
	if (each_name(from, &copy, copy_name, err) != 0)
		return -1;
	return chmod(to, mode) == 0 ? 0 : file_error(err, "make", to);
}

static int copy_any(const char *from, const char *to, const struct stat *root,
		    struct error **err)
{
	struct stat found;

	if (lstat(from, &found) != 0)
		return file_error(err, "open", from);
	if (S_ISLNK(found.st_mode))
		return copy_link(from, to, err);
	if (S_ISREG(found.st_mode))
		return copy_bytes(from, to, err);
	if (S_ISDIR(found.st_mode))
		return copy_dir(from, to, root, err);
	return error_set(err, ERROR_INVALID,
			 "cannot copy '%s': it is no file, link or directory",
			 from);
}

int file_copy(const char *from, const char *to, struct error **err)
{
	return copy_any(from, to, NULL, err);
}
