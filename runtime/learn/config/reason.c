#include "runtime/learn/config/reason.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "runtime/learn/config/state.h"

enum { SHOWN = 60, REASONS = 2 };

/* What features are about, and who says it; false: there is nothing to say. */
struct telling {
	const struct config_scan *scan;
	const struct config_row *row;
	const struct key *key;
	const struct config_value *value, *before; /* or NULL */
	struct buf *out;
};

static bool set(const struct telling *it, enum config_feature feature)
{
	return it->row->features[feature] > 0; /* false for NaN */
}

static void put_value(struct buf *out, const struct config_value *value)
{
	size_t length = value->length > SHOWN ? SHOWN : value->length;

	if (value->kind == CONFIG_STRING)
		buf_putc(out, '"');
	for (size_t i = 0; i < length; i++)
		buf_putc(out, iscntrl((unsigned char)value->text[i])
				      ? ' '
				      : value->text[i]);
	if (length < value->length)
		buf_puts(out, "...");
	if (value->kind == CONFIG_STRING)
		buf_putc(out, '"');
}

/* A sibling's value, as an example; NULL when there is none. */
static const struct config_value *sibling(const struct telling *it,
					  const char **name)
{
	const struct config_scan *scan = it->scan;

	for (uint32_t i = 0; i < scan->environment_count; i++) {
		const struct config_value *there =
			i == it->row->environment
				? NULL
				: state_after(scan, i, it->row->key);

		if (there && (!it->value || there->same != it->value->same)) {
			*name = scan->environments[i].name;
			return there;
		}
	}
	return NULL;
}

static bool tell_sibling(const struct telling *it)
{
	const char *name;
	const struct config_value *there = sibling(it, &name);

	if (!there)
		return false;
	buf_printf(it->out, "%s has ", name);
	put_value(it->out, there);
	return true;
}

static bool tell_past(const struct telling *it)
{
	const struct cell *cell = &it->key->cells[it->row->environment];
	double low = INFINITY, high = -INFINITY;
	unsigned count = 0;

	if (!it->value->numeric || !cell->past)
		return false;
	for (int i = 0; i < PAST_MAX; i++) {
		const struct config_value *past =
			&it->scan->values[cell->past[i]];

		if (cell->past[i] == 0 || !past->numeric)
			continue;
		low = fmin(low, past->number);
		high = fmax(high, past->number);
		count++;
	}
	if (count > 0 && it->value->number > high)
		buf_printf(it->out, "never above %g", high);
	else if (count > 0 && it->value->number < low)
		buf_printf(it->out, "never below %g", low);
	else
		return false;
	buf_printf(it->out, " in %u revision%s", count, count == 1 ? "" : "s");
	return true;
}

static bool tell_number(const struct telling *it)
{
	if (!it->value->numeric)
		return false;
	if (tell_past(it))
		return true;
	if (it->value->number < 0 && set(it, FEATURE_negative)) {
		buf_puts(it->out, "negative");
		return true;
	}
	if (tell_sibling(it))
		return true;
	if (isnan(it->row->features[FEATURE_name_magnitude]) &&
	    isnan(it->row->features[FEATURE_world_magnitude]))
		return false;
	buf_puts(it->out, "of another size than such keys have");
	return true;
}

static bool tell_limit(const struct telling *it)
{
	if (!set(it, FEATURE_limit))
		return false;
	buf_puts(it->out, "the lower of two bounds is above the upper");
	return true;
}

static bool tell_unit(const struct telling *it)
{
	if (!it->value->numeric)
		return false;
	if (it->before && it->before->numeric &&
	    it->before->unit_hash != it->value->unit_hash) {
		buf_printf(it->out, "the unit was %s%s%s",
			   it->before->unit[0] ? "'" : "",
			   it->before->unit[0] ? it->before->unit : "none",
			   it->before->unit[0] ? "'" : "");
		return true;
	}
	if (it->value->unit[0])
		buf_printf(it->out, "the unit '%s' is not usual here",
			   it->value->unit);
	else
		buf_puts(it->out, "a unit is usual here");
	return true;
}

static bool tell_format(const struct telling *it)
{
	if (set(it, FEATURE_format_before) && it->before) {
		buf_printf(it->out, "%s, was %s",
			   format_name(it->value->format),
			   format_name(it->before->format));
		return true;
	}
	if (set(it, FEATURE_format_siblings) && tell_sibling(it))
		return true;
	buf_printf(it->out, "%s is not usual for this name",
		   format_name(it->value->format));
	return true;
}

static bool tell_words(const struct telling *it)
{
	for (unsigned i = 0; i < it->value->words; i++) {
		const char *word = it->value->text + it->value->word[i].start;
		size_t length = it->value->word[i].length;
		const char *near;
		int apart;

		if (vocabulary_seen(&it->scan->vocabulary, word, length) >
		    it->scan->auditing)
			continue;
		near = vocabulary_nearest(&it->scan->vocabulary, word, length,
					  &apart);
		if (!near)
			continue;
		buf_printf(it->out, "'%.*s' is nowhere else, '%s' is",
			   (int)length, word, near);
		return true;
	}
	if (!set(it, FEATURE_strange_words))
		return false;
	buf_puts(it->out, "has words that are nowhere else");
	return true;
}

static bool tell_near(const struct telling *it)
{
	const float near = it->row->features[FEATURE_nearest];

	if (!(near > 0 && near <= 3))
		return false;
	buf_printf(it->out, "%d character%s from a value it had or has",
		   (int)near, near == 1 ? "" : "s");
	if (it->before)
		return true;
	buf_puts(it->out, " elsewhere");
	return true;
}

static bool tell_key(const struct telling *it)
{
	const struct config_name *name = &it->key->name;
	const float near = it->row->features[FEATURE_key_nearest];

	if (near > 0 && near <= 2) {
		buf_printf(it->out,
			   "the key '%.*s' is nearly one that is there",
			   (int)name->base_length, name->base);
		return true;
	}
	if (!set(it, FEATURE_key_strange) && !set(it, FEATURE_key_misspelt))
		return false;
	buf_printf(it->out, "the key '%.*s' has words that are nowhere else",
		   (int)name->base_length, name->base);
	return true;
}

static bool tell_foreign(const struct telling *it)
{
	const struct config_scan *scan = it->scan;
	uint64_t other = it->value->aliases &
			 ~scan->environments[it->row->environment].aliases;

	for (unsigned i = 0; i < scan->aliases.count; i++)
		if (other >> i & 1) {
			buf_printf(it->out, "speaks of '%s'",
				   scan->aliases.list[i].text);
			return true;
		}
	return false;
}

static bool tell_lint(const struct telling *it)
{
	if (set(it, FEATURE_placeholder))
		buf_puts(it->out, "stands for a value to be filled in");
	else if (set(it, FEATURE_no_unit))
		buf_puts(it->out, "a number with letters that are no unit");
	else if (set(it, FEATURE_misfit))
		buf_puts(it->out, "cannot be what its name says");
	else if (set(it, FEATURE_lint))
		buf_puts(it->out, "looks cut or not finished");
	else
		return false;
	return true;
}

static bool tell_seen(const struct telling *it)
{
	if (set(it, FEATURE_elsewhere))
		buf_puts(it->out, "known only from keys of other names");
	else if (it->row->features[FEATURE_value_seen] == 0)
		buf_puts(it->out, "never seen before");
	else
		return false;
	return true;
}

static bool tell_alone(const struct telling *it)
{
	float siblings = it->row->features[FEATURE_siblings];

	if (siblings >= 1 && it->row->features[FEATURE_normal_siblings] == 0)
		return tell_sibling(it);
	return false;
}

static const struct teller {
	bool (*tell)(const struct telling *it);
	unsigned char features[20]; /* whose shares count, ends with 0 */
} tellers[] = {
	{tell_lint,
	 {FEATURE_lint, FEATURE_lint_before, FEATURE_placeholder,
	  FEATURE_no_unit, FEATURE_capitals, FEATURE_misfit}},
	{tell_limit, {FEATURE_limit}},
	{tell_number,
	 {FEATURE_ratio_before, FEATURE_ratio_past, FEATURE_ratio_siblings,
	  FEATURE_negative, FEATURE_zero, FEATURE_fraction, FEATURE_sign_before,
	  FEATURE_name_magnitude, FEATURE_world_magnitude}},
	{tell_unit,
	 {FEATURE_unit_before, FEATURE_unit_name, FEATURE_unit_siblings,
	  FEATURE_world_unit}},
	{tell_format,
	 {FEATURE_kind_before, FEATURE_format_before, FEATURE_kind_siblings,
	  FEATURE_format_siblings, FEATURE_kind_name, FEATURE_format_name,
	  FEATURE_shape_name, FEATURE_coarse_name, FEATURE_format_tail,
	  FEATURE_kind_key, FEATURE_format_key, FEATURE_world_format,
	  FEATURE_world_kind, FEATURE_tail_format, FEATURE_tail_kind,
	  FEATURE_kind}},
	{tell_words,
	 {FEATURE_strange_words, FEATURE_strange_share, FEATURE_misspelt}},
	{tell_near,
	 {FEATURE_nearest, FEATURE_equals_one, FEATURE_distance_before,
	  FEATURE_length_before}},
	{tell_key,
	 {FEATURE_key_strange, FEATURE_key_misspelt, FEATURE_key_nearest,
	  FEATURE_name_keys, FEATURE_key_environments}},
	{tell_foreign,
	 {FEATURE_foreign, FEATURE_own, FEATURE_alias_before, FEATURE_swapped}},
	{tell_seen,
	 {FEATURE_value_seen, FEATURE_value_name, FEATURE_value_key,
	  FEATURE_elsewhere, FEATURE_value_keys, FEATURE_value_own,
	  FEATURE_world_value, FEATURE_normal_key}},
	{tell_alone,
	 {FEATURE_value_siblings, FEATURE_normal_siblings,
	  FEATURE_siblings_alike, FEATURE_siblings, FEATURE_sibling_share,
	  FEATURE_changed_too}},
};

enum { TELLERS = sizeof(tellers) / sizeof(*tellers) };

/* Says what teller `i` has to say; what it does not say is taken back. */
static bool tell(const struct telling *it, int i, bool first)
{
	size_t start = it->out->length;

	buf_puts(it->out, first ? ": " : "; ");
	if (tellers[i].tell(it))
		return true;
	it->out->data[start] = '\0';
	it->out->length = start;
	return false;
}

static int heaviest(const double *weight)
{
	int best = 0;

	for (int i = 1; i < TELLERS; i++)
		if (weight[i] > weight[best])
			best = i;
	return best;
}

static void tell_value(const struct telling *it, const double *shares)
{
	double weight[TELLERS] = {0};
	int told = 0;

	for (int i = 0; i < TELLERS; i++)
		for (int k = 0; tellers[i].features[k]; k++)
			weight[i] += shares[tellers[i].features[k]];
	if (it->before) {
		put_value(it->out, it->before);
		buf_puts(it->out, " -> ");
	}
	put_value(it->out, it->value);
	for (int round = 0; round < TELLERS && told < REASONS; round++) {
		int best = heaviest(weight);

		if (weight[best] <= 0)
			break;
		weight[best] = 0;
		told += tell(it, best, told == 0);
	}
	if (told == 0)
		buf_puts(it->out, ": unusual in several small ways");
}

/* "dev, staging": the environments that have the key. */
static void put_having(const struct telling *it)
{
	bool first = true;

	for (uint32_t i = 0; i < it->scan->environment_count; i++) {
		if (i == it->row->environment || !(it->row->having >> i & 1))
			continue;
		buf_printf(it->out, "%s%s", first ? "" : ", ",
			   it->scan->environments[i].name);
		first = false;
	}
	if (first)
		buf_puts(it->out, "others");
}

static void tell_gone(const struct telling *it)
{
	if (it->before) {
		put_value(it->out, it->before);
		buf_puts(it->out, " -> ");
	}
	buf_puts(it->out, "removed");
	if (set(it, FEATURE_renamed))
		buf_puts(it->out, ": a key of nearly the same name was added");
	else if (set(it, FEATURE_siblings)) {
		buf_puts(it->out, ", but kept in ");
		put_having(it);
	}
}

void config_reason(const struct config_scan *scan, const struct config_row *row,
		   const double *shares, struct buf *out)
{
	struct telling it = {
		.scan = scan,
		.row = row,
		.key = &scan->keys[row->key],
		.value = row->value ? &scan->values[row->value] : NULL,
		.before = row->before ? &scan->values[row->before] : NULL,
		.out = out,
	};

	if (row->what == CONFIG_SET && it.value) {
		tell_value(&it, shares);
	} else if (row->what == CONFIG_REMOVED) {
		tell_gone(&it);
	} else {
		buf_puts(out, "missing, while it is in ");
		put_having(&it);
	}
}
