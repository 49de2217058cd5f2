#include "runtime/learn/config/value.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/learn/config/hash.h"

enum { LOOKED_AT = 200, WORD_LEAST = 3, WORDS_WITHIN = 300, DIGITS_MAX = 15 };

static void read_number(struct config_value *value)
{
	const char *at = value->text, *end = at + value->length;
	char copy[DIGITS_MAX + 2];
	size_t length = 0;

	if (value->kind == CONFIG_BOOLEAN || value->kind == CONFIG_NULL ||
	    value->length > DIGITS_MAX + VALUE_UNIT)
		return;
	if (at < end && *at == '-')
		copy[length++] = *at++;
	while (at < end && (isdigit((unsigned char)*at) || *at == '.') &&
	       length <= DIGITS_MAX)
		copy[length++] = *at++;
	copy[length] = '\0';
	if (length == 0 || !isdigit((unsigned char)copy[length - 1]) ||
	    strchr(copy, '.') != strrchr(copy, '.'))
		return;
	while (at < end && *at == ' ')
		at++;
	if (end - at >= VALUE_UNIT)
		return;
	for (const char *c = at; c < end; c++)
		if (!isalpha((unsigned char)*c) && *c != '%')
			return;
	memcpy(value->unit, at, (size_t)(end - at));
	value->numeric = true;
	value->number = strtod(copy, NULL);
	value->unit_hash = hash_bytes(at, (size_t)(end - at));
}

static char class_of(unsigned char c)
{
	if (isupper(c))
		return 'A';
	if (islower(c) || c >= 0x80)
		return 'a';
	return isdigit(c) ? '0' : (char)c;
}

/* "kafka-main2009.eqiad" is "w-w.a", and coarse "w-w.w". */
static void read_shape(struct config_value *value)
{
	char shape[LOOKED_AT], coarse[LOOKED_AT];
	size_t length = 0, words = 0;
	bool mixed = false;

	for (size_t i = 0; i < value->length && i < LOOKED_AT; i++) {
		char class = class_of((unsigned char)value->text[i]);
		bool letter = class == 'A' || class == 'a' || class == '0';
		bool goes_on = words > 0 && coarse[words - 1] == 'w';

		if (!letter) {
			shape[length++] = coarse[words++] = class;
			mixed = false;
			continue;
		}
		if (!goes_on) {
			coarse[words++] = 'w';
			shape[length++] = class;
			mixed = false;
		} else if (!mixed && shape[length - 1] != class) {
			shape[length - 1] = 'w';
			mixed = true;
		}
	}
	value->shape = hash_bytes(shape, length);
	value->coarse = hash_bytes(coarse, words);
}

static void read_words(struct config_value *value)
{
	size_t i = 0;

	if (value->length > WORDS_WITHIN)
		return;
	while (i < value->length && value->words < VALUE_WORDS) {
		size_t start = i;

		while (i < value->length &&
		       isalpha((unsigned char)value->text[i]))
			i++;
		if (i - start >= WORD_LEAST) {
			value->word[value->words].start = (uint16_t)start;
			value->word[value->words].length =
				(uint16_t)(i - start);
			value->words++;
		}
		i += i == start;
	}
}

static enum config_format format_by_kind(const struct config_value *value)
{
	switch (value->kind) {
	case CONFIG_NULL:
		return FORMAT_NULL;
	case CONFIG_BOOLEAN:
		return FORMAT_BOOLEAN;
	case CONFIG_INTEGER:
		return FORMAT_INTEGER;
	case CONFIG_FLOAT:
		return FORMAT_FLOAT;
	case CONFIG_CONTAINER:
		return FORMAT_CONTAINER;
	case CONFIG_STRING:
		break;
	}
	return format_of(value->text, value->length);
}

void config_value_read(struct config_value *value, enum config_kind kind,
		       const char *text, size_t length)
{
	*value = (struct config_value){
		.kind = kind,
		.text = text,
		.length = length,
		.same = hash_bytes(text, length),
	};
	value->hash = hash_of(kind, value->same, 0);
	value->format = format_by_kind(value);
	read_number(value);
	read_shape(value);
	if (kind == CONFIG_STRING)
		read_words(value);
}

double config_value_amount(const struct config_value *value)
{
	static const struct {
		const char *unit;
		double factor;
	} units[] = {
		{"Ki", 1024.0},  {"Mi", 1048576.0}, {"Gi", 1073741824.0},
		{"Ti", 0x1p40},  {"k", 1e3},        {"K", 1e3},
		{"M", 1e6},      {"G", 1e9},        {"T", 1e12},
		{"KiB", 1024.0}, {"MiB", 0x1p20},   {"GiB", 0x1p30},
		{"MB", 1e6},     {"GB", 1e9},       {"m", 1e-3},
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (strcmp(units[i].unit, value->unit) == 0)
			return value->number * units[i].factor;
	return value->number;
}
