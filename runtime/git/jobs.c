#include "runtime/git/jobs.h"

#include "runtime/base/mem.h"

static void run_refs(struct work *work)
{
	struct refs_job *job = (struct refs_job *)work;

	refs_read(job->path, REFS_TIPS, &job->refs, &work->op.error);
}

static void release_refs(struct op *op)
{
	struct refs_job *job = (struct refs_job *)op;

	mem_free(job->path);
	job->path = NULL;
	refs_release(&job->refs);
}

void refs_start(struct refs_job *job, uv_loop_t *loop, const char *path)
{
	job->path = mem_copy(path);
	job->work.op.release = release_refs;
	work_start(&job->work, loop, run_refs);
}

static void run_facts(struct work *work)
{
	struct facts_job *job = (struct facts_job *)work;
	struct repo *repo =
		repo_open(job->path, &work->cancelled, &work->op.error);

	if (repo)
		facts_read(repo, job->old, job->new, &job->facts,
			   &work->op.error);
	repo_close(repo);
}

static void release_facts(struct op *op)
{
	struct facts_job *job = (struct facts_job *)op;

	mem_free(job->path);
	mem_free(job->old);
	mem_free(job->new);
	job->path = job->old = job->new = NULL;
	facts_release(&job->facts);
}

void facts_start(struct facts_job *job, uv_loop_t *loop, const char *path,
		 const char *old, const char *new)
{
	job->path = mem_copy(path);
	job->old = mem_copy(old);
	job->new = mem_copy(new);
	job->work.op.release = release_facts;
	work_start(&job->work, loop, run_facts);
}

static void run_blob(struct work *work)
{
	struct blob_job *job = (struct blob_job *)work;
	struct repo *repo =
		repo_open(job->path, &work->cancelled, &work->op.error);

	if (repo)
		repo_blob(repo, job->oid, job->name, &job->blob,
			  &work->op.error);
	repo_close(repo);
}

static void release_blob(struct op *op)
{
	struct blob_job *job = (struct blob_job *)op;

	mem_free(job->path);
	mem_free(job->oid);
	mem_free(job->name);
	job->path = job->oid = job->name = NULL;
	blob_release(&job->blob);
}

void blob_start(struct blob_job *job, uv_loop_t *loop, const char *path,
		const char *oid, const char *name)
{
	job->path = mem_copy(path);
	job->oid = mem_copy(oid);
	job->name = mem_copy(name);
	job->work.op.release = release_blob;
	work_start(&job->work, loop, run_blob);
}

static void run_remote(struct work *work)
{
	struct remote_job *job = (struct remote_job *)work;
	struct remote remote = {.url = job->url, .cancelled = &work->cancelled};

	if (!job->dir)
		remote_refs(&remote, &job->refs, &work->op.error);
	else if (remote_mirror(&remote, job->dir, &work->op.error) == 0)
		refs_read(job->dir, REFS_TIPS, &job->refs, &work->op.error);
}

static void release_remote(struct op *op)
{
	struct remote_job *job = (struct remote_job *)op;

	mem_free(job->url);
	mem_free(job->dir);
	job->url = job->dir = NULL;
	refs_release(&job->refs);
}

void remote_start(struct remote_job *job, uv_loop_t *loop, const char *url,
		  const char *dir)
{
	job->url = mem_copy(url);
	job->dir = mem_copy(dir);
	job->work.op.release = release_remote;
	work_start(&job->work, loop, run_remote);
}

static void run_workspace(struct work *work)
{
	struct workspace_job *job = (struct workspace_job *)work;

	workspace_make(&job->workspace, &job->result, &work->op.error);
}

static void release_workspace(struct op *op)
{
	struct workspace_job *job = (struct workspace_job *)op;
	struct workspace *workspace = &job->workspace;

	mem_free((char *)workspace->source);
	mem_free((char *)workspace->oid);
	mem_free((char *)workspace->dir);
	mem_free((char *)workspace->ref);
	*workspace = (struct workspace){0};
}

void workspace_start(struct workspace_job *job, uv_loop_t *loop,
		     const struct workspace *workspace)
{
	job->workspace.source = mem_copy(workspace->source);
	job->workspace.oid = mem_copy(workspace->oid);
	job->workspace.dir = mem_copy(workspace->dir);
	job->workspace.ref = mem_copy(workspace->ref);
	job->workspace.cancelled = &job->work.cancelled;
	job->work.op.release = release_workspace;
	work_start(&job->work, loop, run_workspace);
}
