/* The bytes of a model: header, table of sections, sections. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Numbers are part of the format: new ones go to the end. */
enum gbt_section {
	GBT_SECTION_BASE,
	GBT_SECTION_TREES,
	GBT_SECTION_NODES,
	GBT_SECTION_LEAF_VALUES,
	GBT_SECTION_LEAF_IDS,
	GBT_SECTION_LEAF_COVERS,
	GBT_SECTION_NODE_COVERS,
	GBT_SECTION_GAINS,
	GBT_SECTION_EXPECTED,
	GBT_SECTION_SET_FIRST,
	GBT_SECTION_SET_WORDS,
	GBT_SECTION_NAMES, /* offsets; the bytes are in TEXT */
	GBT_SECTION_LEVELS,
	GBT_SECTION_LEVEL_FIRST,
	GBT_SECTION_CLASSES,
	GBT_SECTION_ABOUT,
	GBT_SECTION_TEXT,
	GBT_SECTION_LINEAR_FIRST,
	GBT_SECTION_LINEAR_CONSTANTS,
	GBT_SECTION_LINEAR_FEATURES,
	GBT_SECTION_LINEAR_COEFFICIENTS,
	GBT_SECTION_CALIBRATION,
	GBT_SECTION_ADDED_FIRST, /* this and the next: of version 2 */
	GBT_SECTION_ADDED_VALUES,
	GBT_SECTIONS
};

enum {
	GBT_IMAGE_PLAIN = 1,   /* a version: without what is added */
	GBT_IMAGE_VERSION = 2, /* the last one */
	GBT_SECTIONS_PLAIN = GBT_SECTION_ADDED_FIRST,
	GBT_IMAGE_ALIGN = 64,    /* sections begin at multiples */
	GBT_IMAGE_MAX = 1 << 30, /* bytes */
	GBT_IMAGE_ORDER = 0x01020304,
	GBT_IMAGE_AVERAGE = 1, /* flags */
	GBT_IMAGE_FLOAT_SUMS = 2,
};

#define GBT_IMAGE_MAGIC "\x89TMgbt\r\n"

struct gbt_part {
	uint64_t offset; /* from the image's begin */
	uint64_t count;  /* of elements */
};

/*
 * Little-endian, as are all sections. A file of version 1 has but the first
 * GBT_SECTIONS_PLAIN parts; nothing else is different.
 */
struct gbt_header {
	char magic[8];
	uint32_t version, order;
	uint64_t size;     /* of the image */
	uint64_t checksum; /* of the bytes behind this member */
	uint32_t features, outputs;
	uint32_t objective, transform;
	double sigmoid, alpha, power;
	uint32_t flags, calibration;
	struct gbt_part parts[GBT_SECTIONS];
};

/* How many sections a header of this version has, and its bytes. */
uint32_t gbt_section_count(uint32_t version);
size_t gbt_header_size(uint32_t version);

/* Bytes of an element of the section. */
size_t gbt_section_width(enum gbt_section section);

/* A fast 64-bit sum: finds damage, keeps nobody out. */
uint64_t gbt_checksum(const void *bytes, size_t size);

/* The checksum over an image whose header is complete but for that. */
uint64_t gbt_image_checksum(const void *image, size_t size);
