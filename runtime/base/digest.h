/* Digests of bytes: BLAKE2b, SHA-2, and SHA-1 and MD5 for old formats. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum digest_kind {
	DIGEST_BLAKE2B, /* as b2sum: 64 bytes unless told otherwise */
	DIGEST_SHA256,
	DIGEST_SHA384,
	DIGEST_SHA512,
	DIGEST_SHA1, /* broken: collisions can be made */
	DIGEST_MD5,  /* broken */
};

enum {
	DIGEST_SIZE_MAX = 64,
	DIGEST_BLOCK_MAX = 128,
	DIGEST_STATE = 384, /* of the largest of the algorithms */
	DIGEST_ALIGN = 64,  /* which it is aligned to, wherever it lies */
};

/*
 * Bytes are added until digest_final. It owns nothing, and must not be moved
 * meanwhile.
 */
struct digest {
	unsigned char state[DIGEST_STATE + DIGEST_ALIGN];
	unsigned char outer[DIGEST_BLOCK_MAX]; /* HMAC's second key */
	enum digest_kind kind;
	size_t size; /* bytes of the digest */
	bool hmac;
};

/* The algorithm of a name such as "sha256", or -1; their names, ended by NULL.
 */
int digest_find(const char *name);
extern const char *const digest_names[];

/* The bytes of a digest, before any choice of them. */
size_t digest_size(enum digest_kind kind);

void digest_init(struct digest *digest, enum digest_kind kind);

/*
 * BLAKE2b with `size` bytes (1 to 64) and a key of up to 64 bytes, or none with
 * `key_length` 0.
 */
void digest_init_blake2b(struct digest *digest, size_t size, const void *key,
			 size_t key_length);

/* HMAC (RFC 2104) with a key of any length. */
void digest_init_hmac(struct digest *digest, enum digest_kind kind,
		      const void *key, size_t length);

void digest_add(struct digest *digest, const void *bytes, size_t length);

/* Write `digest->size` bytes; only digest_init may follow. */
void digest_final(struct digest *digest, unsigned char *bytes);

/* Are both the same? The time depends on `length` alone. */
bool digest_equal(const void *left, const void *right, size_t length);
