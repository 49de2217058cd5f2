#include "runtime/loop/http/httpd.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/loop/http/parts.h"

#define CONNECTION_MEMORY ((size_t)24 << 10) /* headers of a request, too */
#define SWEEP 1000                           /* ms */

static void run(struct httpd *httpd);

static void on_timeout(uv_timer_t *timer)
{
	run(timer->data);
}

static void run(struct httpd *httpd)
{
	MHD_UNSIGNED_LONG_LONG ms;

	MHD_run(httpd->daemon);
	if (MHD_get_timeout(httpd->daemon, &ms) == MHD_YES)
		uv_timer_start(&httpd->timer, on_timeout, ms, 0);
	else
		uv_timer_stop(&httpd->timer);
}

void httpd_kick(struct httpd *httpd)
{
	uv_timer_start(&httpd->timer, on_timeout, 0, 0);
}

static void on_event(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	run(poll->data);
}

/* libmicrohttpd only ends connections that are silent. One that sends a byte
 * now and then has its time, too. */
static void on_sweep(uv_timer_t *timer)
{
	struct httpd *httpd = timer->data;
	uint64_t now = uv_now(timer->loop);

	for (struct peer *peer = httpd->peers; peer; peer = peer->next)
		if (!peer->busy && now - peer->since > httpd->idle)
			shutdown(peer->fd, SHUT_RDWR);
}

/* Before there is no room for anybody, who has waited longest without a whole
 * request makes room: a flood of half-open connections drowns itself. */
static void make_room(struct httpd *httpd)
{
	struct peer *oldest = NULL;

	if (httpd->peer_count < httpd->peers_max - httpd->peers_max / 10)
		return;
	for (struct peer *peer = httpd->peers; peer; peer = peer->next)
		if (!peer->busy && !peer->leaving)
			oldest = peer;
	if (!oldest)
		return;
	oldest->leaving = true;
	shutdown(oldest->fd, SHUT_RDWR);
}

static void add_peer(struct httpd *httpd, struct MHD_Connection *connection,
		     void **context)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct peer *peer = mem_alloc(sizeof(*peer));

	make_room(httpd);
	httpd->peer_count++;
	peer->fd = info ? info->connect_fd : -1;
	peer->since = uv_now(httpd->poll.loop);
	peer->next = httpd->peers;
	if (peer->next)
		peer->next->previous = peer;
	else
		uv_timer_start(&httpd->sweep, on_sweep, SWEEP, SWEEP);
	httpd->peers = peer;
	*context = peer;
}

static void on_connection(void *context, struct MHD_Connection *connection,
			  void **socket_context,
			  enum MHD_ConnectionNotificationCode what)
{
	struct httpd *httpd = context;
	struct peer *peer = *socket_context;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		add_peer(httpd, connection, socket_context);
		return;
	}
	if (!peer)
		return;
	httpd->peer_count--;
	if (peer->previous)
		peer->previous->next = peer->next;
	else
		httpd->peers = peer->next;
	if (peer->next)
		peer->next->previous = peer->previous;
	if (!httpd->peers)
		uv_timer_stop(&httpd->sweep);
	mem_free(peer);
	*socket_context = NULL;
}

/* What is wrong with a request is its sender's concern: not for our log. */
static void on_complaint(void *context, const char *format, va_list args)
{
	(void)context;
	(void)format;
	(void)args;
}

static struct MHD_Daemon *start(struct httpd *httpd, int fd,
				const struct httpd_options *options)
{
	return MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0,
		NULL, NULL, exchange_receive, httpd, MHD_OPTION_EXTERNAL_LOGGER,
		on_complaint, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_LIMIT, httpd->peers_max,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, options->per_address,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_TIMEOUT, options->idle,
		MHD_OPTION_URI_LOG_CALLBACK, exchange_open, httpd,
		MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, httpd,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, httpd,
		MHD_OPTION_END);
}

static void watch(struct httpd *httpd, uv_loop_t *loop)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(httpd->daemon, MHD_DAEMON_INFO_EPOLL_FD);

	uv_poll_init(loop, &httpd->poll, info->epoll_fd);
	uv_timer_init(loop, &httpd->timer);
	uv_timer_init(loop, &httpd->sweep);
	httpd->poll.data = httpd;
	httpd->timer.data = httpd;
	httpd->sweep.data = httpd;
	httpd->open = 3;
	uv_poll_start(&httpd->poll, UV_READABLE, on_event);
}

static void free_httpd(struct httpd *httpd)
{
	if (httpd->path)
		unlink(httpd->path);
	mem_free(httpd->path);
	mem_free(httpd->address);
	mem_free(httpd);
}

/* Half of the files that may be open are for the rest of the program. */
static unsigned limit_peers(unsigned wanted)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 &&
	    files.rlim_cur / 2 < wanted)
		wanted = (unsigned)(files.rlim_cur / 2);
	return wanted > 0 ? wanted : 1;
}

struct httpd *httpd_open(uv_loop_t *loop, const struct httpd_options *options,
			 struct error **err)
{
	struct httpd *httpd = mem_alloc(sizeof(*httpd));
	int fd = httpd_listen(httpd, options->address, err);

	httpd->peers_max = limit_peers(options->connections);
	httpd->body_max = options->body_max;
	httpd->idle = (uint64_t)options->idle * 1000;
	httpd->ready = options->ready;
	httpd->context = options->context;
	if (fd >= 0)
		httpd->daemon = start(httpd, fd, options);
	if (httpd->daemon) {
		watch(httpd, loop);
		return httpd;
	}
	if (fd >= 0) {
		error_set(err, ERROR_IO, "cannot serve at '%s'",
			  options->address);
		close(fd);
	}
	free_httpd(httpd);
	return NULL;
}

const char *httpd_address(const struct httpd *httpd)
{
	return httpd->address;
}

void httpd_quiesce(struct httpd *httpd)
{
	int fd;

	if (httpd->quiet)
		return;
	httpd->quiet = true;
	fd = MHD_quiesce_daemon(httpd->daemon);
	if (fd >= 0)
		close(fd);
}

static void on_closed(uv_handle_t *handle)
{
	struct httpd *httpd = handle->data;

	if (--httpd->open == 0)
		free_httpd(httpd);
}

void httpd_close(struct httpd *httpd)
{
	if (httpd->closing)
		return;
	httpd->closing = true;
	httpd_quiesce(httpd);
	for (struct exchange *each = httpd->live; each; each = each->next)
		exchange_end(each);
	uv_poll_stop(&httpd->poll);
	MHD_stop_daemon(httpd->daemon);
	uv_close((uv_handle_t *)&httpd->poll, on_closed);
	uv_close((uv_handle_t *)&httpd->timer, on_closed);
	uv_close((uv_handle_t *)&httpd->sweep, on_closed);
}
