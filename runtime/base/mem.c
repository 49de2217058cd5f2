#include "runtime/base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory, size_t size)
{
	if (memory || size == 0)
		return memory;
	fprintf(stderr, "tidemill: out of memory (%zu bytes)\n", size);
	abort();
}

void *mem_alloc(size_t size)
{
	return checked(calloc(1, size ? size : 1), size);
}

void *mem_array(size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return checked(NULL, SIZE_MAX);
	return mem_alloc(count * size);
}

void *mem_grow(void *memory, size_t size)
{
	return checked(realloc(memory, size ? size : 1), size);
}

char *mem_copy(const char *text)
{
	return text ? mem_copy_n(text, strlen(text)) : NULL;
}

char *mem_copy_n(const char *bytes, size_t length)
{
	char *copy = mem_alloc(length + 1);

	if (length)
		memcpy(copy, bytes, length);
	return copy;
}

char *mem_printf(const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	return text;
}

char *mem_vprintf(const char *format, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		checked(NULL, 1);
	return text;
}

void mem_free(void *memory)
{
	free(memory);
}
