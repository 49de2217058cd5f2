/* Requests: what the hook and the command line say. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/engine/recipes.h"
#include "runtime/engine/serving.h"
#include "runtime/engine/sources.h"

static void push(struct serving *serving, struct socket_request *request)
{
	char *answer =
		sources_pushed(serving->engine.sources, request->lines[0] + 5,
			       request->lines + 1, request->count - 1);

	socket_answer(request, "%s", answer);
	mem_free(answer);
}

static void on_request(void *context, struct socket_request *request)
{
	struct serving *serving = context;
	struct engine *engine = &serving->engine;
	const char *line = request->count > 0 ? request->lines[0] : "";

	if (!serving->opened || engine->stopping) {
		socket_answer(request, "error the server %s",
			      serving->opened ? "stops" : "starts");
	} else if (strncmp(line, "push ", 5) == 0) {
		push(serving, request);
	} else if (strcmp(line, "wake") == 0) {
		engine_kick(engine, ENGINE_DECIDE | ENGINE_QUEUE |
					    ENGINE_CHAIN | ENGINE_CANCEL);
		socket_answer(request, "ok");
	} else if (strcmp(line, "reload") == 0) {
		sources_reload(engine->sources);
		serving_reload(serving);
		socket_answer(request, "ok");
	} else if (strcmp(line, "ping") == 0) {
		socket_answer(request, "ok %ld", (long)getpid());
	} else if (strcmp(line, "stop") == 0 ||
		   strcmp(line, "stop drain") == 0) {
		bool drain = line[4] != '\0'; /* gone with the answer */

		socket_answer(request, "ok");
		serving_stop(serving, drain);
		engine_kick(engine, ENGINE_QUEUE);
	} else {
		socket_answer(request, "error unknown request '%.40s'", line);
	}
}

int serving_listen(struct serving *serving, struct error **err)
{
	char *path = mem_printf("%s/server.sock", serving->engine.home);
	struct socket_options options = {
		.path = path,
		.clients = 256,
		.on_request = on_request,
		.context = serving,
	};
	mode_t mode = serving->engine.config->socket_mode;

	serving->socket =
		socket_server_open(serving->engine.loop, &options, err);
	if (serving->socket && mode != 0600)
		chmod(path, mode);
	mem_free(path);
	return serving->socket ? 0 : -1;
}
