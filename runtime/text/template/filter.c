/* Filters and tests by name. */
#include "runtime/text/template/filter.h"

/* Ansible's come first: it replaces some of Jinja's own. */
static const struct method_table *const ansible_filters[] = {
	&filters_ansible_combine, &filters_ansible_data,
	&filters_ansible_digest,  &filters_ansible_dict,
	&filters_ansible_list,    &filters_ansible_math,
	&filters_ansible_path,    &filters_ansible_regex,
	&filters_ansible_text,    &filters_ansible_time,
	&filters_ansible_url,     NULL,
};

static const struct method_table *const plain_filters[] = {
	&filters_text,  &filters_list,   &filters_html,     &filters_map,
	&filters_order, &filters_number, &filters_document, NULL,
};

static const struct method_table *const ansible_tests[] = {&tests_ansible,
							   NULL};
static const struct method_table *const plain_tests[] = {&tests_plain, NULL};

static const struct call_entry *find_in(const struct method_table *const *at,
					struct value name)
{
	const struct call_entry *found = NULL;

	for (; *at && !found; at++)
		found = entry_find((*at)->entries, (*at)->count, name);
	return found;
}

static const char *nearest_in(const struct method_table *const *at,
			      struct value name, size_t *distance)
{
	const char *nearest = NULL;

	for (; *at; at++) {
		const char *found = entry_nearest((*at)->entries, (*at)->count,
						  name, distance);

		if (found)
			nearest = found;
	}
	return nearest;
}

/* A third of the name may be wrong. */
static size_t allowed(struct value name)
{
	return name.length / 3 + 1 + (name.length > 2);
}

const struct call_entry *filter_find(struct value name, bool ansible)
{
	const struct call_entry *found =
		ansible ? find_in(ansible_filters, name) : NULL;

	return found ? found : find_in(plain_filters, name);
}

const struct call_entry *test_find(struct value name, bool ansible)
{
	const struct call_entry *found =
		ansible ? find_in(ansible_tests, name) : NULL;

	return found ? found : find_in(plain_tests, name);
}

const char *filter_nearest(struct value name, bool ansible)
{
	size_t distance = allowed(name);
	const char *nearest = nearest_in(plain_filters, name, &distance);
	const char *other =
		ansible ? nearest_in(ansible_filters, name, &distance) : NULL;

	return other ? other : nearest;
}

const char *test_nearest(struct value name, bool ansible)
{
	size_t distance = allowed(name);
	const char *nearest = nearest_in(plain_tests, name, &distance);
	const char *other =
		ansible ? nearest_in(ansible_tests, name, &distance) : NULL;

	return other ? other : nearest;
}
