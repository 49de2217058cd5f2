/* Keys that were removed, and keys that only others have. */
#include <math.h>
#include <string.h>

#include "runtime/learn/config/distance.h"
#include "runtime/learn/config/look.h"

enum { MANY = 10, ITEMS_MAX = 256 };

/* How many keys beside this one the environment has; itself left out. */
static double beside(const struct look *look, uint32_t environment)
{
	const struct parent *parent = &look->scan->parents[look->it->parent];
	double count = 0;

	for (uint32_t i = 0; i < parent->count; i++)
		count += parent->kids[i] != look->key &&
			 state_after(look->scan, environment, parent->kids[i]);
	return count;
}

/* Is `path` directly below the list, whose path is `length` bytes of `of`? */
static bool is_item(const struct interned *path, const char *of, size_t length)
{
	return path->length > length + 2 &&
	       strncmp(path->text, of, length + 2) == 0 &&
	       !strchr(path->text + length + 1, '/');
}

static bool has_kids(const struct look *look, const struct parent *parent)
{
	for (uint32_t i = 0; i < parent->count; i++)
		if (state_after(look->scan, look->environment, parent->kids[i]))
			return true;
	return false;
}

/* Does the item have a key of this name? */
static bool item_has(const struct look *look, const struct interned *item)
{
	const struct interned *path = &look->scan->paths.items[look->key];
	const struct config_name *name = &look->it->name;
	char other[CONFIG_PATH_MAX];
	uint32_t key;

	if (item->length + name->base_length + 1 > sizeof(other))
		return false;
	memcpy(other, item->text, item->length);
	memcpy(other + item->length, path->text + name->parent_length,
	       name->base_length + 1);
	key = intern_find(&look->scan->paths, other,
			  item->length + name->base_length + 1);
	return key && state_after(look->scan, look->environment, key);
}

/* Of the items of the list that the key's is in: the share with such a key. */
static void by_items(struct look *look)
{
	const struct config_scan *scan = look->scan;
	const struct interned *path = &scan->paths.items[look->key];
	struct config_name item;
	double items = 0, have = 0;

	config_name_read(&item, path->text, look->it->name.parent_length);
	if (item.base_length == 0 || item.base[0] != '[')
		return;
	look_set(look, FEATURE_item_here, beside(look, look->environment) > 0);
	for (uint32_t i = 1; i < scan->parents_of.count && items < ITEMS_MAX;
	     i++) {
		const struct interned *it = &scan->parents_of.items[i];

		if (!is_item(it, path->text, item.parent_length) ||
		    !has_kids(look, &scan->parents[i]))
			continue;
		items++;
		have += item_has(look, it);
	}
	if (items > 0)
		look_set(look, FEATURE_items_have, have / items);
}

/* Was it given another name, or put elsewhere? */
static void by_change(struct look *look)
{
	const struct review *review = look->review;
	const struct config_name *name = &look->it->name;
	bool renamed = false;
	double moved = 0;

	for (size_t i = 0; i < review->count; i++) {
		const struct config_change *change = &review->changes[i];
		uint32_t key = intern_find(&look->scan->paths, change->path,
					   change->path_length);
		const struct config_value *value;

		if (change->removed || key == 0 ||
		    change->environment != look->environment ||
		    state_before(look->scan, look->environment, key))
			continue;
		value = state_after(look->scan, look->environment, key);
		moved += value && look->before &&
			 value->same == look->before->same;
		renamed |= look->scan->keys[key].parent == look->it->parent &&
			   distance(name->base, name->base_length,
				    look->scan->keys[key].name.base,
				    look->scan->keys[key].name.base_length,
				    2) <= 2;
	}
	look_set(look, FEATURE_renamed, renamed);
	look_set(look, FEATURE_moved, moved);
}

void look_removed(struct look *look)
{
	uint32_t place = look->environment;
	double there = 0;

	look_set(look, FEATURE_left, fmin(beside(look, place), MANY));
	look_set(look, FEATURE_removed_beside,
		 fmin(look_counted(look, REVIEW_REMOVED_BESIDE, place,
				   look->it->parent),
		      MANY));
	look_set(look, FEATURE_set_beside,
		 fmin(look_counted(look, REVIEW_SET_BESIDE, place,
				   look->it->parent),
		      MANY));
	look_set(look, FEATURE_removed_here,
		 look_log(look_counted(look, REVIEW_REMOVED_HERE, place, 0)));
	look_set(look, FEATURE_set_here,
		 look_log(look_counted(look, REVIEW_SET_HERE, place, 0)));
	look_set(look, FEATURE_item,
		 strchr(look->scan->paths.items[look->key].text, '[') != NULL);
	for (uint32_t i = 0; i < look->scan->environment_count; i++)
		there += i != place && look->it->cells[i].revisions > 0 &&
			 !state_after(look->scan, i, look->key);
	look_set(look, FEATURE_removed_there, there);
	by_change(look);
	by_items(look);
}

/* Of the keys that `other` has beside this one: the share that is here. */
static double shared_beside(const struct look *look, uint32_t other)
{
	const struct parent *parent = &look->scan->parents[look->it->parent];
	double there = 0, both = 0;

	for (uint32_t i = 0; i < parent->count; i++) {
		uint32_t key = parent->kids[i];

		if (key == look->key || !state_after(look->scan, other, key))
			continue;
		there++;
		both += state_after(look->scan, look->environment, key) != NULL;
	}
	return there > 0 ? both / there : NAN;
}

/* Of the keys that the change adds to `other`: the share added here, too. */
static void by_added(struct look *look, uint32_t other)
{
	const struct review *review = look->review;
	double added = 0, both = 0;

	for (size_t i = 0; i < review->count; i++) {
		const struct config_change *change = &review->changes[i];
		uint32_t key = intern_find(&look->scan->paths, change->path,
					   change->path_length);

		if (key == 0 || change->removed ||
		    change->environment != other ||
		    state_before(look->scan, other, key))
			continue;
		added++;
		both += look->it->cells &&
			look->scan->keys[key]
				.cells[look->environment]
				.touched &&
			state_after(look->scan, look->environment, key);
	}
	look_set(look, FEATURE_added, fmin(added, MANY));
	if (added > 0)
		look_set(look, FEATURE_added_overlap, both / added);
}

/* The nearest name beside it that is only here. */
static void by_names(struct look *look)
{
	const struct config_scan *scan = look->scan;
	const struct parent *parent = &scan->parents[look->it->parent];
	const struct config_name *name = &look->it->name;
	int nearest = 9;

	for (uint32_t i = 0; i < parent->count; i++) {
		const struct config_name *other =
			&scan->keys[parent->kids[i]].name;
		int apart;

		if (parent->kids[i] == look->key ||
		    !state_after(scan, look->environment, parent->kids[i]))
			continue;
		apart = distance(name->base, name->base_length, other->base,
				 other->base_length, 2);
		nearest = apart < nearest ? apart : nearest;
	}
	look_set(look, FEATURE_key_nearest, nearest);
}

static void by_environments(struct look *look, uint64_t having)
{
	const struct config_scan *scan = look->scan;
	double together = 0, most = 0, best = NAN, changed = 0;

	for (uint32_t i = 0; i < scan->environment_count; i++) {
		double all;

		most = fmax(most, scan->environments[i].keys);
		if (!(having & look_bit(i)))
			continue;
		all = look_seen(look, COUNT_TOGETHER, i, i);
		together +=
			look_seen(look, COUNT_TOGETHER, look->environment, i) /
			(all + 1);
		best = fmax(best, shared_beside(look, i));
		if (changed++ == 0)
			by_added(look, i);
	}
	if (changed > 0)
		look_set(look, FEATURE_together, together / changed);
	look_set(look, FEATURE_overlap, best);
	if (most > 0)
		look_set(look, FEATURE_size_share,
			 scan->environments[look->environment].keys / most);
}

void look_missing(struct look *look, uint64_t having)
{
	uint32_t place = look->environment;
	double count = __builtin_popcountll(having);
	double present = __builtin_popcountll(look->review->present);

	look_set(look, FEATURE_added_in, count);
	look_set(look, FEATURE_added_share, count / present);
	look_set(look, FEATURE_have, (double)look->sibling_count / present);
	look_set(look, FEATURE_changed_here,
		 look_counted(look, REVIEW_SET_HERE, place, 0) > 0 ||
			 look_counted(look, REVIEW_REMOVED_HERE, place, 0) > 0);
	look_set(look, FEATURE_parent_here, fmin(beside(look, place), MANY));
	look_set(look, FEATURE_set_beside,
		 fmin(look_counted(look, REVIEW_SET_BESIDE, place,
				   look->it->parent),
		      MANY));
	look_set(look, FEATURE_had,
		 look->scan->auditing ? 0 : look->it->cells[place].revisions);
	look_set(look, FEATURE_item,
		 strchr(look->scan->paths.items[look->key].text, '[') != NULL);
	by_environments(look, having);
	by_names(look);
	by_items(look);
}
