#include "runtime/git/features_author.h"

#include <stdbool.h>
#include <string.h>

#include "runtime/base/mem.h"

#define YEAR 31557600.0 /* seconds: 365.25 days */
#define HOUR 3600.0
#define EXACT 8192 /* so many commits are kept one by one */

void author_release(struct author *author)
{
	for (size_t i = 0; i < author->field_count; i++)
		mem_free(author->fields[i].subsystems);
	mem_free(author->fields);
	mem_free(author->hours);
}

double author_recent(const struct author *author, int64_t now)
{
	double sum = 0;

	for (size_t i = 0; i < author->hour_count; i++) {
		double since = (double)now - author->hours[i].time;

		since = since > 0 ? since : 0;
		sum += author->hours[i].count * (YEAR / (YEAR + since));
	}
	return sum;
}

/* The same hour as the last one: counted there, once there are very many. */
static bool add_to_last(struct author *author, double time)
{
	struct author_hour *last;
	double off;

	if (author->hour_count < EXACT)
		return false;
	last = &author->hours[author->hour_count - 1];
	off = time - last->time;
	if (off > HOUR || off < -HOUR)
		return false;
	last->time += off / (last->count + 1);
	last->count++;
	return true;
}

static void add_time(struct author *author, double time)
{
	if (add_to_last(author, time))
		return;
	if (author->hour_count == author->hour_capacity) {
		author->hour_capacity =
			author->hour_capacity ? author->hour_capacity * 2 : 8;
		author->hours =
			mem_grow(author->hours, author->hour_capacity *
							sizeof(*author->hours));
	}
	author->hours[author->hour_count++] = (struct author_hour){time, 1};
}

static uint64_t filter_of(const uint32_t *subsystems, uint32_t count)
{
	uint64_t filter = 0;

	for (uint32_t i = 0; i < count; i++)
		filter |= UINT64_C(1) << (subsystems[i] & 63);
	return filter;
}

static bool share_one(const uint32_t *a, uint32_t a_count, const uint32_t *b,
		      uint32_t b_count)
{
	uint32_t i = 0;
	uint32_t j = 0;

	while (i < a_count && j < b_count) {
		if (a[i] == b[j])
			return true;
		if (a[i] < b[j])
			i++;
		else
			j++;
	}
	return false;
}

uint32_t author_commits_in(const struct author *author,
			   const uint32_t *subsystems, uint32_t count)
{
	uint64_t filter = filter_of(subsystems, count);
	uint32_t commits = 0;

	for (size_t i = 0; i < author->field_count; i++) {
		const struct author_field *field = &author->fields[i];

		if ((field->filter & filter) &&
		    share_one(field->subsystems, field->count, subsystems,
			      count))
			commits += field->commits;
	}
	return commits;
}

static struct author_field *
find_field(struct author *author, const uint32_t *subsystems, uint32_t count)
{
	uint64_t filter = filter_of(subsystems, count);

	for (size_t i = 0; i < author->field_count; i++) {
		struct author_field *field = &author->fields[i];

		if (field->filter == filter && field->count == count &&
		    memcmp(field->subsystems, subsystems,
			   count * sizeof(*subsystems)) == 0)
			return field;
	}
	return NULL;
}

void author_add(struct author *author, int64_t time, const uint32_t *subsystems,
		uint32_t count)
{
	struct author_field *field = find_field(author, subsystems, count);

	author->commits++;
	add_time(author, (double)time);
	if (field) {
		field->commits++;
		return;
	}
	if (author->field_count == author->field_capacity) {
		author->field_capacity =
			author->field_capacity ? author->field_capacity * 2 : 4;
		author->fields = mem_grow(author->fields,
					  author->field_capacity *
						  sizeof(*author->fields));
	}
	field = &author->fields[author->field_count++];
	*field = (struct author_field){
		.subsystems = mem_array(count, sizeof(*subsystems)),
		.count = count,
		.filter = filter_of(subsystems, count),
		.commits = 1};
	memcpy(field->subsystems, subsystems, count * sizeof(*subsystems));
}
