/* Refs: any bytes in packed-refs, a loose ref and HEAD are read or refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/git/refs.h"
#include "tests/fuzz/fuzz.h"

static char dir[64];

static void put(const char *name, const uint8_t *data, size_t size)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "wb");
	if (!file || fwrite(data, 1, size, file) != size)
		abort();
	fclose(file);
}

static void remove_dir(void)
{
	static const char *const names[] = {"/packed-refs",
					    "/HEAD",
					    "/refs/heads/x",
					    "/refs/heads",
					    "/refs",
					    "/objects",
					    ""};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s%s", dir, names[i]);
		remove(path);
	}
}

static void make_dir(void)
{
	static const char *const names[] = {"/objects", "/refs", "/refs/heads"};

	snprintf(dir, sizeof(dir), "/tmp/refs-fuzz-XXXXXX");
	if (!mkdtemp(dir))
		abort();
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s%s", dir, names[i]);
		mkdir(path, 0700);
	}
	atexit(remove_dir);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct refs refs;

	if (!*dir)
		make_dir();
	put("packed-refs", data, size);
	put("refs/heads/x", data, size);
	put("HEAD", data, size);
	if (refs_read(dir, REFS_ALL, &refs, NULL) != 0)
		return 0;
	for (size_t i = 0; i < refs.count; i++) {
		if (strlen(refs.items[i].oid) != OID_HEX)
			abort();
		if (i > 0 &&
		    strcmp(refs.items[i - 1].name, refs.items[i].name) >= 0)
			abort();
	}
	refs_nearest(&refs, "main");
	refs_default(&refs);
	refs_release(&refs);
	return 0;
}
