#include "runtime/engine/look.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/history.h"

static void take_commit(struct look *look, const struct commit *commit)
{
	memcpy(look->commit, commit->oid, sizeof(look->commit));
	mem_free(look->author);
	mem_free(look->message);
	look->author = mem_printf("%s <%s>", commit->author.name,
				  commit->author.email);
	look->message = mem_copy(commit->message);
}

static int read_paths(struct look *look, struct repo *repo, struct error **err)
{
	struct facts facts = {0};

	if (facts_read(repo, look->old, look->new, &facts, err) != 0)
		return -1;
	take_commit(look, &facts.commit);
	look->truncated = facts.changes.truncated;
	look->paths = mem_array(facts.changes.count + 1, sizeof(char *));
	for (size_t i = 0; i < facts.changes.count; i++)
		look->paths[look->path_count++] =
			mem_copy(facts.changes.items[i].path);
	facts_release(&facts);
	return 0;
}

static int read_commit(struct look *look, struct repo *repo, struct error **err)
{
	struct commit commit = {0};

	if (commit_read(repo, look->new, &commit, err) != 0)
		return -1;
	take_commit(look, &commit);
	commit_release(&commit);
	return 0;
}

static int read_recipe(struct look *look, struct repo *repo, struct error **err)
{
	struct blob blob = {0};
	struct error *why = NULL;

	if (repo_blob(repo, look->commit, look->recipe, &blob, &why) != 0) {
		if (why->code != ERROR_NOT_FOUND)
			return error_move(err, why);
		error_free(why);
		return 0;
	}
	look->length = blob.bytes.length;
	look->text = mem_copy_n(blob.bytes.data ? blob.bytes.data : "",
				blob.bytes.length);
	blob_release(&blob);
	return 0;
}

static void run(struct work *work)
{
	struct look *look = (struct look *)work;
	struct error **err = &work->op.error;
	struct repo *repo = repo_open(look->path, &work->cancelled, err);
	int status;

	if (!repo)
		return;
	status = look->want_paths ? read_paths(look, repo, err)
				  : read_commit(look, repo, err);
	if (status == 0)
		read_recipe(look, repo, err);
	repo_close(repo);
}

static void release(struct op *op)
{
	struct look *look = (struct look *)op;

	for (size_t i = 0; i < look->path_count; i++)
		mem_free(look->paths[i]);
	mem_free(look->paths);
	mem_free(look->path);
	mem_free(look->old);
	mem_free(look->new);
	mem_free(look->recipe);
	mem_free(look->text);
	mem_free(look->author);
	mem_free(look->message);
}

void look_start(struct look *look, uv_loop_t *loop)
{
	look->work.op.release = release;
	work_start(&look->work, loop, run);
}
