/* The program: a loop, a Lua state, and the command line that runs in it. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <uv.h>

#include "lua/vm.h"
#include "runtime/base/log.h"

#define HEAP_STEP (1 << 20) /* bytes: short commands ask the kernel once */

int main(int count, char **words)
{
	uv_loop_t loop;
	struct vm *vm;
	int code;

	mallopt(M_TOP_PAD, HEAP_STEP);
	signal(SIGPIPE, SIG_IGN);
	words = uv_setup_args(count, words);
	uv_loop_init(&loop);
	vm = vm_open(&loop);
	code = vm_run(vm, count - 1, words + 1);
	vm_close(vm);
	if (uv_loop_close(&loop) != 0)
		log_error("the event loop still has open handles");
	uv_library_shutdown();
	return code;
}
