#include "lua/modules.h"

#include <stddef.h>

const luaL_Reg modules[] = {
#define MODULE(name) {#name, luaopen_##name},
#include "lua/modules.inc"
#undef MODULE
	{NULL, NULL},
};
