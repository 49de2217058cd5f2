/* Words of another environment in the values of this one. */
#include <math.h>

#include "runtime/learn/config/look.h"

/* How often a word was in values of the environment. */
static double used(const struct look *look, uint32_t environment,
		   unsigned alias)
{
	return look_seen(look, COUNT_ENVIRONMENT_ALIAS, environment,
			 aliases_hash(&look->scan->aliases, alias));
}

/* 1: of another, 2: never here or more there, 3: both. */
static int foreign(const struct look *look, unsigned alias)
{
	double here = used(look, look->environment, alias), there = 0;

	for (uint32_t i = 0; i < look->scan->environment_count; i++)
		if (i != look->environment)
			there = fmax(there, used(look, i, alias));
	return 1 + (here == 0) + (there > 2 * here);
}

static bool swapped(const struct look *look)
{
	const struct config_value *value = look->value, *before = look->before;

	if (!before || before->same == value->same || value->aliases == 0)
		return false;
	for (size_t i = 0; i < look->sibling_count; i++)
		if (look->siblings[i]->same == value->same)
			return true;
	return false;
}

void look_alias(struct look *look)
{
	const struct config_value *value = look->value;
	uint64_t own = look->scan->environments[look->environment].aliases;
	int worst = 0;

	if (value->kind != CONFIG_STRING)
		return;
	for (unsigned i = 0; i < look->scan->aliases.count; i++) {
		int found;

		if (!(value->aliases >> i & 1) || own >> i & 1)
			continue;
		found = foreign(look, i);
		worst = found > worst ? found : worst;
	}
	look_set(look, FEATURE_foreign, worst);
	look_set(look, FEATURE_own, (value->aliases & own) != 0);
	look_set(look, FEATURE_swapped, swapped(look));
	if (look->before)
		look_set(look, FEATURE_alias_before,
			 __builtin_popcountll(value->aliases ^
					      look->before->aliases));
}
