#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "runtime/git/features.h"

static const char heads[] = "commit,author_time,commit_time,ns,nd,nf,entropy,"
			    "la,ld,lt,fix,ndev,age,nuc,exp,rexp,sexp,"
			    "name,email,subject\n";

/* Rounded, without zeros at the end but for the first digit: "0.0", "69.67". */
static void put_number(struct buf *csv, double value, int digits)
{
	char text[64];
	int length = snprintf(text, sizeof(text), ",%.*f", digits, value);

	while (length > 2 && text[length - 1] == '0' && text[length - 2] != '.')
		length--;
	buf_append(csv, text, (size_t)length);
}

static void put_text(struct buf *csv, const char *text)
{
	buf_putc(csv, ',');
	if (!strpbrk(text, ",\"\r\n")) {
		buf_puts(csv, text);
		return;
	}
	buf_putc(csv, '"');
	for (; *text; text++) {
		if (*text == '"')
			buf_putc(csv, '"');
		buf_putc(csv, *text);
	}
	buf_putc(csv, '"');
}

static void put_row(const struct history *history,
		    const struct feature_row *row, struct buf *csv)
{
	const struct revision *revision = &history->revisions[row->revision];
	char oid[OID_HEX + 1];

	history_hex(revision, oid);
	buf_printf(csv, "%s,%" PRId64 ",%" PRId64 ",%u,%u,%u", oid,
		   revision->author_time, revision->commit_time, row->ns,
		   row->nd, row->nf);
	put_number(csv, row->entropy, 5);
	buf_printf(csv, ",%" PRIu64 ",%" PRIu64, row->la, row->ld);
	put_number(csv, row->lt, 2);
	buf_printf(csv, ",%d,%u", row->fix, row->ndev);
	put_number(csv, row->age, 4);
	buf_printf(csv, ",%u,%u", row->nuc, row->exp);
	put_number(csv, row->rexp, 4);
	buf_printf(csv, ",%u", row->sexp);
	put_text(csv, history_name(history, revision->name));
	put_text(csv, history_name(history, revision->email));
	put_text(csv, history_name(history, revision->subject));
	buf_putc(csv, '\n');
}

int features_csv(const struct features *features, struct buf *csv)
{
	buf_puts(csv, heads);
	for (uint32_t i = 0; i < features->count && !csv->full; i++)
		put_row(&features->history, &features->rows[i], csv);
	return csv->full ? -1 : 0;
}
