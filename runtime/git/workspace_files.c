#include "runtime/git/workspace_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/buf.h"
#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/git/library.h"
#include "runtime/git/remote.h"

#define FILE_MAX_BYTES ((size_t)256 * 1024 * 1024)

static int write_file(const char *git, const char *name, struct buf *text,
		      struct error **err)
{
	char *path = path_join(git, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	size_t done = 0;
	int status = 0;

	while (fd >= 0 && done < text->length) {
		ssize_t wrote =
			write(fd, text->data + done, text->length - done);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			break;
		done += (size_t)wrote;
	}
	if (fd < 0 || done < text->length)
		status = error_set(err, ERROR_IO, "cannot write '%s': %s", path,
				   strerror(errno));
	if (fd >= 0)
		close(fd);
	mem_free(path);
	buf_clear(text);
	return status;
}

/* A value for git's configuration: quoted, with its escapes. */
static void put_quoted(struct buf *out, const char *text)
{
	buf_putc(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_putc(out, '\\');
		if (*text == '\n')
			buf_puts(out, "\\n");
		else
			buf_putc(out, *text);
	}
	buf_putc(out, '"');
}

/* Where a workspace pushes to: a mirror's remote, else the source itself. */
static char *origin_of(const char *dir, const char *source)
{
	char *file = path_join(dir, "config");
	git_config *config = NULL;
	git_config *frozen = NULL;
	const char *url = NULL;
	int mirror = 0;
	char *origin;

	if (git_config_open_ondisk(&config, file) == 0 &&
	    git_config_snapshot(&frozen, config) == 0 &&
	    git_config_get_bool(&mirror, frozen, "remote.origin.mirror") == 0 &&
	    mirror)
		git_config_get_string(&url, frozen, "remote.origin.url");
	/* A password in it is ours, not the steps'. */
	origin = url ? remote_display(url) : path_absolute(source);
	git_config_free(frozen);
	git_config_free(config);
	mem_free(file);
	git_error_clear();
	return origin;
}

static void put_config(struct buf *out, const char *dir, const char *source)
{
	char *origin = origin_of(dir, source);

	buf_puts(out, "[core]\n\trepositoryformatversion = 0\n"
		      "\tfilemode = true\n\tbare = false\n"
		      "\tlogallrefupdates = true\n"
		      "[remote \"origin\"]\n\turl = ");
	put_quoted(out, origin);
	buf_puts(out, "\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n");
	mem_free(origin);
}

static void put_branches(struct buf *out, const struct refs *refs)
{
	for (size_t i = 0; i < refs->count; i++)
		if (strncmp(refs->items[i].name, "refs/heads/", 11) == 0)
			buf_printf(out, "%s refs/remotes/origin/%s\n",
				   refs->items[i].oid,
				   refs->items[i].name + 11);
}

static void put_tags(struct buf *out, const struct refs *refs)
{
	for (size_t i = 0; i < refs->count; i++)
		if (strncmp(refs->items[i].name, "refs/tags/", 10) == 0)
			buf_printf(out, "%s %s\n", refs->items[i].oid,
				   refs->items[i].name);
}

static bool is_branch(const char *ref)
{
	return ref && strncmp(ref, "refs/heads/", 11) == 0;
}

static int write_refs(const struct workspace *workspace, const char *oid,
		      const char *git, struct error **err)
{
	bool branch = is_branch(workspace->ref);
	const struct ref *tip;
	struct refs refs;
	struct buf text;
	int status;

	if (refs_read(workspace->source, REFS_TIPS, &refs, err) != 0)
		return -1;
	buf_init(&text, FILE_MAX_BYTES);
	buf_puts(&text, "# pack-refs with: sorted\n");
	if (branch)
		buf_printf(&text, "%s %s\n", oid, workspace->ref);
	put_branches(&text, &refs);
	put_tags(&text, &refs);
	status = write_file(git, "packed-refs", &text, err);
	tip = refs_default(&refs);
	if (status == 0 && tip) {
		buf_printf(&text, "ref: refs/remotes/origin/%s\n",
			   tip->name + 11);
		status =
			write_file(git, "refs/remotes/origin/HEAD", &text, err);
	}
	if (status == 0) {
		buf_printf(&text, branch ? "ref: %s\n" : "%s\n",
			   branch ? workspace->ref : oid);
		status = write_file(git, "HEAD", &text, err);
	}
	buf_release(&text);
	refs_release(&refs);
	return status;
}

/* A shallow source has a list of where its history ends; so must we. */
static int copy_shallow(const char *common, const char *git, struct error **err)
{
	char *path = path_join(common, "shallow");
	struct buf text;
	int status = 0;

	buf_init(&text, FILE_MAX_BYTES);
	if (access(path, F_OK) == 0)
		status = file_read(path, &text, err);
	if (status == 0 && text.length > 0)
		status = write_file(git, "shallow", &text, err);
	buf_release(&text);
	mem_free(path);
	return status;
}

static int write_links(const struct workspace *workspace, const char *git,
		       struct error **err)
{
	struct refs_place place;
	struct buf text;
	int status;

	if (refs_locate(workspace->source, &place, err) != 0)
		return -1;
	buf_init(&text, FILE_MAX_BYTES);
	/* Git follows the alternates of alternates by itself. */
	buf_printf(&text, "%s/objects\n", place.common);
	status = write_file(git, "objects/info/alternates", &text, err);
	if (status == 0) {
		put_config(&text, place.common, workspace->source);
		status = write_file(git, "config", &text, err);
	}
	if (status == 0)
		status = copy_shallow(place.common, git, err);
	buf_release(&text);
	refs_place_release(&place);
	return status;
}

static int make_folders(const char *git, struct error **err)
{
	/* Git makes the others when it needs them. */
	static const char *const names[] = {"objects/info", "refs/heads",
					    "refs/remotes/origin"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *path = path_join(git, names[i]);
		int status = file_make_dir(path, 0777, err);

		mem_free(path);
		if (status != 0)
			return -1;
	}
	return 0;
}

static int mark_begun(const char *git, const char *oid, struct error **err)
{
	struct buf text;
	int status;

	if (file_make_dir(git, 0777, err) != 0)
		return -1;
	buf_init(&text, FILE_MAX_BYTES);
	buf_printf(&text, "%s\n", oid);
	status = write_file(git, WORKSPACE_BEGUN, &text, err);
	buf_release(&text);
	return status;
}

int workspace_write_git(const struct workspace *workspace, const char *oid,
			struct error **err)
{
	char *git = path_join(workspace->dir, ".git");
	int status = -1;

	if (mark_begun(git, oid, err) == 0 && make_folders(git, err) == 0 &&
	    write_links(workspace, git, err) == 0)
		status = write_refs(workspace, oid, git, err);
	mem_free(git);
	return status;
}
