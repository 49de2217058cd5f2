/* Size, sign and unit of a number. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/learn/config/look.h"

/* How far apart two sizes are, in powers of ten. */
static double ratio(double a, double b)
{
	return fabs(log10((fabs(a) + 0.01) / (fabs(b) + 0.01)));
}

static void by_name(struct look *look)
{
	const struct config_value *value = look->value;
	uint64_t name = look->it->name.hash;
	double all = look_seen(look, COUNT_NAME_NUMBER, name, 0);
	const struct count *sizes =
		counts_find(&look->scan->counts,
			    hash_of(COUNT_MAGNITUDE, name, value->unit_hash));
	double size = log10(fabs(value->number) + 1e-3), mean, count;

	if (all > 0)
		look_set(look, FEATURE_unit_name,
			 log((look_seen(look, COUNT_NAME_UNIT, name,
					value->unit_hash) +
			      0.5) /
			     (all + 2)));
	if (!sizes)
		return;
	count = sizes->seen;
	mean = (double)sizes->mean;
	if (look->scan->auditing) { /* without itself */
		if (count < 2)
			return;
		mean = (mean * count - size) / (count - 1);
	}
	look_set(look, FEATURE_name_magnitude,
		 fabs(size - mean) /
			 (0.3 + sqrt((double)sizes->spread / count)));
}

static void by_before(struct look *look)
{
	const struct config_value *value = look->value, *before = look->before;

	if (!before || !before->numeric)
		return;
	look_set(look, FEATURE_unit_before,
		 before->unit_hash != value->unit_hash);
	if (before->unit_hash != value->unit_hash)
		return;
	look_set(look, FEATURE_ratio_before,
		 ratio(value->number, before->number));
	look_set(look, FEATURE_sign_before,
		 (value->number < 0) != (before->number < 0));
}

static void by_siblings(struct look *look)
{
	double units = 0, numbers = 0, nearest = INFINITY;

	for (size_t i = 0; i < look->sibling_count; i++) {
		const struct config_value *there = look->siblings[i];

		if (!there->numeric)
			continue;
		numbers++;
		if (there->unit_hash != look->value->unit_hash)
			units++;
		else
			nearest = fmin(nearest, ratio(look->value->number,
						      there->number));
	}
	if (numbers > 0)
		look_set(look, FEATURE_unit_siblings, units / numbers);
	if (isfinite(nearest))
		look_set(look, FEATURE_ratio_siblings, nearest);
}

/* How far above or below all that it ever was. */
static void by_past(struct look *look)
{
	const struct cell *cell = &look->it->cells[look->environment];
	double low = INFINITY, high = -INFINITY, number = look->value->number;
	int count = 0;

	for (int i = 0; cell->past && i < PAST_MAX; i++) {
		const struct config_value *value =
			&look->scan->values[cell->past[i]];

		if (cell->past[i] == 0 || !value->numeric ||
		    value->unit_hash != look->value->unit_hash)
			continue;
		low = fmin(low, value->number);
		high = fmax(high, value->number);
		count++;
	}
	if (count < 2 || look->scan->auditing)
		return;
	if (number > high)
		look_set(look, FEATURE_ratio_past, ratio(number, high));
	else if (number < low)
		look_set(look, FEATURE_ratio_past, -ratio(number, low));
	else
		look_set(look, FEATURE_ratio_past, 0);
}

/* The value at the path with `word` put for its first `of`, or NULL. */
static const struct config_value *counterpart(const struct look *look,
					      const char *of, const char *word)
{
	const struct interned *path = &look->scan->paths.items[look->key];
	const char *found = strcasestr(path->text, of);
	char other[CONFIG_PATH_MAX + 16];
	size_t before, after;
	uint32_t key;

	if (!found)
		return NULL;
	before = (size_t)(found - path->text);
	after = path->length - before - strlen(of);
	snprintf(other, sizeof(other), "%.*s%s%s", (int)before, path->text,
		 word, found + strlen(of));
	key = intern_find(&look->scan->paths, other,
			  before + strlen(word) + after);
	return key ? state_after(look->scan, look->environment, key) : NULL;
}

/* A request above its limit, a minimum above its maximum. */
static void by_limit(struct look *look)
{
	static const struct {
		const char *low, *high;
	} pairs[] = {
		{"requests", "limits"}, {"request", "limit"}, {"min", "max"}};
	double own = config_value_amount(look->value);

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		const struct config_value *high =
			counterpart(look, pairs[i].low, pairs[i].high);
		const struct config_value *low =
			counterpart(look, pairs[i].high, pairs[i].low);

		if (high && high->numeric)
			look_set(look, FEATURE_limit,
				 own > config_value_amount(high) * 1.0001);
		else if (low && low->numeric)
			look_set(look, FEATURE_limit,
				 config_value_amount(low) > own * 1.0001);
		else
			continue;
		return;
	}
}

void look_number(struct look *look)
{
	const struct config_value *value = look->value;

	if (!value->numeric)
		return;
	look_set(look, FEATURE_negative, value->number < 0);
	look_set(look, FEATURE_zero, value->number == 0);
	look_set(look, FEATURE_fraction, value->number != floor(value->number));
	by_name(look);
	by_before(look);
	by_siblings(look);
	by_past(look);
	by_limit(look);
}
