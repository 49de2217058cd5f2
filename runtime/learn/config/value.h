/* One value of a configuration, and what can be seen of it alone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/learn/config/format.h"

enum config_kind {
	CONFIG_NULL,
	CONFIG_BOOLEAN,
	CONFIG_INTEGER,
	CONFIG_FLOAT,
	CONFIG_STRING,
	CONFIG_CONTAINER, /* an empty list or map: others are their values */
};

enum { VALUE_WORDS = 24, VALUE_UNIT = 8 };

/* Words of three letters and more, in small letters, by their hashes. */
struct config_value {
	enum config_kind kind;
	enum config_format format;
	const char *text; /* borrowed from who made it; as JSON has it */
	size_t length;
	bool numeric; /* "500m" too */
	double number;
	char unit[VALUE_UNIT];
	uint64_t hash;   /* of kind and text */
	uint64_t same;   /* of the text alone: true and "true" are alike */
	uint64_t shape;  /* letters, capitals and digits collapsed */
	uint64_t coarse; /* only the punctuation */
	uint64_t unit_hash;
	uint64_t normal;     /* as `same`, words of environments taken out */
	uint64_t aliases;    /* which of them were in it */
	unsigned char words; /* of `word` */
	struct {
		uint16_t start, length;
	} word[VALUE_WORDS];
};

/* `normal` and `aliases` are alias.h's to fill. */
void config_value_read(struct config_value *value, enum config_kind kind,
		       const char *text, size_t length);
/* The number in bytes, cores or seconds; without a known unit as it is. */
double config_value_amount(const struct config_value *value);
