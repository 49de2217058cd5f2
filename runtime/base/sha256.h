/* SHA-256 of some bytes (FIPS 180-4): the name of a content. */
#pragma once

#include <stddef.h>

enum { SHA256_HEX = 64 };

/* Write 64 hex digits and a NUL. */
void sha256_hex(const void *bytes, size_t length, char hex[SHA256_HEX + 1]);
