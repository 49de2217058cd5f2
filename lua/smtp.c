/* Binding: the module smtp, what `mail` stands on. */
#include <lauxlib.h>
#include <string.h>

#include "lua/modules.h"
#include "lua/task.h"
#include "runtime/base/mem.h"
#include "runtime/loop/smtp.h"

/* The field `name` of the table at `index` as an owned string, or NULL. */
static char *text_field(lua_State *L, int index, const char *name)
{
	char *text = NULL;

	if (lua_getfield(L, index, name) != LUA_TNIL)
		text = mem_copy(luaL_checkstring(L, -1));
	lua_pop(L, 1);
	return text;
}

/* The list in field `name`, each an owned string. */
static void list_field(lua_State *L, const char *name, char ***list,
		       size_t *count)
{
	lua_Integer length;

	lua_getfield(L, 1, name);
	luaL_checktype(L, -1, LUA_TTABLE);
	length = luaL_len(L, -1);
	*list = mem_array((size_t)length + 1, sizeof(**list));
	for (lua_Integer i = 1; i <= length; i++) {
		lua_geti(L, -1, i);
		(*list)[(*count)++] = mem_copy(luaL_checkstring(L, -1));
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

static void read_attachments(lua_State *L, struct smtp *smtp)
{
	lua_Integer length;

	lua_getfield(L, 1, "attachments");
	length = lua_istable(L, -1) ? luaL_len(L, -1) : 0;
	smtp->attachments =
		mem_array((size_t)length + 1, sizeof(*smtp->attachments));
	for (lua_Integer i = 1; i <= length; i++) {
		struct smtp_attachment *attachment =
			&smtp->attachments[smtp->attachment_count++];
		size_t size;
		const char *bytes;
		int top = lua_gettop(L) + 1;

		lua_geti(L, -1, i);
		luaL_checktype(L, top, LUA_TTABLE);
		attachment->name = text_field(L, top, "name");
		attachment->type = text_field(L, top, "type");
		attachment->path = text_field(L, top, "path");
		if (lua_getfield(L, top, "bytes") == LUA_TSTRING) {
			bytes = lua_tolstring(L, -1, &size);
			attachment->bytes = mem_copy_n(bytes, size);
			attachment->length = size;
		}
		lua_settop(L, top - 1);
	}
	lua_pop(L, 1);
}

static int sent(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	task_awaited(L, context);
	return 0;
}

static int l_send(lua_State *L)
{
	static const char *const levels[] = {"none", "opportunistic",
					     "required", NULL};
	struct smtp *smtp;
	int tls;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_getfield(L, 1, "tls");
	tls = luaL_checkoption(L, -1, NULL, levels);
	lua_settop(L, 1);
	smtp = task_op(L, sizeof(*smtp));
	smtp->work.op.release = smtp_release;
	smtp->tls = (enum smtp_tls)tls;
	smtp->url = text_field(L, 1, "server");
	smtp->user = text_field(L, 1, "user");
	smtp->password = text_field(L, 1, "password");
	smtp->authority = text_field(L, 1, "ca_file");
	smtp->from = text_field(L, 1, "from");
	smtp->text = text_field(L, 1, "text");
	smtp->html = text_field(L, 1, "html");
	list_field(L, "recipients", &smtp->recipients, &smtp->recipient_count);
	list_field(L, "headers", &smtp->headers, &smtp->header_count);
	read_attachments(L, smtp);
	lua_getfield(L, 1, "timeout");
	smtp->timeout = (long)luaL_checkinteger(L, -1);
	lua_settop(L, 2);
	smtp_start(smtp, task_loop(L));
	return task_await(L, &smtp->work.op, sent);
}

int luaopen_smtp(lua_State *L)
{
	static const luaL_Reg functions[] = {{"send", l_send}, {NULL, NULL}};

	luaL_newlib(L, functions);
	return 1;
}
