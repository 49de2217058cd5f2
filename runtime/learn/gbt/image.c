/* A model's bytes: how wide the sections' elements are, and the checksum. */
#include "runtime/learn/gbt/image.h"

#include <string.h>

#include "runtime/learn/gbt/model.h"

_Static_assert(sizeof(struct gbt_node) == 24, "part of the file format");
_Static_assert(sizeof(struct gbt_tree) == 24, "part of the file format");
_Static_assert(sizeof(struct gbt_header) == 80 + 16 * GBT_SECTIONS,
	       "part of the file format");

uint32_t gbt_section_count(uint32_t version)
{
	return version == GBT_IMAGE_PLAIN ? GBT_SECTIONS_PLAIN : GBT_SECTIONS;
}

size_t gbt_header_size(uint32_t version)
{
	return offsetof(struct gbt_header, parts) +
	       gbt_section_count(version) * sizeof(struct gbt_part);
}

size_t gbt_section_width(enum gbt_section section)
{
	switch (section) {
	case GBT_SECTION_TREES:
		return sizeof(struct gbt_tree);
	case GBT_SECTION_NODES:
		return sizeof(struct gbt_node);
	case GBT_SECTION_TEXT:
		return 1;
	case GBT_SECTION_LEAF_IDS:
	case GBT_SECTION_SET_FIRST:
	case GBT_SECTION_SET_WORDS:
	case GBT_SECTION_NAMES:
	case GBT_SECTION_LEVELS:
	case GBT_SECTION_LEVEL_FIRST:
	case GBT_SECTION_CLASSES:
	case GBT_SECTION_ABOUT:
	case GBT_SECTION_LINEAR_FIRST:
	case GBT_SECTION_LINEAR_FEATURES:
	case GBT_SECTION_ADDED_FIRST:
		return sizeof(uint32_t);
	default:
		return sizeof(double);
	}
}

static uint64_t read_word(const unsigned char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static uint64_t mix(uint64_t sum, uint64_t word)
{
	sum ^= word;
	sum *= 0x9e3779b97f4a7c15U;
	return sum ^ (sum >> 29);
}

/* Four sums side by side, since one would wait for its multiplications. */
uint64_t gbt_checksum(const void *bytes, size_t size)
{
	const unsigned char *at = bytes, *end = at + size;
	uint64_t sums[4] = {1, 2, 3, 4}, sum = size;
	unsigned char rest[32] = {0};

	for (; end - at >= 32; at += 32)
		for (int i = 0; i < 4; i++)
			sums[i] =
				mix(sums[i], read_word(at + (ptrdiff_t)i * 8));
	memcpy(rest, at, (size_t)(end - at));
	for (int i = 0; i < 4; i++)
		sums[i] = mix(sums[i], read_word(rest + (ptrdiff_t)i * 8));
	for (int i = 0; i < 4; i++)
		sum = mix(sum, sums[i]);
	return sum ^ (sum >> 32);
}

uint64_t gbt_image_checksum(const void *image, size_t size)
{
	size_t from = offsetof(struct gbt_header, checksum) + sizeof(uint64_t);

	return gbt_checksum((const char *)image + from, size - from);
}
