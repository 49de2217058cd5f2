/* What keys of this name are elsewhere in the world. */
#include <math.h>

#include "runtime/learn/config/look.h"

static double seen(const struct look *look, enum config_count what, uint64_t a,
		   uint64_t b)
{
	return counts_get(&look->scan->world->counts, hash_of(what, a, b));
}

/* The logarithm of a smoothed share. */
static double share(double of, double all, double smooth)
{
	return log((of + 0.5) / (all + smooth));
}

static void by_tail(struct look *look)
{
	const struct config_name *name = &look->it->name;
	double format = -INFINITY, kind = -INFINITY;

	for (unsigned i = 2 - name->tails; i < 2; i++) {
		uint64_t word = name->tail[i] + 1;
		double all = seen(look, COUNT_NAME, word, 0);

		if (all < 5)
			continue;
		format = fmax(format, share(seen(look, COUNT_NAME_FORMAT, word,
						 look->value->format),
					    all, 5));
		kind = fmax(kind, share(seen(look, COUNT_NAME_KIND, word,
					     look->value->kind),
					all, 5));
	}
	if (isfinite(format)) {
		look_set(look, FEATURE_tail_format, format);
		look_set(look, FEATURE_tail_kind, kind);
	}
}

static void by_number(struct look *look, uint64_t name)
{
	const struct config_value *value = look->value;
	const struct count *numbers =
		counts_find(&look->scan->world->counts,
			    hash_of(COUNT_MAGNITUDE, name, value->unit_hash));
	double all = seen(look, COUNT_NAME_NUMBER, name, 0);

	if (all > 0)
		look_set(look, FEATURE_world_unit,
			 share(seen(look, COUNT_NAME_UNIT, name,
				    value->unit_hash),
			       all, 3));
	if (numbers && numbers->seen >= 4) {
		double size = log10(fabs(value->number) + 1e-3);
		double deviation =
			sqrt((double)numbers->spread / numbers->seen);

		look_set(look, FEATURE_world_magnitude,
			 fabs(size - (double)numbers->mean) /
				 (0.3 + deviation));
	}
}

void look_world(struct look *look)
{
	const struct config_value *value = look->value;
	uint64_t name = look->it->name.hash;
	double all;

	if (!look->scan->world)
		return;
	all = seen(look, COUNT_NAME, name, 0);
	look_set(look, FEATURE_world_name, look_log(all));
	if (all > 0) {
		look_set(look, FEATURE_world_format,
			 share(seen(look, COUNT_NAME_FORMAT, name,
				    value->format),
			       all, 3));
		look_set(look, FEATURE_world_kind,
			 share(seen(look, COUNT_NAME_KIND, name, value->kind),
			       all, 3));
		look_set(look, FEATURE_world_value,
			 look_log(seen(look, COUNT_NAME_VALUE, name,
				       value->same)));
	}
	by_tail(look);
	if (value->numeric)
		by_number(look, name);
}
