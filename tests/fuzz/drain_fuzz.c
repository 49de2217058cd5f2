/* Kept line templates: damaged bytes are refused, others are kept as they are.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/text/drain.h"
#include "tests/fuzz/fuzz.h"

/* Use what was loaded as its users do. */
static void use(struct drain *drain)
{
	struct buf first;
	struct buf again;
	struct drain *copy;

	buf_init(&first, 64 << 20);
	buf_init(&again, 64 << 20);
	drain_save(drain, &first);
	copy = drain_load(first.data, first.length, NULL);
	if (!copy)
		abort();
	drain_save(copy, &again);
	if (first.length != again.length ||
	    memcmp(first.data, again.data, first.length) != 0)
		abort();
	drain_free(copy);
	buf_release(&first);
	buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error *err = NULL;
	struct drain *drain = drain_load(data, size, &err);

	if ((drain == NULL) != (err != NULL))
		abort();
	if (drain)
		use(drain);
	drain_free(drain);
	error_free(err);
	return 0;
}
