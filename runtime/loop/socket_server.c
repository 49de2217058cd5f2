#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/loop/socket.h"

enum {
	CLIENTS = 64,
	REQUEST_MAX = 1024 * 1024,
	TIMEOUT = 5000,
	BACKLOG = 128,
	READ_SIZE = 16 * 1024,
};

struct socket_server {
	uv_pipe_t pipe;
	unsigned count; /* connected clients */
	unsigned clients;
	size_t max;
	uint64_t timeout;
	bool pending; /* somebody waits to be accepted */
	bool closing;
	bool closed;
	void (*on_request)(void *context, struct socket_request *request);
	void *context;
};

struct client {
	struct socket_request request; /* first: the handler knows this */
	struct socket_server *server;
	uv_pipe_t pipe;
	uv_timer_t timer;
	uv_write_t writing;
	struct buf text; /* the request, then the answer */
	unsigned open;
	bool asked;    /* the handler has it */
	bool answered; /* the answer is on its way, or nobody wants it */
};

static void accept_client(struct socket_server *server);

static void free_if_over(struct socket_server *server)
{
	if (server->closed && server->count == 0)
		mem_free(server);
}

static void free_client(struct client *client)
{
	struct socket_server *server = client->server;

	buf_release(&client->text);
	mem_free(client->request.lines);
	mem_free(client);
	server->count--;
	if (server->pending && !server->closing) {
		server->pending = false;
		accept_client(server);
	}
	free_if_over(server);
}

static void on_client_close(uv_handle_t *handle)
{
	struct client *client = handle->data;

	client->open--;
	/* The handler may still hold the request: then its answer frees it. */
	if (client->open == 0 && (!client->asked || client->answered))
		free_client(client);
}

static void close_client(struct client *client)
{
	if (uv_is_closing((uv_handle_t *)&client->pipe))
		return;
	uv_close((uv_handle_t *)&client->pipe, on_client_close);
	uv_close((uv_handle_t *)&client->timer, on_client_close);
}

static void on_written(uv_write_t *writing, int status)
{
	struct client *client = writing->data;

	(void)status;
	close_client(client);
}

static void on_timeout(uv_timer_t *handle)
{
	struct client *client = handle->data;

	if (client->answered) {
		close_client(client); /* it does not read its answer */
		return;
	}
	socket_answer(&client->request, "error the request took too long");
}

void socket_answer(struct socket_request *request, const char *format, ...)
{
	struct client *client = (struct client *)request;
	va_list args;
	char *line;
	uv_buf_t bytes;

	client->answered = true;
	if (client->open == 0) {
		free_client(client); /* it has gone */
		return;
	}
	if (uv_is_closing((uv_handle_t *)&client->pipe))
		return;
	va_start(args, format);
	line = mem_vprintf(format, args);
	va_end(args);
	buf_release(&client->text);
	buf_init(&client->text, SIZE_MAX / 2);
	buf_puts(&client->text, line);
	buf_putc(&client->text, '\n');
	mem_free(line);
	bytes = uv_buf_init(client->text.data, (unsigned)client->text.length);
	client->writing.data = client;
	uv_read_stop((uv_stream_t *)&client->pipe);
	uv_timer_start(&client->timer, on_timeout, client->server->timeout, 0);
	if (uv_write(&client->writing, (uv_stream_t *)&client->pipe, &bytes, 1,
		     on_written) != 0)
		close_client(client);
}

/* The lines point into the text, whose line ends become NULs. */
static void split(struct client *client)
{
	struct socket_request *request = &client->request;
	char *at = client->text.data;
	size_t lines = 2;

	for (const char *c = at; c && (c = strchr(c, '\n')) != NULL; c++)
		lines++;
	request->lines = mem_array(lines, sizeof(*request->lines));
	while (at && *at && *at != '\n') {
		char *end = strchrnul(at, '\n');

		request->lines[request->count++] = at;
		at = *end ? end + 1 : NULL;
		*end = '\0';
	}
}

static void ask(struct client *client)
{
	uv_read_stop((uv_stream_t *)&client->pipe);
	uv_timer_stop(&client->timer);
	client->asked = true;
	split(client);
	if (client->server->closing)
		socket_answer(&client->request, "error the server is stopping");
	else if (client->request.count == 0)
		socket_answer(&client->request, "error an empty request");
	else
		client->server->on_request(client->server->context,
					   &client->request);
}

static void on_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	struct client *client = handle->data;
	char *room = buf_reserve(&client->text, READ_SIZE);

	(void)hint;
	*buf = uv_buf_init(room, room ? READ_SIZE : 0);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buf)
{
	struct client *client = stream->data;
	struct buf *text = &client->text;

	(void)buf;
	if (length == UV_EOF) {
		ask(client);
		return;
	}
	if (length > 0) {
		text->length += (size_t)length;
		text->data[text->length] = '\0';
		if (text->data[0] == '\n' || strstr(text->data, "\n\n"))
			ask(client);
	}
	/* Room is asked for a block ahead, so the limit is that much less. */
	if (length == UV_ENOBUFS || text->length > client->server->max) {
		if (!client->asked)
			socket_answer(&client->request,
				      "error the request is longer than %zu "
				      "bytes",
				      client->server->max);
	} else if (length < 0) {
		close_client(client);
	}
}

static void accept_client(struct socket_server *server)
{
	struct client *client = mem_alloc(sizeof(*client));
	uv_loop_t *loop = server->pipe.loop;

	client->server = server;
	client->open = 2;
	client->pipe.data = client->timer.data = client;
	buf_init(&client->text, server->max + READ_SIZE);
	uv_pipe_init(loop, &client->pipe, 0);
	uv_timer_init(loop, &client->timer);
	server->count++;
	if (uv_accept((uv_stream_t *)&server->pipe,
		      (uv_stream_t *)&client->pipe) != 0) {
		close_client(client);
		return;
	}
	uv_timer_start(&client->timer, on_timeout, server->timeout, 0);
	uv_read_start((uv_stream_t *)&client->pipe, on_alloc, on_read);
}

static void on_connection(uv_stream_t *stream, int status)
{
	struct socket_server *server = stream->data;

	if (status != 0)
		return;
	if (server->count < server->clients)
		accept_client(server);
	else
		server->pending = true; /* libuv waits until it is accepted */
}

/* Does anybody accept there? Otherwise a file in the way is a left-over. */
static bool is_served(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool served;

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	served = connect(fd, (struct sockaddr *)&address, sizeof(address)) ==
			 0 ||
		 errno == EAGAIN;
	close(fd);
	return served;
}

static int bind_and_listen(struct socket_server *server, const char *path)
{
	mode_t before = umask(0177);
	int status = uv_pipe_bind(&server->pipe, path);

	umask(before);
	if (status == 0)
		status = uv_listen((uv_stream_t *)&server->pipe, BACKLOG,
				   on_connection);
	return status;
}

static void on_server_close(uv_handle_t *handle)
{
	struct socket_server *server = handle->data;

	server->closed = true;
	free_if_over(server);
}

struct socket_server *socket_server_open(uv_loop_t *loop,
					 const struct socket_options *options,
					 struct error **err)
{
	struct socket_server *server;
	int status;

	if (strlen(options->path) >=
	    sizeof(((struct sockaddr_un *)0)->sun_path)) {
		error_set(err, ERROR_INVALID,
			  "the path of a socket is too long: '%s'",
			  options->path);
		return NULL;
	}
	if (is_served(options->path)) {
		error_set(err, ERROR_BUSY, "somebody listens at '%s' already",
			  options->path);
		return NULL;
	}
	unlink(options->path);
	server = mem_alloc(sizeof(*server));
	server->clients = options->clients ? options->clients : CLIENTS;
	server->max = options->max ? options->max : REQUEST_MAX;
	server->timeout = options->timeout ? options->timeout : TIMEOUT;
	server->on_request = options->on_request;
	server->context = options->context;
	server->pipe.data = server;
	uv_pipe_init(loop, &server->pipe, 0);
	status = bind_and_listen(server, options->path);
	if (status != 0) {
		error_set(err, ERROR_IO, "cannot listen at '%s': %s",
			  options->path, uv_strerror(status));
		socket_server_close(server);
		return NULL;
	}
	uv_unref((uv_handle_t *)&server->pipe);
	return server;
}

void socket_server_close(struct socket_server *server)
{
	if (!server || server->closing)
		return;
	server->closing = true;
	uv_close((uv_handle_t *)&server->pipe, on_server_close);
}
