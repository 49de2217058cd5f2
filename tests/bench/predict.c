/*
 * How long predictions take: predict MODEL.json DATA.csv. Prints a line for
 * each way, "WHAT NANOSECONDS" of CPU a row, the best of five; fails unless
 * all give the same bits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/learn/gbt/explain.h"
#include "runtime/learn/gbt/fast.h"
#include "runtime/learn/gbt/predict.h"
#include "runtime/learn/gbt/xgboost.h"

enum { FILE_MAX = 1 << 30, ROUNDS = 5, EXPLAINED = 1000 };

struct bench {
	struct gbt_model *model;
	double *rows, *wanted, *got;
	size_t count;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static char *read_file(const char *path)
{
	struct error *err = NULL;
	struct buf text;

	buf_init(&text, FILE_MAX);
	if (file_read(path, &text, &err) < 0) {
		fprintf(stderr, "predict: %s\n", err->message);
		exit(1);
	}
	return buf_take(&text);
}

static void read_rows(struct bench *bench, const char *path)
{
	char *text = read_file(path), *at = strchr(text, '\n');
	size_t lines = 0, width = bench->model->features;

	for (const char *line = at; line && line[1];
	     line = strchr(line + 1, '\n'))
		lines++;
	bench->count = lines;
	bench->rows = mem_array(lines * width + 1, sizeof(double));
	bench->wanted = mem_array(lines + 1, sizeof(double));
	bench->got = mem_array(lines + 1, sizeof(double));
	for (size_t i = 0; i < lines * width; i++)
		bench->rows[i] = strtod(at + 1, &at);
	mem_free(text);
}

static const double *row(const struct bench *bench, size_t i)
{
	return bench->rows + i * bench->model->features;
}

static void report(const char *what, const char *way, double best, size_t count)
{
	printf("%s%s %.0f\n", what, way, best / (double)count);
}

static void check(const struct bench *bench, const char *what)
{
	if (memcmp(bench->got, bench->wanted, bench->count * sizeof(double)) ==
	    0)
		return;
	fprintf(stderr, "predict: %s differs from the plain walk\n", what);
	exit(1);
}

static void measure_plain(struct bench *bench)
{
	double best = 1e300;

	for (int round = 0; round < ROUNDS; round++) {
		double start = now();

		for (size_t i = 0; i < bench->count; i++)
			gbt_raw(bench->model, row(bench, i), &bench->wanted[i]);
		if (now() - start < best)
			best = now() - start;
	}
	report("plain", "", best, bench->count);
}

static void measure_way(struct bench *bench, enum gbt_fast_way way)
{
	struct gbt_fast *fast = gbt_fast_new_for(bench->model, way);
	double one = 1e300, many = 1e300;

	for (int round = 0; round < ROUNDS; round++) {
		double start = now(), middle;

		for (size_t i = 0; i < bench->count; i++)
			gbt_fast_raw(fast, row(bench, i), &bench->got[i]);
		middle = now();
		check(bench, "one row");
		if (middle - start < one)
			one = middle - start;
		start = now();
		gbt_fast_batch(fast, bench->rows, bench->count, bench->got);
		middle = now();
		check(bench, "a batch");
		if (middle - start < many)
			many = middle - start;
	}
	report("row-", gbt_fast_way_name(way), one, bench->count);
	report("batch-", gbt_fast_way_name(way), many, bench->count);
	gbt_fast_free(fast);
}

static void measure_contributions(const struct bench *bench)
{
	struct gbt_explainer *explainer = gbt_explainer_new(bench->model, NULL);
	double *out = mem_array(bench->model->features + 1UL, sizeof(*out));
	double best = 1e300;

	for (int round = 0; round < ROUNDS; round++) {
		double start = now();

		for (size_t i = 0; i < EXPLAINED; i++)
			gbt_explain(explainer, row(bench, i % bench->count),
				    out);
		if (now() - start < best)
			best = now() - start;
	}
	report("contributions", "", best, EXPLAINED);
	gbt_explainer_free(explainer);
	mem_free(out);
}

int main(int argc, char **argv)
{
	struct bench bench = {0};
	struct error *err = NULL;
	char *text;

	if (argc != 3) {
		fprintf(stderr, "usage: predict MODEL.json DATA.csv\n");
		return 2;
	}
	text = read_file(argv[1]);
	bench.model = gbt_xgboost_read(text, strlen(text), argv[1], &err);
	mem_free(text);
	if (!bench.model || bench.model->outputs != 1) {
		fprintf(stderr, "predict: %s\n",
			err ? err->message : "expected one output");
		return 1;
	}
	read_rows(&bench, argv[2]);
	measure_plain(&bench);
	for (int way = 0; way <= (int)gbt_fast_best(); way++)
		measure_way(&bench, (enum gbt_fast_way)way);
	measure_contributions(&bench);
	mem_free(bench.rows);
	mem_free(bench.wanted);
	mem_free(bench.got);
	gbt_model_free(bench.model);
	return 0;
}
