/* The HTTP client without a server: its contract, and its texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/mem.h"
#include "runtime/loop/client.h"

struct fixture {
	uv_loop_t loop;
	struct client *client;
	struct request request;
	int done;
};

static void count_done(struct op *op)
{
	struct fixture *fixture = op->waiter;

	fixture->done++;
}

static int set_up(void **state)
{
	struct fixture *fixture = mem_alloc(sizeof(*fixture));
	struct client_options options = {.per_host = 4};

	uv_loop_init(&fixture->loop);
	fixture->client = client_new(&fixture->loop, &options);
	fixture->request.op.done = count_done;
	fixture->request.op.waiter = fixture;
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	struct op *op = &fixture->request.op;

	client_free(fixture->client);
	uv_run(&fixture->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&fixture->loop), 0);
	error_free(op->error);
	if (op->release)
		op->release(op);
	mem_free(fixture);
	return 0;
}

static void start(struct fixture *fixture, const char *url)
{
	struct request_options options = {
		.url = url, .max = 1000, .max_head = 1000, .check = true};

	request_start(&fixture->request, fixture->client, &options);
	assert_int_equal(fixture->done, 0); /* never from inside the call */
}

static void nobody_listens(void **state)
{
	struct fixture *fixture = *state;

	/* Port 1 of the loopback interface. */
	start(fixture, "http://127.0.0.1:1/");
	uv_run(&fixture->loop, UV_RUN_DEFAULT);
	assert_int_equal(fixture->done, 1);
	assert_int_equal(fixture->request.reason, REQUEST_CONNECT);
	assert_int_equal(fixture->request.op.error->code, ERROR_IO);
}

static void what_is_no_url_fails_later(void **state)
{
	struct fixture *fixture = *state;

	start(fixture, "gopher://127.0.0.1/");
	uv_run(&fixture->loop, UV_RUN_DEFAULT);
	assert_int_equal(fixture->done, 1);
	assert_int_equal(fixture->request.reason, REQUEST_URL);
}

static void cancel_completes_it_with_an_error(void **state)
{
	struct fixture *fixture = *state;
	struct op *op = &fixture->request.op;

	start(fixture, "http://127.0.0.1:1/");
	op->cancel(op);
	op->cancel(op);
	assert_int_equal(fixture->done, 0);
	uv_run(&fixture->loop, UV_RUN_DEFAULT);
	assert_int_equal(fixture->done, 1);
	assert_int_equal(op->error->code, ERROR_CANCELLED);
	op->cancel(op); /* too late, and harmless */
}

static void a_client_may_be_freed_before_its_requests_end(void **state)
{
	struct fixture *fixture = *state;

	start(fixture, "http://127.0.0.1:1/");
	client_free(fixture->client);
	fixture->client = NULL;
	uv_run(&fixture->loop, UV_RUN_DEFAULT);
	assert_int_equal(fixture->done, 1);
}

static void masks(const char *url, const char *wanted)
{
	char *masked = url_mask(url);

	assert_string_equal(masked, wanted);
	mem_free(masked);
}

static void urls_are_shown_without_secrets(void **state)
{
	(void)state;
	masks("http://a/b", "http://a/b");
	masks("http://me:pw@a/b@c", "http://***@a/b@c");
	masks("http://a@b@c/", "http://***@c/");
	masks("http://a/?x=1&token=s3&y=2#z", "http://a/?x=1&token=***&y=2#z");
	masks("http://a/?Api_Key=s&key", "http://a/?Api_Key=***&key");
	masks("", "");
	masks("?sig=1", "?sig=***");
}

static void heads_are_read(void **state)
{
	char text[] = "HTTP/1.1 200 a: b\r\nA:  one \r\nbroken\r\nb:\r\n"
		      "a: two\r\n\r\n";
	struct buf head = {.data = text, .length = sizeof(text) - 1};
	size_t from = 0;
	size_t length = 0;
	const char *value = response_header(&head, "a", &length, &from);

	(void)state;
	assert_memory_equal(value, "one", length);
	assert_int_equal(length, 3);
	value = response_header(&head, "A", &length, &from);
	assert_int_equal(length, 3);
	assert_memory_equal(value, "two", length);
	assert_null(response_header(&head, "a", &length, &from));
	from = 0;
	assert_non_null(response_header(&head, "b", &length, &from));
	assert_int_equal(length, 0);
}

static void queries_are_encoded(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 100);
	url_encode(&text, "a b\0/~", 6);
	assert_string_equal(text.data, "a%20b%00%2F~");
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nobody_listens, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_url_fails_later,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			cancel_completes_it_with_an_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_client_may_be_freed_before_its_requests_end, set_up,
			tear_down),
		cmocka_unit_test(urls_are_shown_without_secrets),
		cmocka_unit_test(heads_are_read),
		cmocka_unit_test(queries_are_encoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
