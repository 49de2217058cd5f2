/* Memory: allocation that cannot fail, because the program ends instead. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/* Zeroed memory. Every allocation aborts with a message when there is none. */
void *mem_alloc(size_t size);
void *mem_array(size_t count, size_t size); /* zeroed; overflow is checked */
void *mem_grow(void *memory, size_t size);  /* like realloc; not zeroed */
char *mem_copy(const char *text);           /* NULL stays NULL */
char *mem_copy_n(const char *bytes, size_t length); /* adds the final NUL */
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *mem_vprintf(const char *format, va_list args);
void mem_free(void *memory); /* NULL is fine */
