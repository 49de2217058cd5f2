/* What a text is: an address, an amount of memory, a version, … */
#pragma once

#include <stddef.h>

enum config_format {
	FORMAT_EMPTY,
	FORMAT_URL,
	FORMAT_NETWORK,
	FORMAT_ADDRESS,
	FORMAT_HOST_PORT,
	FORMAT_MEMORY,
	FORMAT_CPU,
	FORMAT_DURATION,
	FORMAT_PERCENT,
	FORMAT_INTEGER,
	FORMAT_FLOAT,
	FORMAT_BOOLEAN,
	FORMAT_DATE,
	FORMAT_TIME,
	FORMAT_VERSION,
	FORMAT_CRON,
	FORMAT_EMAIL,
	FORMAT_UUID,
	FORMAT_HEX,
	FORMAT_IMAGE,
	FORMAT_PATH,
	FORMAT_HOST,
	FORMAT_LIST,
	FORMAT_UPPER,
	FORMAT_WORD,
	FORMAT_TEXT, /* several lines, or long */
	FORMAT_OTHER,
	FORMAT_NULL,
	FORMAT_CONTAINER,
	FORMAT_COUNT
};

enum { FORMAT_TEXT_LENGTH = 300 };

enum config_format format_of(const char *text, size_t length);
/* "a URL", "an amount of memory": for sentences. */
const char *format_name(enum config_format format);
