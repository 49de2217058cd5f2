#include "runtime/loop/client.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/loop/client_memory.h"
#include "runtime/loop/client_parts.h"

static pthread_once_t started = PTHREAD_ONCE_INIT;
static CURLcode start_status;

static void start(void)
{
	start_status = client_memory_start();
}

static void on_timeout(uv_timer_t *timer)
{
	struct client *client = timer->data;
	int running;

	curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0,
				 &running);
	client_settle(client);
}

/*
 * Zero stays zero: a timer of libuv calls at the next turn of the loop, never
 * from here, which is all that libcurl asks for. The usual 1 ms would be added
 * to every request.
 */
static int on_timer(CURLM *multi, long ms, void *context)
{
	struct client *client = context;

	(void)multi;
	if (ms < 0)
		uv_timer_stop(&client->timer);
	else
		uv_timer_start(&client->timer, on_timeout, (uint64_t)ms, 0);
	return 0;
}

static void on_turn(uv_idle_t *turn)
{
	struct client *client = turn->data;

	uv_idle_stop(turn);
	client_settle(client);
}

struct client *client_new(uv_loop_t *loop, const struct client_options *options)
{
	struct client *client = mem_alloc(sizeof(*client));

	client->loop = loop;
	client->per_host = options->per_host;
	client->cookies = options->cookies || options->jar;
	client->jar = mem_copy(options->jar);
	client->epoll = -1;
	uv_idle_init(loop, &client->turn);
	client->turn.data = client;
	client->open = 1;
	return client;
}

static void set_up_multi(struct client *client)
{
	CURLM *multi = client->multi;

	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, client_on_socket);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, client);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, client);
	curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS,
			  (long)client->per_host);
	if (client->cookies)
		curl_share_setopt(client->share, CURLSHOPT_SHARE,
				  CURL_LOCK_DATA_COOKIE);
	curl_share_setopt(client->share, CURLSHOPT_SHARE,
			  CURL_LOCK_DATA_SSL_SESSION);
}

static void set_up_handles(struct client *client)
{
	uv_timer_init(client->loop, &client->timer);
	uv_poll_init(client->loop, &client->poll, client->epoll);
	client->timer.data = client;
	client->poll.data = client;
	client->open += 2;
	uv_poll_start(&client->poll, UV_READABLE, client_on_ready);
	uv_unref((uv_handle_t *)&client->poll);
	uv_unref((uv_handle_t *)&client->timer);
}

/* Let a handle that lives for the moment know the cookies of the jar. */
static CURL *open_jar(struct client *client)
{
	CURL *easy = curl_easy_init();

	curl_easy_setopt(easy, CURLOPT_SHARE, client->share);
	curl_easy_setopt(easy, CURLOPT_COOKIEFILE,
			 client->jar ? client->jar : "");
	return easy;
}

static void load_jar(struct client *client)
{
	CURL *easy = open_jar(client);

	curl_easy_setopt(easy, CURLOPT_COOKIELIST, "RELOAD");
	curl_easy_cleanup(easy);
}

int client_begin(struct client *client, struct error **err)
{
	if (client->multi)
		return 0;
	pthread_once(&started, start);
	if (start_status != CURLE_OK)
		return error_set(err, ERROR_IO, "cannot start libcurl: %s",
				 curl_easy_strerror(start_status));
	client_memory_keep();
	if (client->epoll < 0)
		client->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (client->epoll < 0)
		return error_set(err, ERROR_IO, "cannot watch sockets: %s",
				 strerror(errno));
	client->share = curl_share_init();
	client->multi = client->share ? curl_multi_init() : NULL;
	if (!client->multi)
		return error_set(err, ERROR_IO, "cannot start libcurl");
	set_up_multi(client);
	set_up_handles(client);
	if (client->jar)
		load_jar(client);
	return 0;
}

int client_save(struct client *client, struct error **err)
{
	CURL *easy;
	int fd;

	if (!client->jar || client_begin(client, err) != 0)
		return client->jar ? -1 : 0;
	/* Nobody else may read it; libcurl keeps the mode of what is there. */
	fd = open(client->jar, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set(err, ERROR_IO, "cannot write '%s': %s",
				 client->jar, strerror(errno));
	close(fd);
	easy = curl_easy_init();
	curl_easy_setopt(easy, CURLOPT_SHARE, client->share);
	curl_easy_setopt(easy, CURLOPT_COOKIEJAR, client->jar);
	curl_easy_setopt(easy, CURLOPT_COOKIELIST, "FLUSH");
	curl_easy_setopt(easy, CURLOPT_COOKIEJAR, NULL);
	curl_easy_cleanup(easy);
	return 0;
}

void client_cookies(struct client *client, struct buf *text)
{
	struct curl_slist *list = NULL;
	CURL *easy;

	if (!client->cookies || client_begin(client, NULL) != 0)
		return;
	easy = open_jar(client);
	curl_easy_getinfo(easy, CURLINFO_COOKIELIST, &list);
	for (struct curl_slist *each = list; each; each = each->next) {
		buf_puts(text, each->data);
		buf_putc(text, '\n');
	}
	curl_slist_free_all(list);
	curl_easy_cleanup(easy);
}

static void on_handle_close(uv_handle_t *handle)
{
	struct client *client = handle->data;

	if (--client->open > 0)
		return;
	if (client->epoll >= 0)
		close(client->epoll);
	mem_free(client->sockets);
	mem_free(client->certificates);
	mem_free(client->jar);
	mem_free(client);
}

/* No request is left: close the connections, then our handles. */
static void finish(struct client *client)
{
	while (client->spare_count > 0)
		curl_easy_cleanup(client->spare[--client->spare_count]);
	if (client->open > 1) {
		curl_multi_cleanup(client->multi);
		curl_share_cleanup(client->share);
		uv_close((uv_handle_t *)&client->poll, on_handle_close);
		uv_close((uv_handle_t *)&client->timer, on_handle_close);
	}
	uv_close((uv_handle_t *)&client->turn, on_handle_close);
}

void client_free(struct client *client)
{
	if (!client)
		return;
	client->closing = true;
	if (client->active == 0 && !client->settling)
		finish(client);
}

void client_changed(struct request *request)
{
	struct client *client = request->client;

	if (request->changed || !request->on_change)
		return;
	request->changed = true;
	request->next_changed = client->changed;
	client->changed = request;
	if (!client->settling)
		uv_idle_start(&client->turn, on_turn);
}

static void unlist(struct request *request)
{
	struct request **link = &request->client->changed;

	while (request->changed && *link != request)
		link = &(*link)->next_changed;
	if (request->changed)
		*link = request->next_changed;
	request->changed = false;
}

void client_end(struct request *request)
{
	struct client *client = request->client;

	unlist(request);
	request->next = NULL;
	if (client->ended)
		client->ended_last->next = request;
	else
		client->ended = request;
	client->ended_last = request;
	if (!client->settling)
		uv_idle_start(&client->turn, on_turn);
}

static void take_messages(struct client *client)
{
	CURLMsg *message;
	int left;

	if (!client->multi)
		return;
	while ((message = curl_multi_info_read(client->multi, &left))) {
		CURLcode code = message->data.result;
		struct request *request = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
				  &request);
		request_finish(request, code);
	}
}

/* Tell everybody. Each may lead to anything, also to new requests. */
static void tell(struct client *client)
{
	struct request *request;

	while ((request = client->changed) || client->ended) {
		if (request) {
			unlist(request);
			request->on_change(request);
			continue;
		}
		request = client->ended;
		client->ended = request->next;
		if (--client->active == 0 && client->multi)
			uv_unref((uv_handle_t *)&client->poll);
		request->op.done(&request->op);
	}
}

void client_settle(struct client *client)
{
	client->settling = true;
	take_messages(client);
	tell(client);
	client->settling = false;
	if (client->closing && client->active == 0)
		finish(client);
}
