#include "runtime/git/checkout.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/base/path.h"

enum { MODE_TYPE = 0170000, MODE_LINK = 0120000, MODE_MODULE = 0160000 };

static bool exists(const char *dir, const char *name)
{
	char *path = dir ? path_join(dir, name) : NULL;
	bool found = path && access(path, F_OK) == 0;

	mem_free(path);
	return found;
}

/* Do this user's or the machine's settings change files on the way out? */
static bool settings_change_files(void)
{
	const char *home = getenv("HOME");
	const char *xdg = getenv("XDG_CONFIG_HOME");
	git_config *config = NULL;
	git_config *frozen = NULL;
	const char *value = NULL;
	bool change = true;

	if (git_config_open_default(&config) == 0 &&
	    git_config_snapshot(&frozen, config) == 0)
		change = git_config_get_string(&value, frozen,
					       "core.autocrlf") == 0 ||
			 git_config_get_string(&value, frozen, "core.eol") ==
				 0 ||
			 git_config_get_string(&value, frozen,
					       "core.attributesfile") == 0;
	git_config_free(frozen);
	git_config_free(config);
	git_error_clear();
	return change || exists("/etc", "gitattributes") ||
	       (xdg && *xdg ? exists(xdg, "git/attributes")
			    : exists(home, ".config/git/attributes"));
}

static bool has_attributes(git_index *index)
{
	for (size_t i = 0; i < git_index_entrycount(index); i++) {
		const git_index_entry *entry = git_index_get_byindex(index, i);

		if (strcmp(path_base(entry->path), ".gitattributes") == 0)
			return true;
	}
	return false;
}

/* Is no part of it empty, ".", ".." or ".git" in any case? */
static bool is_safe(const char *path)
{
	for (;;) {
		size_t length = strcspn(path, "/");

		if (length == 0 ||
		    (length <= 2 && path[0] == '.' && path[length - 1] == '.'))
			return false;
		if (length == 4 && strncasecmp(path, ".git", 4) == 0)
			return false;
		if (!path[length])
			return true;
		path += length + 1;
	}
}

/* How much of `path` is folders that `last` is in, too. */
static size_t shared_folders(const char *path, const char *last)
{
	size_t shared = 0;

	for (size_t i = 0; path[i] && path[i] == last[i]; i++)
		if (path[i] == '/')
			shared = i + 1;
	return shared;
}

/*
 * Make the folders of `path` that the path before did not need. Paths come
 * sorted, so each is made once, and one that is there already is a trap: a
 * link in a crafted tree that leads out of the workspace.
 */
static int make_folders(int root, const char *path, const char *last)
{
	char folder[PATH_MAX];
	size_t at = shared_folders(path, last);
	const char *slash;

	if (strlen(path) >= sizeof(folder)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	while ((slash = strchr(path + at, '/'))) {
		size_t length = (size_t)(slash - path);

		memcpy(folder, path, length);
		folder[length] = '\0';
		if (mkdirat(root, folder, 0777) != 0)
			return -1;
		at = length + 1;
	}
	return 0;
}

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t wrote = write(fd, bytes, length);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -1;
		bytes += wrote;
		length -= (size_t)wrote;
	}
	return 0;
}

static int write_file(int root, const git_index_entry *entry, git_blob *blob,
		      struct stat *info)
{
	int fd = openat(root, entry->path,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			entry->mode & 0100 ? 0777 : 0666);
	int status;
	int why;

	if (fd < 0)
		return -1;
	status = write_all(fd, git_blob_rawcontent(blob),
			   (size_t)git_blob_rawsize(blob));
	if (status == 0)
		status = fstat(fd, info);
	why = errno;
	close(fd);
	errno = why;
	return status;
}

static int write_link(int root, const git_index_entry *entry, git_blob *blob,
		      struct stat *info)
{
	char *target = mem_copy_n(git_blob_rawcontent(blob),
				  (size_t)git_blob_rawsize(blob));
	int status = symlinkat(target, root, entry->path);

	mem_free(target);
	if (status != 0)
		return -1;
	return fstatat(root, entry->path, info, AT_SYMLINK_NOFOLLOW);
}

/* What git compares to see that a file was not touched. */
static void remember(git_index_entry *entry, const struct stat *info)
{
	entry->ctime.seconds = (int32_t)info->st_ctim.tv_sec;
	entry->ctime.nanoseconds = (uint32_t)info->st_ctim.tv_nsec;
	entry->mtime.seconds = (int32_t)info->st_mtim.tv_sec;
	entry->mtime.nanoseconds = (uint32_t)info->st_mtim.tv_nsec;
	entry->dev = (uint32_t)info->st_dev;
	entry->ino = (uint32_t)info->st_ino;
	entry->uid = info->st_uid;
	entry->gid = info->st_gid;
	entry->file_size = (uint32_t)info->st_size;
}

static int write_entry(struct checkout *checkout, int root,
		       git_index_entry *entry, struct error **err)
{
	git_blob *blob = NULL;
	struct stat info;
	int status;

	if ((entry->mode & MODE_TYPE) == MODE_MODULE) {
		status = mkdirat(root, entry->path, 0777);
	} else {
		status = git_blob_lookup(&blob, checkout->source->handle,
					 &entry->id);
		if (status < 0)
			return library_error(err, status, "cannot read '%s'",
					     entry->path);
		status = (entry->mode & MODE_TYPE) == MODE_LINK
				 ? write_link(root, entry, blob, &info)
				 : write_file(root, entry, blob, &info);
		if (status == 0)
			remember(entry, &info);
		checkout->files++;
	}
	if (status != 0)
		error_set(err, ERROR_IO, "cannot write '%s': %s", entry->path,
			  strerror(errno));
	git_blob_free(blob);
	return status;
}

static int write_entries(struct checkout *checkout, git_index *index, int root,
			 struct error **err)
{
	const char *last = "";

	for (size_t i = 0; i < git_index_entrycount(index); i++) {
		/* It is the index's own: what is set here gets written. */
		git_index_entry *entry =
			(git_index_entry *)git_index_get_byindex(index, i);

		if (library_cancelled(checkout->source->cancelled))
			return library_stop(err);
		if (!is_safe(entry->path))
			return error_set(err, ERROR_INVALID,
					 "the commit has a file '%s'",
					 entry->path);
		if (make_folders(root, entry->path, last) != 0)
			return error_set(err, ERROR_IO,
					 "cannot make the folder of '%s': %s",
					 entry->path, strerror(errno));
		if (write_entry(checkout, root, entry, err) != 0)
			return -1;
		last = entry->path;
	}
	return 0;
}

static int write_with(struct checkout *checkout, git_index *index,
		      struct error **err)
{
	int root = open(checkout->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int status;

	if (root < 0)
		return error_set(err, ERROR_IO, "cannot open '%s': %s",
				 checkout->dir, strerror(errno));
	status = write_entries(checkout, index, root, err);
	close(root);
	if (status != 0)
		return -1;
	status = git_index_write(index);
	if (status < 0)
		return library_error(err, status, "cannot write the index");
	return 0;
}

int checkout_write(struct checkout *checkout, struct error **err)
{
	char *path = path_join(checkout->dir, ".git/index");
	git_index *index = NULL;
	git_tree *tree = NULL;
	int status = git_commit_tree(&tree, checkout->commit);

	if (status == 0)
		status = git_index_open(&index, path);
	if (status == 0)
		status = git_index_read_tree(index, tree);
	if (status < 0)
		status = library_error(err, status,
				       "cannot read the commit's tree");
	else if (has_attributes(index) || settings_change_files())
		status = 1;
	else
		status = write_with(checkout, index, err);
	git_index_free(index);
	git_tree_free(tree);
	mem_free(path);
	return status;
}
