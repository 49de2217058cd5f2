#include "lua/modules.h"

#include <stddef.h>

#define ENTRY(name) {#name, luaopen_##name},

const luaL_Reg modules[] = {MODULES(ENTRY){NULL, NULL}};
