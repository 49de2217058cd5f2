/* CSV: every row has as many fields as the first, within its limits. */
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/csv.h"
#include "tests/fuzz/fuzz.h"

static void check_row(const struct csv *csv, size_t columns)
{
	if (csv->count == 0 || (columns > 0 && csv->count != columns))
		abort();
	for (size_t i = 0; i < csv->count; i++) {
		const struct csv_field *field = &csv->fields[i];
		double number;

		/* each byte is there to be read */
		if (field->length > 0 &&
		    memchr(field->data, '\n', field->length) && !field->quoted)
			abort();
		csv_number(field, &number);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error *err = NULL;
	struct csv csv;
	size_t columns = 0;
	uint64_t line = 0;
	int more;

	csv_init(&csv, (const char *)data, size, "f");
	if (size > 0 && data[0] == ';')
		csv.separator = ';';
	while ((more = csv_next(&csv, &err)) > 0) {
		check_row(&csv, columns);
		columns = csv.count;
		if (csv.line <= line)
			abort();
		line = csv.line;
	}
	if ((more < 0) != (err != NULL))
		abort();
	error_free(err);
	csv_release(&csv);
	return 0;
}
