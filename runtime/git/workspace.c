#include "runtime/git/workspace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/git/checkout.h"
#include "runtime/git/library.h"
#include "runtime/git/workspace_files.h"

#define MARK_MAX_BYTES 256

/* What `.git/NAME` says in its first line; "" when it is not there. */
static void read_mark(const char *dir, const char *name,
		      char mark[MARK_MAX_BYTES])
{
	char *path = mem_printf("%s/.git/%s", dir, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, mark, MARK_MAX_BYTES - 1);

	mem_free(path);
	if (fd >= 0)
		close(fd);
	mark[length > 0 ? length : 0] = '\0';
	mark[strcspn(mark, "\n")] = '\0';
}

static bool is_empty(const char *dir, const char *except)
{
	DIR *stream = opendir(dir);
	struct dirent *item;
	bool empty = true;

	if (!stream)
		return errno == ENOENT;
	while (empty && (item = readdir(stream)))
		empty = strcmp(item->d_name, ".") == 0 ||
			strcmp(item->d_name, "..") == 0 ||
			strcmp(item->d_name, except) == 0;
	closedir(stream);
	return empty;
}

/* Was it begun by us? Then it has the mark, or there is nothing in it yet. */
static bool is_half_made(const char *dir)
{
	char mark[MARK_MAX_BYTES];
	char *inner = path_join(dir, ".git");
	bool begun;

	read_mark(dir, WORKSPACE_BEGUN, mark);
	begun = *mark != '\0' ||
		(is_empty(dir, ".git") && is_empty(inner, WORKSPACE_BEGUN));
	mem_free(inner);
	return begun;
}

/* 1: whole already; 0: to be made, and empty; -1: neither. */
static int prepare(const struct workspace *workspace, const char *oid,
		   struct error **err)
{
	char mark[MARK_MAX_BYTES];

	read_mark(workspace->dir, WORKSPACE_READY, mark);
	if (strcmp(mark, oid) == 0)
		return 1;
	if (*mark)
		return error_set(err, ERROR_BUSY,
				 "'%s' is the workspace of commit %.12s",
				 workspace->dir, mark);
	if (!is_half_made(workspace->dir))
		return error_set(err, ERROR_BUSY,
				 "'%s' is not empty and no workspace",
				 workspace->dir);
	return file_remove(workspace->dir, err);
}

struct progress {
	const atomic_bool *cancelled;
	uint64_t files;
};

/* NOLINTNEXTLINE(readability-function-size): libgit2's six parameters */
static int on_notify(git_checkout_notify_t why, const char *path,
		     const git_diff_file *baseline, const git_diff_file *target,
		     const git_diff_file *workdir, void *payload)
{
	struct progress *progress = payload;

	(void)why;
	(void)path;
	(void)baseline;
	(void)target;
	(void)workdir;
	progress->files++;
	return library_cancelled(progress->cancelled) ? GIT_EUSER : 0;
}

/* With attributes: libgit2 knows what line ends and encodings they want. */
static int write_filtered(struct checkout *checkout, const char *oid,
			  struct error **err)
{
	struct progress progress = {.cancelled = checkout->source->cancelled};
	git_checkout_options options;
	struct repo *repo = repo_open(checkout->dir, NULL, err);
	git_commit *commit = NULL;
	int status = -1;

	if (!repo || library_commit(repo, oid, &commit, err) != 0)
		goto out;
	git_checkout_options_init(&options, GIT_CHECKOUT_OPTIONS_VERSION);
	options.checkout_strategy = GIT_CHECKOUT_FORCE;
	options.notify_flags = GIT_CHECKOUT_NOTIFY_UPDATED;
	options.notify_cb = on_notify;
	options.notify_payload = &progress;
	status =
		git_checkout_tree(repo->handle, (git_object *)commit, &options);
	if (status < 0)
		library_error(err, status, "cannot write the files of %.12s",
			      oid);
	else if (library_cancelled(progress.cancelled))
		status = library_stop(err);
	checkout->files = progress.files;
out:
	git_commit_free(commit);
	repo_close(repo);
	return status < 0 ? -1 : 0;
}

static int finish(const char *dir, struct error **err)
{
	char *begun = mem_printf("%s/.git/%s", dir, WORKSPACE_BEGUN);
	char *ready = mem_printf("%s/.git/%s", dir, WORKSPACE_READY);
	int status = rename(begun, ready);

	if (status != 0)
		error_set(err, ERROR_IO, "cannot finish workspace '%s': %s",
			  dir, strerror(errno));
	mem_free(begun);
	mem_free(ready);
	return status;
}

static int make(const struct workspace *workspace, struct checkout *checkout,
		struct workspace_result *result, struct error **err)
{
	int status = prepare(workspace, result->oid, err);

	if (status != 0) {
		result->reused = status == 1;
		return status == 1 ? 0 : -1;
	}
	if (library_cancelled(workspace->cancelled))
		return library_stop(err);
	status = workspace_write_git(workspace, result->oid, err);
	if (status == 0)
		status = checkout_write(checkout, err);
	if (status == 1)
		status = write_filtered(checkout, result->oid, err);
	if (status == 0)
		status = finish(workspace->dir, err);
	result->files = checkout->files;
	if (status != 0)
		return error_wrap(err, "cannot make workspace '%s'",
				  workspace->dir);
	return 0;
}

int workspace_make(const struct workspace *workspace,
		   struct workspace_result *result, struct error **err)
{
	struct checkout checkout = {.dir = workspace->dir};
	int status = -1;

	memset(result, 0, sizeof(*result));
	checkout.source =
		repo_open(workspace->source, workspace->cancelled, err);
	if (checkout.source && library_commit(checkout.source, workspace->oid,
					      &checkout.commit, err) == 0) {
		library_hex(git_commit_id(checkout.commit), result->oid);
		status = make(workspace, &checkout, result, err);
	}
	git_commit_free(checkout.commit);
	repo_close(checkout.source);
	return status;
}
