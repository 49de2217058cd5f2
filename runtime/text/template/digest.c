#include "runtime/text/template/digest.h"

#include <mbedtls/md.h>
#include <string.h>

size_t digest(const char *name, const void *bytes, size_t length,
	      unsigned char out[DIGEST_MAX])
{
	static const struct {
		const char *name;
		mbedtls_md_type_t type;
	} kinds[] = {
		{"md5", MBEDTLS_MD_MD5},
		{"sha1", MBEDTLS_MD_SHA1},
		{"sha224", MBEDTLS_MD_SHA224},
		{"sha256", MBEDTLS_MD_SHA256},
		{"sha384", MBEDTLS_MD_SHA384},
		{"sha512", MBEDTLS_MD_SHA512},
		{"ripemd160", MBEDTLS_MD_RIPEMD160},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const mbedtls_md_info_t *info;

		if (strcmp(kinds[i].name, name) != 0)
			continue;
		info = mbedtls_md_info_from_type(kinds[i].type);
		if (!info || mbedtls_md(info, bytes, length, out))
			return 0;
		return mbedtls_md_get_size(info);
	}
	return 0;
}
