/* Slips of the pen: a text near to another, words that nobody knows. */
#include <ctype.h>
#include <math.h>

#include "runtime/learn/config/distance.h"
#include "runtime/learn/config/look.h"

enum { NEAR = 3, FAR = 9, TEXT_LEAST = 3 };

/* How near the nearest different text is, of its own past and siblings. */
static void by_neighbours(struct look *look)
{
	const struct config_value *value = look->value;
	int nearest = FAR;
	bool equal = false;

	if (value->kind != CONFIG_STRING || value->length < TEXT_LEAST ||
	    value->length > DISTANCE_TEXT_MAX || value->numeric)
		return;
	for (size_t i = 0; i <= look->sibling_count; i++) {
		const struct config_value *other = i < look->sibling_count
							   ? look->siblings[i]
							   : look->before;
		int apart;

		if (!other || other->kind != CONFIG_STRING)
			continue;
		if (other->same == value->same) {
			equal = true;
			continue;
		}
		apart = distance(value->text, value->length, other->text,
				 other->length, NEAR);
		nearest = apart < nearest ? apart : nearest;
	}
	look_set(look, FEATURE_nearest, nearest);
	look_set(look, FEATURE_equals_one, equal);
}

static void by_before(struct look *look)
{
	const struct config_value *value = look->value, *before = look->before;

	if (!before)
		return;
	look_set(look, FEATURE_length_before,
		 fmax(-50, fmin(50, (double)value->length -
					    (double)before->length)));
	if (value->length <= DISTANCE_TEXT_MAX &&
	    before->length <= DISTANCE_TEXT_MAX)
		look_set(look, FEATURE_distance_before,
			 distance(value->text, value->length, before->text,
				  before->length, NEAR + 1));
}

/* Is the word known, here or in the world? */
static bool known(const struct look *look, const char *word, size_t length)
{
	const struct config_world *world = look->scan->world;

	return vocabulary_seen(&look->scan->vocabulary, word, length) > 0 ||
	       (world &&
		counts_get(&world->counts,
			   hash_of(COUNT_WORD, vocabulary_hash(word, length),
				   0)) > 0);
}

/* 2: one mistake from a known word, 1: two, 0: more. */
static int slip(const struct look *look, const char *word, size_t length)
{
	int apart = 0;

	if (!vocabulary_nearest(&look->scan->vocabulary, word, length, &apart))
		return 0;
	return NEAR - apart;
}

static void by_words(struct look *look)
{
	const struct config_value *value = look->value;
	int strange = 0, worst = 0;

	for (unsigned i = 0; i < value->words; i++) {
		const char *word = value->text + value->word[i].start;
		int near;

		if (known(look, word, value->word[i].length))
			continue;
		strange++;
		near = slip(look, word, value->word[i].length);
		worst = near > worst ? near : worst;
	}
	look_set(look, FEATURE_strange_words, fmin(strange, 4));
	look_set(look, FEATURE_misspelt, worst);
	if (value->words > 0)
		look_set(look, FEATURE_strange_share,
			 (double)strange / value->words);
}

/* The same name but for numbers is no slip: "node1", "node2". */
static bool numbered(const struct interned *a, size_t a_start,
		     const struct interned *b, size_t b_start)
{
	size_t i = a_start, j = b_start;

	for (;;) {
		while (i < a->length && isdigit((unsigned char)a->text[i]))
			i++;
		while (j < b->length && isdigit((unsigned char)b->text[j]))
			j++;
		if (i == a->length || j == b->length)
			return i == a->length && j == b->length;
		if (a->text[i++] != b->text[j++])
			return false;
	}
}

/* How near another name beside it is. */
static int nearest_name(const struct look *look)
{
	const struct config_scan *scan = look->scan;
	const struct config_name *name = &look->it->name;
	const struct parent *parent = &scan->parents[look->it->parent];
	const struct interned *own = &scan->paths.items[look->key];
	int nearest = FAR;

	for (uint32_t i = 0; i < parent->count; i++) {
		uint32_t key = parent->kids[i];
		const struct config_name *other = &scan->keys[key].name;
		int apart;

		if (key == look->key || other->base[0] == '[' ||
		    state_seen(scan, hash_of(COUNT_KEY, key, 0)) == 0 ||
		    numbered(own, own->length - name->base_length,
			     &scan->paths.items[key],
			     scan->paths.items[key].length -
				     other->base_length))
			continue;
		apart = distance(name->base, name->base_length, other->base,
				 other->base_length, 2);
		nearest = apart < nearest ? apart : nearest;
	}
	return nearest;
}

void look_name(struct look *look)
{
	const struct config_name *name = &look->it->name;
	int strange = 0, worst = 0;

	look_set(look, FEATURE_key_environments,
		 look_seen(look, COUNT_KEY_ENVIRONMENTS, look->key, 0));
	if (look->before || look->sibling_count > 0 || name->base_length < 3)
		return;
	for (unsigned i = 0; i < name->words; i++) {
		const char *word = name->base + name->word[i].start;
		int near;

		if (known(look, word, name->word[i].length))
			continue;
		strange++;
		near = slip(look, word, name->word[i].length);
		worst = near > worst ? near : worst;
	}
	look_set(look, FEATURE_key_strange, fmin(strange, 4));
	look_set(look, FEATURE_key_misspelt, worst);
	if (name->base[0] != '[')
		look_set(look, FEATURE_key_nearest, nearest_name(look));
}

void look_text(struct look *look)
{
	by_neighbours(look);
	by_before(look);
	if (look->value->kind == CONFIG_STRING)
		by_words(look);
}
