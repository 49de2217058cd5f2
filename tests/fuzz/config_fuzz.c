/* The scan of configuration: whatever is learned, looking changes nothing. */
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/config/hash.h"
#include "runtime/learn/config/reason.h"
#include "runtime/learn/config/scan.h"
#include "tests/fuzz/fuzz.h"

enum { CHANGES = 64, REASON = 1024 };

/* Lines are changes: a letter for what, one for where, "PATH=VALUE". */
static size_t read_changes(struct config_change *changes, const char *text,
			   size_t length)
{
	const char *end = text + length;
	size_t count = 0;

	while (text < end && count < CHANGES) {
		const char *line = memchr(text, '\n', (size_t)(end - text));
		const char *stop = line ? line : end;
		const char *equal = memchr(text, '=', (size_t)(stop - text));
		struct config_change *change = &changes[count];

		*change = (struct config_change){0};
		if (stop - text > 2) {
			change->kind = (unsigned char)text[0] % 6;
			change->removed = text[0] == '-';
			change->environment = (unsigned char)text[1] % 3;
			change->path = text + 2;
			change->path_length =
				(size_t)((equal && equal > text + 2 ? equal
								    : stop) -
					 change->path);
			change->text = equal ? equal + 1 : stop;
			change->length = (size_t)(stop - change->text);
			count += change->text <= stop;
		}
		text = stop + 1;
	}
	return count;
}

static void explain(const struct config_scan *scan,
		    const struct config_rows *rows)
{
	double shares[CONFIG_FEATURES];
	struct buf text;

	for (int i = 0; i < CONFIG_FEATURES; i++)
		shares[i] = i % 7 - 2;
	for (size_t i = 0; i < rows->count; i++) {
		buf_init(&text, REASON);
		buf_putc(&text, ' ');
		config_reason(scan, &rows->list[i], shares, &text);
		buf_release(&text);
	}
}

static uint64_t hash_rows(const struct config_rows *rows)
{
	uint64_t hash = rows->count;

	for (size_t i = 0; i < rows->count; i++)
		hash = hash_of(1, hash,
			       hash_bytes((const char *)rows->list[i].features,
					  sizeof(rows->list[i].features)));
	return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"dev", "staging", "prod"};
	struct config_change changes[CHANGES];
	struct config_world world = {0};
	struct config_scan *scan = config_scan_new(&world);
	struct config_rows first = {0}, second = {0}, all = {0};
	size_t half = size / 2, count;

	config_world_read(&world, data, size, NULL);
	for (int i = 0; i < 3; i++)
		config_scan_environment(scan, names[i], NULL);
	count = read_changes(changes, (const char *)data, half);
	config_scan_learn(scan, changes, count, NULL);
	count = read_changes(changes, (const char *)data + half, size - half);
	config_scan_review(scan, changes, count, &first, NULL);
	config_scan_review(scan, changes, count, &second, NULL);
	config_scan_audit(scan, &all);
	explain(scan, &first);
	explain(scan, &all);
	second.count = second.count > first.count ? 0 : second.count;
	if (hash_rows(&first) != hash_rows(&second))
		__builtin_trap();
	mem_free(first.list);
	mem_free(second.list);
	mem_free(all.list);
	config_scan_free(scan);
	config_world_release(&world);
	return 0;
}
