/* Hashes of what is counted: stable across processes and machines. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static inline uint64_t hash_bytes(const char *bytes, size_t length)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3;
	return hash;
}

/* The finalizer of splitmix64 (Steele, Lea, Flood 2014). */
static inline uint64_t hash_mix(uint64_t hash)
{
	hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
	hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
	return hash ^ (hash >> 31);
}

/* One hash of a kind of count and what it is about. */
static inline uint64_t hash_of(unsigned what, uint64_t a, uint64_t b)
{
	return hash_mix(a + 0x9e3779b97f4a7c15 * what) ^ hash_mix(b * 3 + what);
}
