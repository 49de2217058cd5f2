/* The program: a loop, a Lua state, and the command line that runs in it. */
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "lua/vm.h"
#include "runtime/base/log.h"
#include "runtime/loop/zygote.h"

#define HEAP_STEP (1 << 20) /* bytes: short commands ask the kernel once */

/*
 * The server's zygote: each child of it goes on as if it had been started with
 * these words, the number of its run in the place of the last one. They are
 * what the system shows of it.
 */
static void become_runner(struct vm *vm, char *name, char *last)
{
	int64_t run;

	if (vm_warm(vm) != 0)
		exit(EXIT_FAILURE);
	run = zygote_serve();
	vm_reseed(vm);
	memset(name + strlen("tidemill"), 0, strlen("-zygote"));
	snprintf(last, strlen(last) + 1, "%lld", (long long)run);
}

/* A descriptor that the loop opens must not become standard output. */
static void open_standard(void)
{
	int file;

	do
		file = open("/dev/null", O_RDWR);
	while (file >= 0 && file <= STDERR_FILENO);
	if (file >= 0)
		close(file);
}

int main(int count, char **words)
{
	uv_loop_t loop;
	struct vm *vm;
	int code;

	open_standard();
	mallopt(M_TOP_PAD, HEAP_STEP);
	signal(SIGPIPE, SIG_IGN);
	vm = vm_open(&loop);
	if (count > 1 && strcmp(words[0], "tidemill-zygote") == 0)
		become_runner(vm, words[0], words[count - 1]);
	words = uv_setup_args(count, words);
	uv_loop_init(&loop);
	code = vm_run(vm, count - 1, words + 1);
	vm_close(vm);
	if (uv_loop_close(&loop) != 0)
		log_error("the event loop still has open handles");
	uv_library_shutdown();
	return code;
}
