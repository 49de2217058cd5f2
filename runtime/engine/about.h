/* What the program is made of. */
#pragma once

struct about_library {
	const char *name, *version;
};

/* The libraries inside, and their versions; the last has a NULL name. */
extern const struct about_library about_libraries[];
