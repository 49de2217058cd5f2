/* Globals of the Lua state: no surprises, no bytecode. */
#pragma once

#include <lua.h>

/*
 * Reading or writing a global that is not there raises, with the nearest name
 * that is. `load` takes text only; loadfile, dofile and package.loadlib
 * are taken away. Call it when all that is global is there.
 */
void globals_install(lua_State *L);
