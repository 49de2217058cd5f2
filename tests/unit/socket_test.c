/* The line protocol: the server's side and calls. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/base/mem.h"
#include "runtime/loop/socket.h"

struct talk {
	uv_loop_t loop;
	struct socket_server *server;
	struct socket_request *kept; /* when answers come later */
	bool later;
	unsigned requests;
	int done;
	char path[64];
};

static void on_request(void *context, struct socket_request *request)
{
	struct talk *talk = context;

	talk->requests++;
	assert_null(request->lines[request->count]);
	if (talk->later)
		talk->kept = request;
	else
		socket_answer(request, "ok %zu %s", request->count,
			      request->lines[request->count - 1]);
}

static void serve(struct talk *talk, struct socket_options options)
{
	options.path = talk->path;
	options.on_request = on_request;
	options.context = talk;
	talk->server = socket_server_open(&talk->loop, &options, NULL);
	assert_non_null(talk->server);
}

static int set_up(void **state)
{
	struct talk *talk = mem_alloc(sizeof(*talk));

	uv_loop_init(&talk->loop);
	snprintf(talk->path, sizeof(talk->path), "/tmp/socket_test_%d",
		 (int)getpid());
	*state = talk;
	return 0;
}

static int tear_down(void **state)
{
	struct talk *talk = *state;

	socket_server_close(talk->server);
	uv_run(&talk->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&talk->loop), 0);
	assert_int_equal(access(talk->path, F_OK), -1);
	mem_free(talk);
	return 0;
}

static void count_done(struct op *op)
{
	++*(int *)op->waiter;
}

static void call(struct talk *talk, struct call *call, const char *request,
		 uint64_t timeout)
{
	memset(call, 0, sizeof(*call));
	call->op.done = count_done;
	call->op.waiter = &talk->done;
	call_start(call, &talk->loop, talk->path, request, timeout);
}

static void finish(struct call *call)
{
	error_free(call->op.error);
	call->op.release(&call->op);
}

static void a_call_is_answered(void **state)
{
	struct talk *talk = *state;
	struct stat info;
	struct call one;
	struct call two;

	serve(talk, (struct socket_options){0});
	assert_int_equal(stat(talk->path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	call(talk, &one, "push /repo\nA B refs/heads/x\n", 5000);
	call(talk, &two, "ping", 5000);
	uv_run(&talk->loop, UV_RUN_DEFAULT);
	assert_int_equal(talk->done, 2);
	assert_null(one.op.error);
	assert_string_equal(one.answer.data, "ok 2 A B refs/heads/x");
	assert_string_equal(two.answer.data, "ok 1 ping");
	finish(&one);
	finish(&two);
}

static void an_answer_may_come_later(void **state)
{
	struct talk *talk = *state;
	struct call one;

	serve(talk, (struct socket_options){0});
	talk->later = true;
	call(talk, &one, "wake\n\n", 5000);
	while (!talk->kept)
		uv_run(&talk->loop, UV_RUN_ONCE);
	socket_server_close(talk->server); /* the request outlives it */
	talk->server = NULL;
	uv_run(&talk->loop, UV_RUN_NOWAIT);
	socket_answer(talk->kept, "ok then");
	uv_run(&talk->loop, UV_RUN_DEFAULT);
	assert_string_equal(one.answer.data, "ok then");
	finish(&one);
}

static void nobody_there_is_not_found(void **state)
{
	struct talk *talk = *state;
	struct call one;

	call(talk, &one, "ping\n", 5000);
	assert_int_equal(talk->done, 0);
	uv_run(&talk->loop, UV_RUN_DEFAULT);
	assert_int_equal(one.op.error->code, ERROR_NOT_FOUND);
	finish(&one);
}

static void a_call_that_is_not_answered_times_out(void **state)
{
	struct talk *talk = *state;
	struct call one;

	serve(talk, (struct socket_options){0});
	talk->later = true;
	call(talk, &one, "ping\n", 50);
	uv_run(&talk->loop, UV_RUN_ONCE);
	while (!talk->done)
		uv_run(&talk->loop, UV_RUN_ONCE);
	assert_int_equal(one.op.error->code, ERROR_TIMEOUT);
	socket_answer(talk->kept, "ok nobody hears it");
	finish(&one);
}

static void a_request_that_is_too_long_is_refused(void **state)
{
	struct talk *talk = *state;
	size_t length = 100000;
	char *text = mem_alloc(length + 1);
	struct call one;

	serve(talk, (struct socket_options){.max = 1000});
	memset(text, 'x', length);
	call(talk, &one, text, 5000);
	uv_run(&talk->loop, UV_RUN_DEFAULT);
	assert_int_equal(talk->requests, 0);
	/* It may see the answer, or that the server has closed on it. */
	if (!one.op.error)
		assert_string_equal(
			one.answer.data,
			"error the request is longer than 1000 bytes");
	finish(&one);
	mem_free(text);
}

static int connect_raw(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(
		connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void who_says_nothing_is_dropped_and_others_are_served(void **state)
{
	struct talk *talk = *state;
	char answer[128] = "";
	struct call one;
	int silent[3];

	serve(talk, (struct socket_options){.clients = 2, .timeout = 50});
	for (int i = 0; i < 3; i++)
		silent[i] = connect_raw(talk->path);
	call(talk, &one, "ping\n", 5000);
	uv_run(&talk->loop, UV_RUN_DEFAULT);
	assert_int_equal(talk->requests, 1);
	assert_string_equal(one.answer.data, "ok 1 ping");
	assert_true(read(silent[0], answer, sizeof(answer) - 1) > 0);
	assert_string_equal(answer, "error the request took too long\n");
	for (int i = 0; i < 3; i++)
		close(silent[i]);
	finish(&one);
}

static void a_second_server_is_refused_a_dead_one_replaced(void **state)
{
	struct talk *talk = *state;
	struct socket_options options = {.path = talk->path,
					 .on_request = on_request};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct error *err = NULL;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* A socket file whose owner was killed. */
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", talk->path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)),
			 0);
	close(fd);
	serve(talk, (struct socket_options){0});
	assert_null(socket_server_open(&talk->loop, &options, &err));
	assert_int_equal(err->code, ERROR_BUSY);
	error_free(err);
}

int main(void)
{
#define EACH(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		EACH(a_call_is_answered),
		EACH(an_answer_may_come_later),
		EACH(nobody_there_is_not_found),
		EACH(a_call_that_is_not_answered_times_out),
		EACH(a_request_that_is_too_long_is_refused),
		EACH(who_says_nothing_is_dropped_and_others_are_served),
		EACH(a_second_server_is_refused_a_dead_one_replaced),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
