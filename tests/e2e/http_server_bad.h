/* The places of http_server that stream, and those where it misbehaves. */
#pragma once

#define OK_HEAD "HTTP/1.1 200 OK\r\n"

static void put_chunk(struct call *call, const char *text)
{
	char size[32];

	snprintf(size, sizeof(size), "%zx\r\n", strlen(text));
	puts_to(call, size);
	puts_to(call, text);
	puts_to(call, "\r\n");
}

static void events(struct call *call, const char *rest)
{
	(void)rest;
	puts_to(call, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
		      "Transfer-Encoding: chunked\r\n\r\n");
	put_chunk(call, ": hello\n\nevent: started\nid: 7\nda");
	put_chunk(call, "ta: one\ndata: two\n\n");
	put_chunk(call, "data: {}\r\nretry: 250\r\n\r\ndata: lost");
	put_chunk(call, "");
}

/* Ten lines, the last without an end. */
static void lines(struct call *call, const char *rest)
{
	char line[32];

	(void)rest;
	puts_to(call, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 1; i <= 10; i++) {
		snprintf(line, sizeof(line), i < 10 ? "line %d\n" : "line %d",
			 i);
		put_chunk(call, line);
	}
	put_chunk(call, "");
}

static void hang_before_head(struct call *call, const char *rest)
{
	(void)rest;
	hang(call);
}

static void hang_in_body(struct call *call, const char *rest)
{
	(void)rest;
	puts_to(call, OK_HEAD "Content-Length: 100\r\n\r\nten bytes.");
	hang(call);
}

static void cut_body(struct call *call, const char *rest)
{
	(void)rest;
	puts_to(call, OK_HEAD "Content-Length: 100\r\n\r\nten bytes.");
	call->close = true;
}

static void cut_chunk(struct call *call, const char *rest)
{
	(void)rest;
	puts_to(call, OK_HEAD "Transfer-Encoding: chunked\r\n\r\n64\r\nten");
	call->close = true;
}

static void cut_head(struct call *call, const char *rest)
{
	(void)rest;
	puts_to(call, OK_HEAD "Content-Len");
	call->close = true;
}

static void say_nothing(struct call *call, const char *rest)
{
	(void)rest;
	call->close = true;
}

static void loop(struct call *call, const char *rest)
{
	(void)rest;
	answer_with(call, "302 Found", "Location: /loop\r\n", "");
}

static void huge_headers(struct call *call, const char *rest)
{
	char line[128];

	(void)rest;
	puts_to(call, OK_HEAD);
	for (int i = 0; i < 100000; i++) {
		snprintf(line, sizeof(line), "X-%d: %060d\r\n", i, i);
		if (!puts_to(call, line))
			break;
	}
	call->close = true;
}

/* One header that never ends. */
static void long_header(struct call *call, const char *rest)
{
	char text[1024];

	(void)rest;
	memset(text, 'x', sizeof(text));
	puts_to(call, OK_HEAD "X-Long: ");
	while (put(call, text, sizeof(text)))
		;
	call->close = true;
}

static void flood(struct call *call, const char *rest)
{
	(void)rest;
	while (puts_to(call, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"))
		;
	call->close = true;
}

static void wrong_length(struct call *call, const char *rest)
{
	(void)rest;
	puts_to(call, OK_HEAD "Content-Length: banana\r\n\r\nhello");
	call->close = true;
}

static void bad_chunk(struct call *call, const char *rest)
{
	(void)rest;
	puts_to(call, OK_HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello");
	hang(call);
}

static void garbage(struct call *call, const char *rest)
{
	(void)rest;
	puts_to(call, "SSH-2.0-OpenSSH_9.2\r\n");
	call->close = true;
}

static void infinite(struct call *call, const char *rest)
{
	(void)rest;
	puts_to(call, OK_HEAD "\r\n");
	while (put(call, zeros, sizeof(zeros)))
		;
	call->close = true;
}

/* 16 GB of zeros in 16 MB. */
static void bomb(struct call *call, const char *rest)
{
	static _Thread_local unsigned char out[PIECE];
	z_stream stream = {0};
	bool well = true;

	(void)rest;
	deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	puts_to(call, OK_HEAD "Content-Encoding: gzip\r\n\r\n");
	for (int i = 0; well && i < 65536; i++) {
		stream.next_in = (unsigned char *)zeros;
		stream.avail_in = sizeof(zeros);
		stream.next_out = out;
		stream.avail_out = sizeof(out);
		deflate(&stream, Z_SYNC_FLUSH);
		well = put(call, out, sizeof(out) - stream.avail_out);
	}
	deflateEnd(&stream);
	call->close = true;
}

static void bad_gzip(struct call *call, const char *rest)
{
	(void)rest;
	answer_with(call, "200 OK", "Content-Encoding: gzip\r\n",
		    "this was never compressed");
}

static void reset(struct call *call, const char *rest)
{
	struct linger linger = {.l_onoff = 1, .l_linger = 0};

	(void)rest;
	puts_to(call, OK_HEAD "Content-Length: 100\r\n\r\nten bytes.");
	setsockopt(call->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	call->close = true;
}

/* Refuse an upload before it is there. */
static void refuse(struct call *call, const char *rest)
{
	(void)rest;
	answer_with(call, "413 Too Large", "Connection: close\r\n", "too much");
	shutdown(call->fd, SHUT_WR);
	hang(call);
}

#define BAD_PLACES                                                             \
	{"/slow-head", hang_before_head}, {"/slow-body", hang_in_body},        \
		{"/cut-body", cut_body}, {"/cut-chunk", cut_chunk},            \
		{"/cut-head", cut_head}, {"/nothing", say_nothing},            \
		{"/loop", loop}, {"/huge-headers", huge_headers},              \
		{"/long-header", long_header}, {"/flood", flood},              \
		{"/wrong-length", wrong_length}, {"/bad-chunk", bad_chunk},    \
		{"/garbage", garbage}, {"/infinite", infinite},                \
		{"/bomb", bomb}, {"/bad-gzip", bad_gzip}, {"/reset", reset},   \
	{                                                                      \
		"/refuse", refuse                                              \
	}
