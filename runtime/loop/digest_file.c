#include "runtime/loop/digest_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/file.h"
#include "runtime/base/mem.h"

enum { PIECE = 1 << 20 };

/* O_NONBLOCK: a FIFO must not hold the thread. */
static int open_regular(const char *path, struct error **err)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return file_error(err, "open", path);
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
		posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
		return fd;
	}
	close(fd);
	return error_set(err, ERROR_INVALID, "'%s' is no regular file", path);
}

static int read_all(struct digest_file *file, int fd, char *piece)
{
	for (;;) {
		ssize_t got = read(fd, piece, PIECE);

		if (got == 0)
			return 0;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return file_error(&file->work.op.error, "read",
					  file->path);
		if (work_cancelled(&file->work))
			return error_set(&file->work.op.error, ERROR_CANCELLED,
					 "cancelled");
		digest_add(&file->digest, piece, (size_t)got);
		file->length += (uint64_t)got;
	}
}

static void run(struct work *work)
{
	struct digest_file *file = (struct digest_file *)work;
	int fd = open_regular(file->path, &work->op.error);
	char *piece;

	if (fd < 0)
		return;
	piece = mem_grow(NULL, PIECE);
	if (read_all(file, fd, piece) == 0)
		digest_final(&file->digest, file->bytes);
	mem_free(piece);
	close(fd);
}

static void release(struct op *op)
{
	struct digest_file *file = (struct digest_file *)op;

	mem_free(file->path);
	file->path = NULL;
}

void digest_file_start(struct digest_file *file, uv_loop_t *loop,
		       const char *path)
{
	file->path = mem_copy(path);
	file->work.op.release = release;
	work_start(&file->work, loop, run);
}
