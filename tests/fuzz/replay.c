/* Runs a fuzz target on files: what libFuzzer found once stays fixed. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

enum { INPUT_MAX = 1 << 20 };

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		uint8_t *bytes = malloc(INPUT_MAX);
		uint8_t *exact;
		size_t size;

		if (!file || !bytes)
			abort();
		size = fread(bytes, 1, INPUT_MAX, file);
		fclose(file);
		/* An allocation of its size shows reads behind the end. */
		exact = realloc(bytes, size ? size : 1);
		LLVMFuzzerTestOneInput(exact, size);
		free(exact);
	}
	return 0;
}
