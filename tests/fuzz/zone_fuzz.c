/* Time zones: spans hold the time that was asked for, and cron gets on. */
#include <stdlib.h>

#include "runtime/text/cron.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zone *zone = zone_new(data, size, NULL);
	struct cron cron;
	int64_t at = 0;

	if (!zone)
		return 0;
	for (int64_t second = -4000000000; second < 8000000000;
	     second += 123456789) {
		struct zone_span span = zone_span(zone, second);

		if (span.start > second || span.end <= second)
			abort();
	}
	cron_parse(&cron, "30 2 * * *", NULL);
	for (int i = 0; i < 100 && at != CRON_NEVER; i++) {
		int64_t next = cron_next(&cron, zone, at);

		if (next != CRON_NEVER && next <= at)
			abort();
		at = next;
	}
	zone_free(zone);
	return 0;
}
