/* What a server consists of. Private to server*.c. */
#pragma once

#include "runtime/engine/engine.h"
#include "runtime/engine/server.h"
#include "runtime/loop/proc.h"
#include "runtime/loop/signal.h"
#include "runtime/loop/socket.h"

struct serving {
	struct engine engine; /* first: callbacks get it */
	struct server *server;
	char *json, *path;
	int lock; /* flock on server.lock */
	uv_prepare_t prepare;
	uv_check_t check;
	uv_async_t start;
	uv_timer_t watchdog;
	uv_timer_t announce; /* ends that nobody waits for, once in a while */
	struct signal_watch signals;
	struct socket_server *socket;
	struct watch *config_watch, *home_watch;
	struct proc *config_reader;
	bool optional; /* nobody named the configuration's file */
	bool reread;   /* the file changed while it was being read */
	bool opened;   /* all parts are there */
	bool draining; /* ends when no runner is left */
	int stops;     /* how often it was told to stop */
};

int serving_open(struct serving *serving, struct error **err);
void serving_stop(struct serving *serving, bool drain);

/* server_config.c */
void serving_watch_config(struct serving *serving);
void serving_reload(struct serving *serving);
int serving_configure(struct serving *serving, const char *json,
		      struct error **err);

/* server_home.c */
void serving_watch_home(struct serving *serving);

/* server_socket.c */
int serving_listen(struct serving *serving, struct error **err);

/* Rows of `repos` that the configuration names and the table lacks. */
void serving_add_repos(struct serving *serving);
