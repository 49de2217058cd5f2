/* Authors: when they committed before, and in which subsystems. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Commits of about the same time, which count as that many at their mean. */
struct author_hour {
	double time; /* seconds since 1970 */
	uint32_t count;
};

/* A set of subsystems that some of the author's commits touched. */
struct author_field {
	uint32_t *subsystems; /* owned, ascending */
	uint32_t count;
	uint64_t filter; /* a bit each, to tell most sets apart at once */
	uint32_t commits;
};

struct author {
	struct author_hour *hours;
	size_t hour_count;
	size_t hour_capacity;
	uint32_t commits;
	struct author_field *fields;
	size_t field_count;
	size_t field_capacity;
};

void author_release(struct author *author);

/* Sum of 1 / (1 + years since) over the commits so far. */
double author_recent(const struct author *author, int64_t now);

/* How many of them touched one of these (ascending, each once). */
uint32_t author_commits_in(const struct author *author,
			   const uint32_t *subsystems, uint32_t count);

void author_add(struct author *author, int64_t time, const uint32_t *subsystems,
		uint32_t count);
