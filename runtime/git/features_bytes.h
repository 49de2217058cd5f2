/* Bytes by the word: what two texts share, line feeds, a hash. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* How many bytes `a` and `b` have in common at their start, at most `most`. */
size_t bytes_prefix(const unsigned char *a, const unsigned char *b,
		    size_t most);

/* The same for what lies before `a` and `b`, which are their ends. */
size_t bytes_suffix(const unsigned char *a, const unsigned char *b,
		    size_t most);

size_t bytes_feeds(const unsigned char *bytes, size_t size);

/* Mixes well, is not for adversaries: tables must compare what they find. */
uint64_t bytes_hash(const void *bytes, size_t size);
