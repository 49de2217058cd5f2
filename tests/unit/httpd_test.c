#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/loop/http/httpd.h"

#define ROUNDS 20000

struct place {
	uv_loop_t loop;
	struct httpd *httpd;
	int client;
	int ready;
	char got[4096];
	size_t length;
};

static void on_ready(void *context)
{
	((struct place *)context)->ready++;
}

static void start(struct place *place)
{
	struct httpd_options options = {.address = "127.0.0.1:0",
					.connections = 10,
					.body_max = 16,
					.idle = 10,
					.ready = on_ready,
					.context = place};
	struct sockaddr_in name = {.sin_family = AF_INET};

	memset(place, 0, sizeof(*place));
	uv_loop_init(&place->loop);
	place->httpd = httpd_open(&place->loop, &options, NULL);
	assert_non_null(place->httpd);
	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	name.sin_port = htons((uint16_t)strtoul(
		strrchr(httpd_address(place->httpd), ':') + 1, NULL, 10));
	place->client = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(
		connect(place->client, (struct sockaddr *)&name, sizeof(name)),
		0);
}

static void stop(struct place *place)
{
	close(place->client);
	httpd_close(place->httpd);
	uv_run(&place->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&place->loop), 0);
}

static void say(struct place *place, const char *text)
{
	assert_int_equal(send(place->client, text, strlen(text), 0),
			 strlen(text));
}

static struct exchange *take(struct place *place)
{
	struct exchange *exchange = NULL;

	for (int i = 0; i < ROUNDS && !exchange; i++) {
		uv_run(&place->loop, UV_RUN_NOWAIT);
		exchange = httpd_next(place->httpd);
	}
	assert_non_null(exchange);
	return exchange;
}

/* Until what came has `text` in it. */
static void expect(struct place *place, const char *text)
{
	for (int i = 0; i < ROUNDS && !strstr(place->got, text); i++) {
		ssize_t count;

		uv_run(&place->loop, UV_RUN_NOWAIT);
		count = recv(place->client, place->got + place->length,
			     sizeof(place->got) - 1 - place->length,
			     MSG_DONTWAIT);
		if (count > 0)
			place->length += (size_t)count;
	}
	assert_non_null(strstr(place->got, text));
}

static void a_request_is_answered_later(void **state)
{
	const struct exchange_header header = {"X-Test", "yes"};
	const struct exchange_answer answer = {.status = 201,
					       .headers = &header,
					       .header_count = 1,
					       .body = "hello",
					       .length = 5};
	struct place place;
	struct exchange *exchange;
	struct exchange_header sent;
	size_t length;

	(void)state;
	start(&place);
	say(&place, "POST /a%20b?c HTTP/1.1\r\nHost: x\r\n"
		    "Content-Length: 3\r\n\r\nabc");
	exchange = take(&place);
	assert_string_equal(exchange_method(exchange), "POST");
	assert_string_equal(exchange_target(exchange), "/a%20b?c");
	assert_string_equal(exchange_peer(exchange), "127.0.0.1");
	assert_memory_equal(exchange_body(exchange, &length), "abc", 3);
	assert_int_equal(length, 3);
	assert_true(exchange_header(exchange, 0, &sent));
	assert_string_equal(sent.value, "x");
	assert_false(exchange_header(exchange, 2, &sent));
	assert_int_equal(exchange_answer(exchange, &answer), 0);
	assert_int_equal(exchange_answer(exchange, &answer), -1);
	exchange_drop(exchange);
	expect(&place, "hello");
	assert_non_null(strstr(place.got, "HTTP/1.1 201"));
	assert_non_null(strstr(place.got, "X-Test: yes"));
	stop(&place);
}

static void a_body_is_written_by_and_by(void **state)
{
	const struct exchange_answer answer = {.status = 200};
	struct place place;
	struct exchange *exchange;

	(void)state;
	start(&place);
	say(&place, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	exchange = take(&place);
	assert_int_equal(exchange_answer(exchange, &answer), 0);
	expect(&place, "\r\n\r\n");
	assert_int_equal(exchange_write(exchange, "one", 3), 3);
	expect(&place, "one");
	assert_int_equal(exchange_write(exchange, "two", 3), 3);
	exchange_drop(exchange);
	expect(&place, "two\r\n0\r\n");
	stop(&place);
}

static void a_request_outlives_the_server(void **state)
{
	struct place place;
	struct exchange *exchange;

	(void)state;
	start(&place);
	say(&place, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	exchange = take(&place);
	stop(&place);
	assert_true(exchange_gone(exchange));
	assert_int_equal(exchange_write(exchange, "x", 1), -1);
	exchange_drop(exchange);
}

static void too_large_a_body_is_refused(void **state)
{
	struct place place;

	(void)state;
	start(&place);
	say(&place, "POST / HTTP/1.1\r\nHost: x\r\n"
		    "Content-Length: 17\r\n\r\n");
	expect(&place, "HTTP/1.1 413");
	assert_int_equal(place.ready, 0);
	stop(&place);
}

static void wrong_addresses_are_told(void **state)
{
	const char *const wrong[] = {"",
				     "8420",
				     "x:1",
				     "127.0.0.1:",
				     "127.0.0.1:x",
				     "unix:",
				     "127.0.0.1:65536",
				     "127.0.0.1:-1",
				     "127.0.0.1:99999999999"};
	struct httpd_options options = {.ready = on_ready};
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct error *err = NULL;

		options.address = wrong[i];
		assert_null(httpd_open(&loop, &options, &err));
		assert_int_equal(err->code, ERROR_INVALID);
		error_free(err);
	}
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void a_file_is_not_taken_for_an_old_socket(void **state)
{
	char path[] = "/tmp/httpd-test-XXXXXX", address[64];
	struct httpd_options options = {.address = address, .ready = on_ready};
	struct error *err = NULL;
	uv_loop_t loop;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	snprintf(address, sizeof(address), "unix:%s", path);
	uv_loop_init(&loop);
	assert_null(httpd_open(&loop, &options, &err));
	assert_int_equal(err->code, ERROR_INVALID);
	error_free(err);
	assert_int_equal(unlink(path), 0); /* it is still there */
	assert_int_equal(uv_loop_close(&loop), 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_answered_later),
		cmocka_unit_test(a_body_is_written_by_and_by),
		cmocka_unit_test(a_request_outlives_the_server),
		cmocka_unit_test(too_large_a_body_is_refused),
		cmocka_unit_test(wrong_addresses_are_told),
		cmocka_unit_test(a_file_is_not_taken_for_an_old_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
