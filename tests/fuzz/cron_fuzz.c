/* Cron: the next time is later, and what is described is not empty. */
#include <stdlib.h>

#include "runtime/base/mem.h"
#include "runtime/text/cron.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *expr = mem_copy_n((const char *)data, size);
	struct cron cron;
	struct buf sentence;
	int64_t at = 1774699200000;

	if (cron_parse(&cron, expr, NULL) == 0) {
		for (int i = 0; i < 3 && at != CRON_NEVER; i++) {
			int64_t next = cron_next(&cron, NULL, at);

			if (next != CRON_NEVER && (next <= at || next % 60000))
				abort();
			at = next;
		}
		buf_init(&sentence, 8192);
		cron_describe(&cron, &sentence);
		if (!sentence.length || sentence.full)
			abort();
		buf_release(&sentence);
	}
	mem_free(expr);
	return 0;
}
