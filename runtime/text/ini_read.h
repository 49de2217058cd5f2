/* Reading INI files. */
#pragma once

#include "runtime/text/document.h"

/*
 * The dialect, since INI has no standard:
 *
 *	; a comment, or #; also after a value with a blank before it
 *	key = value                a value without quotes, trimmed
 *	key: value                 the same
 *	[section]                  a dict of its own
 *	quoted = " a ; \"b\"\n"    \\ \" \n \t \r \0 and \xHH
 *	plain = 'as it is'
 *	long = one \               a backslash at the end of a line goes on
 *	    two                    in the next: "one two"
 *	flag                       a key without value: an error, or true
 *
 * All values are strings. A section that comes twice goes on.
 */
enum ini_duplicates {
	INI_REFUSE, /* a key that comes twice is an error */
	INI_FIRST,  /* the first one counts */
	INI_LAST,
	INI_ALL, /* a list of all when there is more than one */
};

struct ini_options {
	enum ini_duplicates duplicates;
	bool flags; /* keys without value are true */
	bool lower; /* sections and keys in lower case (ASCII) */
};

/*
 * Read a text into a dict of the keys before the first section, and a dict for
 * each section. ERROR_INVALID with the place.
 */
int ini_read(const struct document *document, const struct ini_options *options,
	     struct arena *arena, struct value *value, struct error **err);
