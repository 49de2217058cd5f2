/*
 * SHA and MD5 are OpenSSL's, which use the processor's own instructions; its
 * old functions are called because the new ones (EVP) read configuration and
 * load providers first. BLAKE2b is libsodium's.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "runtime/base/digest.h"

#include <openssl/md5.h>
#include <openssl/sha.h>
#include <sodium.h>
#include <stdint.h>
#include <string.h>

_Static_assert(sizeof(crypto_generichash_state) <= DIGEST_STATE, "state");
_Static_assert(sizeof(SHA512_CTX) <= DIGEST_STATE, "state");

const char *const digest_names[] = {
	[DIGEST_BLAKE2B] = "blake2b",
	[DIGEST_SHA256] = "sha256",
	[DIGEST_SHA384] = "sha384",
	[DIGEST_SHA512] = "sha512",
	[DIGEST_SHA1] = "sha1",
	[DIGEST_MD5] = "md5",
	NULL,
};

static void *state_of(struct digest *digest)
{
	uintptr_t at = (uintptr_t)digest->state;

	return digest->state +
	       (DIGEST_ALIGN - at % DIGEST_ALIGN) % DIGEST_ALIGN;
}

int digest_find(const char *name)
{
	for (int i = 0; digest_names[i]; i++)
		if (strcmp(digest_names[i], name) == 0)
			return i;
	return -1;
}

size_t digest_size(enum digest_kind kind)
{
	static const size_t sizes[] = {
		[DIGEST_BLAKE2B] = 64, [DIGEST_SHA256] = 32,
		[DIGEST_SHA384] = 48,  [DIGEST_SHA512] = 64,
		[DIGEST_SHA1] = 20,    [DIGEST_MD5] = 16,
	};

	return sizes[kind];
}

/* HMAC's block: what the algorithm takes at a time. */
static size_t block_size(enum digest_kind kind)
{
	return kind == DIGEST_BLAKE2B || kind == DIGEST_SHA384 ||
			       kind == DIGEST_SHA512
		       ? 128
		       : 64;
}

void digest_init(struct digest *digest, enum digest_kind kind)
{
	digest->kind = kind;
	digest->size = digest_size(kind);
	digest->hmac = false;
	switch (kind) {
	case DIGEST_BLAKE2B:
		digest_init_blake2b(digest, digest->size, NULL, 0);
		break;
	case DIGEST_SHA256:
		SHA256_Init(state_of(digest));
		break;
	case DIGEST_SHA384:
		SHA384_Init(state_of(digest));
		break;
	case DIGEST_SHA512:
		SHA512_Init(state_of(digest));
		break;
	case DIGEST_SHA1:
		SHA1_Init(state_of(digest));
		break;
	case DIGEST_MD5:
		MD5_Init(state_of(digest));
		break;
	}
}

void digest_init_blake2b(struct digest *digest, size_t size, const void *key,
			 size_t key_length)
{
	/* Chooses the fastest code for this processor, once. */
	int known = sodium_init();

	(void)known; /* without it there is the code for all processors */
	digest->kind = DIGEST_BLAKE2B;
	digest->size = size;
	digest->hmac = false;
	/* libsodium's own least sizes are 16 bytes; BLAKE2b's are not. */
	crypto_generichash_blake2b_init(
		state_of(digest), key_length ? key : NULL, key_length, size);
}

static void start_block(struct digest *digest, enum digest_kind kind,
			const unsigned char *block)
{
	digest_init(digest, kind);
	digest_add(digest, block, block_size(kind));
}

void digest_init_hmac(struct digest *digest, enum digest_kind kind,
		      const void *key, size_t length)
{
	unsigned char block[DIGEST_BLOCK_MAX] = {0};
	size_t size = block_size(kind);

	if (length > size) {
		digest_init(digest, kind);
		digest_add(digest, key, length);
		digest_final(digest, block);
	} else if (length > 0) {
		memcpy(block, key, length);
	}
	for (size_t i = 0; i < size; i++) {
		digest->outer[i] = block[i] ^ 0x5c;
		block[i] ^= 0x36;
	}
	start_block(digest, kind, block);
	digest->hmac = true;
	sodium_memzero(block, sizeof(block));
}

void digest_add(struct digest *digest, const void *bytes, size_t length)
{
	switch (digest->kind) {
	case DIGEST_BLAKE2B:
		crypto_generichash_blake2b_update(state_of(digest), bytes,
						  length);
		break;
	case DIGEST_SHA256:
		SHA256_Update(state_of(digest), bytes, length);
		break;
	case DIGEST_SHA384:
	case DIGEST_SHA512:
		SHA512_Update(state_of(digest), bytes, length);
		break;
	case DIGEST_SHA1:
		SHA1_Update(state_of(digest), bytes, length);
		break;
	case DIGEST_MD5:
		MD5_Update(state_of(digest), bytes, length);
		break;
	}
}

static void finish(struct digest *digest, unsigned char *bytes)
{
	switch (digest->kind) {
	case DIGEST_BLAKE2B:
		crypto_generichash_blake2b_final(state_of(digest), bytes,
						 digest->size);
		break;
	case DIGEST_SHA256:
		SHA256_Final(bytes, state_of(digest));
		break;
	case DIGEST_SHA384:
		SHA384_Final(bytes, state_of(digest));
		break;
	case DIGEST_SHA512:
		SHA512_Final(bytes, state_of(digest));
		break;
	case DIGEST_SHA1:
		SHA1_Final(bytes, state_of(digest));
		break;
	case DIGEST_MD5:
		MD5_Final(bytes, state_of(digest));
		break;
	}
}

void digest_final(struct digest *digest, unsigned char *bytes)
{
	finish(digest, bytes);
	if (digest->hmac) {
		start_block(digest, digest->kind, digest->outer);
		digest_add(digest, bytes, digest->size);
		finish(digest, bytes);
		sodium_memzero(digest->outer, sizeof(digest->outer));
	}
	sodium_memzero(digest->state, sizeof(digest->state));
}

bool digest_equal(const void *left, const void *right, size_t length)
{
	return sodium_memcmp(left, right, length) == 0;
}
