/* Mirrors: bare copies of remotes that only we write to. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/git/network.h"
#include "runtime/git/remote.h"
#include "runtime/git/remote_link.h"

#define DEPTH_MAX 32

/*
 * Whoever was killed in the middle leaves lock files behind that would stop
 * all later fetches. The mirror is locked by us now, so they are nobody's.
 */
static void remove_locks(const char *dir, int depth)
{
	DIR *stream = depth > DEPTH_MAX ? NULL : opendir(dir);
	struct dirent *item;

	if (!stream)
		return;
	while ((item = readdir(stream))) {
		size_t length = strlen(item->d_name);
		char *path;

		if (item->d_name[0] == '.')
			continue;
		path = path_join(dir, item->d_name);
		if (item->d_type == DT_DIR &&
		    (depth > 0 || strcmp(item->d_name, "refs") == 0))
			remove_locks(path, depth + 1);
		else if (length > 5 &&
			 strcmp(item->d_name + length - 5, ".lock") == 0)
			unlink(path);
		mem_free(path);
	}
	closedir(stream);
}

/* The lock, to be closed; -1 with an error when another process has it. */
static int lock_mirror(const char *dir, struct error **err)
{
	char *path = path_join(dir, "tidemill-fetch");
	int fd = -1;

	if (file_make_dir(dir, 0700, err) != 0) {
		mem_free(path);
		return -1;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		error_set(err, ERROR_IO, "cannot make mirror '%s': %s", dir,
			  strerror(errno));
	} else if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		error_set(err, ERROR_BUSY,
			  "mirror '%s' is being fetched by another process",
			  dir);
		close(fd);
		fd = -1;
	}
	mem_free(path);
	return fd;
}

static int open_mirror(git_repository **handle, const char *dir)
{
	git_repository_init_options options;
	int status = git_repository_open_bare(handle, dir);

	if (status == 0)
		return 0;
	git_repository_init_options_init(&options,
					 GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
	return git_repository_init_ext(handle, dir, &options);
}

/*
 * What `git clone --mirror` would write, once: workspaces look at it. It is not
 * read here, because libgit2 1.5 loses memory for every line of a configuration
 * it searches for a remote.
 */
static int record_origin(git_repository *handle, const char *url)
{
	git_config *config = NULL;
	git_config *frozen = NULL;
	const char *known = NULL;
	int status = git_repository_config(&config, handle);

	if (status == 0)
		status = git_config_snapshot(&frozen, config);
	if (status == 0 &&
	    git_config_get_string(&known, frozen, "remote.origin.url") == 0 &&
	    strcmp(known, url) == 0)
		goto out;
	if (status == 0)
		status = git_config_set_bool(config, "remote.origin.mirror", 1);
	if (status == 0)
		status = git_config_set_string(config, "remote.origin.fetch",
					       "+refs/*:refs/*");
	if (status == 0) /* last: it says that all is there */
		status =
			git_config_set_string(config, "remote.origin.url", url);
out:
	git_config_free(frozen);
	git_config_free(config);
	return status;
}

static int open_remote(git_remote **remote, git_repository *handle,
		       const char *url)
{
	git_remote_create_options options;

	git_remote_create_options_init(&options,
				       GIT_REMOTE_CREATE_OPTIONS_VERSION);
	options.repository = handle;
	options.flags = GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC |
			GIT_REMOTE_CREATE_SKIP_INSTEADOF;
	return git_remote_create_with_opts(remote, url, &options);
}

static int set_head(git_repository *handle, git_remote *remote)
{
	git_buf branch = {0};
	int status = git_remote_default_branch(&branch, remote);

	if (status == 0)
		status = git_repository_set_head(handle, branch.ptr);
	git_buf_dispose(&branch);
	git_error_clear();
	return status == GIT_ENOTFOUND ? 0 : status;
}

static int update(struct remote_link *link, git_repository *handle,
		  struct error **err)
{
	char branches[] = "+refs/heads/*:refs/heads/*";
	char tags[] = "+refs/tags/*:refs/tags/*";
	char *lines[] = {branches, tags};
	git_strarray specs = {lines, 2};
	git_remote *remote = NULL;
	int status = record_origin(handle, link->url);

	if (status == 0)
		status = open_remote(&remote, handle, link->url);
	if (status == 0)
		status = remote_link_connect(link, remote);
	if (status < 0)
		remote_link_error(link, status, err);
	else
		status = remote_link_fetch(link, remote, &specs, err);
	if (status == 0 && set_head(handle, remote) < 0)
		status = library_error(err, -1, "cannot set HEAD of a mirror");
	git_remote_free(remote);
	return status < 0 ? -1 : 0;
}

int remote_mirror(const struct remote *remote, const char *dir,
		  struct error **err)
{
	char *path = remote_local_path(remote->url);
	struct remote_link link;
	git_repository *handle = NULL;
	int lock = -1;
	int status = -1;

	remote_link_init(&link, remote, path ? path : remote->url);
	if (library_start_tls(err) != 0)
		goto out;
	lock = lock_mirror(dir, err);
	if (lock < 0)
		goto out;
	remove_locks(dir, 0);
	status = open_mirror(&handle, dir);
	if (status < 0)
		status = library_error(err, status, "cannot make mirror '%s'",
				       dir);
	if (status == 0) {
		network_begin(remote->cancelled);
		status = update(&link, handle, err);
		network_end();
	}
out:
	git_repository_free(handle);
	if (lock >= 0)
		close(lock);
	remote_link_release(&link);
	mem_free(path);
	return status;
}
