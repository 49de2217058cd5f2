/* The reading half of module steplog, registered by steplog.c. */
#pragma once

#include <lauxlib.h>

#define STEPLOG_READER "tidemill.steplog.reader"

extern const char *const steplog_streams[]; /* names, ended by NULL */
extern const luaL_Reg steplog_reader_methods[];

int steplog_l_read(lua_State *L);
int steplog_l_reader(lua_State *L);
int steplog_l_reader_close(lua_State *L);
int steplog_l_size(lua_State *L);
