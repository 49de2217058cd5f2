#include "lua/model_input.h"

enum { INPUT_MAX = 2 * CSV_ROW_BYTES };

int model_input_open(struct model_input *input,
		     const struct model_source *source, struct error **err)
{
	csv_init(&input->csv, source->text, source->text ? source->length : 0,
		 source->file);
	input->windowed = !source->text;
	if (!input->windowed)
		return 0;
	if (window_open(&input->window, source->file, INPUT_MAX, err) < 0)
		return -1;
	csv_release(&input->csv);
	csv_init(&input->csv, input->window.data, input->window.length,
		 source->file);
	return 0;
}

void model_input_close(struct model_input *input)
{
	csv_release(&input->csv);
	if (input->windowed)
		window_close(&input->window);
	input->windowed = false;
}

/* What a row may have changed in the reader. */
struct place {
	size_t at, columns;
	uint64_t line, next;
};

static struct place place_of(const struct csv *csv)
{
	return (struct place){csv->at, csv->columns, csv->line, csv->next};
}

/* Read on in the file, from where the row began, and let it begin again. */
static int read_more(struct model_input *input, const struct place *before,
		     struct error **err)
{
	struct csv *csv = &input->csv;

	if (window_more(&input->window, before->at, err) < 0)
		return error_wrap(err, "%s:%llu: too long a row", csv->file,
				  (unsigned long long)before->next);
	csv->text = input->window.data;
	csv->length = input->window.length;
	csv->at = 0;
	csv->columns = before->columns;
	csv->line = before->line;
	csv->next = before->next;
	return 0;
}

/* Is a row that was read, or could not be, cut off by the window's end? */
static bool is_cut_off(const struct model_input *input, int status)
{
	return input->windowed && !input->window.ended &&
	       (status < 1 || input->csv.at >= input->csv.length);
}

/* csv_next, also across the ends of the window. */
int model_input_next(struct model_input *input, struct error **err)
{
	struct place before = place_of(&input->csv);
	struct error *problem = NULL;
	int status = csv_next(&input->csv, &problem);

	while (is_cut_off(input, status)) {
		error_free(problem);
		problem = NULL;
		if (read_more(input, &before, err) < 0)
			return -1;
		before.at = 0;
		status = csv_next(&input->csv, &problem);
	}
	input->began = before.at;
	return status < 0 ? error_move(err, problem) : status;
}

/* The names are those of csv_header, whose row may be longer than a window. */
int model_input_header(struct model_input *input, char ***names, size_t *count,
		       struct error **err)
{
	struct place before = place_of(&input->csv);

	if (model_input_next(input, err) < 0)
		return -1;
	input->csv.at = input->began;
	input->csv.columns = before.columns;
	input->csv.line = before.line;
	input->csv.next = before.next;
	return csv_header(&input->csv, names, count, err);
}
