/* A growing array of elements of one size. */
#pragma once

#include <stddef.h>
#include <string.h>

#include "runtime/base/mem.h"

struct gbt_vector {
	void *data; /* owned */
	size_t count, capacity;
};

/* Append a copy of an element of `width` bytes. */
static inline void gbt_push(struct gbt_vector *vector, const void *element,
			    size_t width)
{
	if (vector->count == vector->capacity) {
		vector->capacity = vector->capacity ? vector->capacity * 2 : 16;
		vector->data = mem_grow(vector->data, vector->capacity * width);
	}
	memcpy((char *)vector->data + vector->count * width, element, width);
	vector->count++;
}

static inline void gbt_vector_release(struct gbt_vector *vector)
{
	mem_free(vector->data);
	memset(vector, 0, sizeof(*vector));
}
