#include <math.h>

#include "runtime/base/mem.h"
#include "runtime/learn/config/look.h"

double look_log(double x)
{
	return log(1 + x);
}

static void tally(struct review *review, enum review_count what, uint64_t a,
		  uint64_t b)
{
	counts_add(&review->counts, hash_of(what, a, b), 1);
}

static uint64_t text_before(const struct config_scan *scan, uint32_t place,
			    uint32_t key)
{
	const struct config_value *before = state_before(scan, place, key);

	return before ? before->same : 0;
}

/* Lays the change over the state, and counts what is in it. */
static void lay(struct review *review, const struct config_change *change)
{
	struct config_scan *scan = review->scan;
	uint32_t place = change->environment;
	uint32_t key = state_key(scan, change->path, change->path_length);
	const struct key *it = &scan->keys[key];
	struct cell *cell;

	if (key == 0)
		return;
	cell = &it->cells[place];
	cell->touched = true;
	if (change->removed) {
		cell->next = 0;
		tally(review, REVIEW_REMOVED, key, 0);
		tally(review, REVIEW_REMOVED_BESIDE, place, it->parent);
		tally(review, REVIEW_REMOVED_HERE, place, 0);
		return;
	}
	cell->next =
		state_value(scan, change->kind, change->text, change->length);
	tally(review, REVIEW_SET, key, 0);
	tally(review, REVIEW_SET_BESIDE, place, it->parent);
	tally(review, REVIEW_SET_HERE, place, 0);
	tally(review, REVIEW_VALUE, scan->values[cell->next].same, 0);
	tally(review, REVIEW_PAIR, it->name.hash,
	      text_before(scan, place, key) * 31 +
		      scan->values[cell->next].same);
}

static void lift(struct review *review)
{
	struct config_scan *scan = review->scan;

	for (size_t i = 0; i < review->count; i++) {
		const struct config_change *change = &review->changes[i];
		uint32_t key = intern_find(&scan->paths, change->path,
					   change->path_length);

		if (key)
			scan->keys[key].cells[change->environment].touched =
				false;
	}
	counts_release(&review->counts);
}

static float *add_row(struct config_rows *rows, const struct config_scan *scan,
		      uint32_t environment, uint32_t key)
{
	const struct cell *cell = &scan->keys[key].cells[environment];
	struct config_row *row;

	if (rows->count == rows->room) {
		rows->room = rows->room ? rows->room * 2 : 16;
		rows->list =
			mem_grow(rows->list, rows->room * sizeof(*rows->list));
	}
	row = &rows->list[rows->count++];
	row->environment = environment;
	row->path = scan->paths.items[key].text;
	row->key = key;
	row->value = cell->touched ? cell->next : cell->now;
	row->before = cell->now;
	row->having = 0;
	for (uint32_t i = 0; i < scan->environment_count; i++)
		if (state_after(scan, i, key))
			row->having |= look_bit(i);
	for (int i = 0; i < CONFIG_FEATURES; i++)
		row->features[i] = NAN;
	return row->features;
}

static void begin(struct look *look, const struct review *review,
		  uint32_t environment, uint32_t key)
{
	const struct config_scan *scan = review->scan;

	look->review = review;
	look->scan = scan;
	look->environment = environment;
	look->key = key;
	look->it = &scan->keys[key];
	look->value = state_after(scan, environment, key);
	look->before = state_before(scan, environment, key);
	look->sibling_count = 0;
	for (uint32_t i = 0; i < scan->environment_count; i++) {
		const struct config_value *there =
			i == environment ? NULL : state_after(scan, i, key);

		if (there)
			look->siblings[look->sibling_count++] = there;
	}
}

static void look_common(struct look *look, enum config_what what)
{
	const struct config_scan *scan = look->scan;
	const struct cell *cell = &look->it->cells[look->environment];
	uint64_t others = look->review->present & ~look_bit(look->environment);
	int count = __builtin_popcountll(others);

	look_set(look, FEATURE_what, what);
	look_set(look, FEATURE_total, look_log((double)look->review->count));
	look_set(look, FEATURE_environments,
		 __builtin_popcountll(look->review->present));
	look_set(look, FEATURE_age,
		 scan->auditing ? 0 : look_log(scan->commits));
	look_set(look, FEATURE_siblings, fmin((double)look->sibling_count, 6));
	if (count > 0)
		look_set(look, FEATURE_sibling_share,
			 (double)look->sibling_count / count);
	look_set(look, FEATURE_revisions,
		 scan->auditing ? 0 : fmin(cell->revisions, 10));
	look_set(look, FEATURE_name_keys,
		 look_log(look_seen(look, COUNT_NAME_KEYS, look->it->name.hash,
				    0)));
}

static void look_at_value(struct look *look)
{
	look_common(look, CONFIG_SET);
	look_set(look, FEATURE_changed_too,
		 look_counted(look, REVIEW_SET, look->key, 0) - 1);
	look_agreement(look);
	look_world(look);
	look_past(look);
	look_number(look);
	look_text(look);
	look_lint(look);
	look_misfit(look);
	look_alias(look);
	look_name(look);
}

static void look_at_gone(struct look *look)
{
	look_common(look, CONFIG_REMOVED);
	look_set(look, FEATURE_changed_too,
		 look_counted(look, REVIEW_REMOVED, look->key, 0) - 1);
	look_removed(look);
}

static void review_change(struct review *review, struct config_rows *rows,
			  const struct config_change *change)
{
	struct config_scan *scan = review->scan;
	uint32_t key =
		intern_find(&scan->paths, change->path, change->path_length);
	struct look look;

	if (key == 0)
		return;
	begin(&look, review, change->environment, key);
	look.features = add_row(rows, scan, change->environment, key);
	rows->list[rows->count - 1].what =
		change->removed ? CONFIG_REMOVED : CONFIG_SET;
	if (look.value)
		look_at_value(&look);
	else
		look_at_gone(&look);
}

/* The environments in which the key is new by this change, or present. */
static uint64_t having(const struct review *review, uint32_t key, bool added)
{
	const struct config_scan *scan = review->scan;
	uint64_t found = 0;

	for (uint32_t i = 0; i < scan->environment_count; i++)
		if (state_after(scan, i, key) &&
		    (!added || !state_before(scan, i, key)))
			found |= look_bit(i);
	return found;
}

/* Who lacks a key that the change adds to others? */
static void review_missing(struct review *review, struct config_rows *rows,
			   uint32_t key)
{
	struct config_scan *scan = review->scan;
	uint64_t added = having(review, key, !scan->auditing);
	uint64_t have = having(review, key, false);

	for (uint32_t i = 0; added && i < scan->environment_count; i++) {
		struct look look;

		if (have & look_bit(i) || !(review->present & look_bit(i)))
			continue;
		begin(&look, review, i, key);
		look.features = add_row(rows, scan, i, key);
		rows->list[rows->count - 1].what = CONFIG_MISSING;
		look_common(&look, CONFIG_MISSING);
		look_missing(&look, added);
	}
}

static void note_present(struct review *review)
{
	const struct config_scan *scan = review->scan;

	for (uint32_t i = 0; i < scan->environment_count; i++)
		if (scan->environments[i].keys > 0)
			review->present |= look_bit(i);
	for (size_t i = 0; i < review->count; i++)
		if (!review->changes[i].removed)
			review->present |=
				look_bit(review->changes[i].environment);
}

int config_scan_review(struct config_scan *scan,
		       const struct config_change *changes, size_t count,
		       struct config_rows *rows, struct error **err)
{
	struct review review = {
		.scan = scan,
		.changes = changes,
		.count = count,
	};
	struct counts done = {0};

	if (scan->paths.count + count > CONFIG_KEYS_MAX)
		return error_set(err, ERROR_LIMIT,
				 "a configuration of more than %d keys",
				 CONFIG_KEYS_MAX);
	for (size_t i = 0; i < count; i++)
		lay(&review, &changes[i]);
	note_present(&review);
	for (size_t i = 0; i < count; i++)
		review_change(&review, rows, &changes[i]);
	for (size_t i = 0; i < count; i++) {
		uint32_t key = intern_find(&scan->paths, changes[i].path,
					   changes[i].path_length);

		if (key && !changes[i].removed &&
		    counts_add(&done, key, 1) == 0)
			review_missing(&review, rows, key);
	}
	counts_release(&done);
	lift(&review);
	return 0;
}

/* A value as if it were set now, and nothing were known of it. */
static void audit_value(struct review *review, struct config_rows *rows,
			uint32_t environment, uint32_t key)
{
	struct config_scan *scan = review->scan;
	struct cell *cell = &scan->keys[key].cells[environment];
	uint32_t value = cell->now;
	struct look look;

	state_count(scan, environment, key, value, -1);
	cell->touched = true;
	cell->next = value;
	cell->now = 0;
	begin(&look, review, environment, key);
	look.features = add_row(rows, scan, environment, key);
	rows->list[rows->count - 1].what = CONFIG_SET;
	look_at_value(&look);
	cell->now = value;
	cell->touched = false;
	state_count(scan, environment, key, value, 1);
}

void config_scan_audit(struct config_scan *scan, struct config_rows *rows)
{
	struct review review = {.scan = scan};

	scan->auditing = true;
	note_present(&review);
	for (uint32_t key = 1; key < scan->paths.count; key++) {
		for (uint32_t i = 0; i < scan->environment_count; i++)
			if (scan->keys[key].cells[i].now)
				audit_value(&review, rows, i, key);
		review_missing(&review, rows, key);
	}
	scan->auditing = false;
	counts_release(&review.counts);
}
