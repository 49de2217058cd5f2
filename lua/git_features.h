/* The features of commits: git.history and git.history_csv. */
#pragma once

#include <lua.h>

int git_history(lua_State *L);
int git_history_csv(lua_State *L);
