/* Models of other libraries: scores, predictions, leaves, contributions. */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/learn/gbt/explain.h"
#include "runtime/learn/gbt/fast.h"
#include "runtime/learn/gbt/lightgbm.h"
#include "runtime/learn/gbt/predict.h"
#include "runtime/learn/gbt/vector.h"
#include "runtime/learn/gbt/xgboost.h"

enum { FILE_MAX = 64 << 20 };

struct table {
	struct gbt_vector numbers; /* double */
	size_t rows, columns;
};

static char *read_file(const char *path)
{
	struct buf text;
	struct error *err = NULL;

	buf_init(&text, FILE_MAX);
	if (file_read(path, &text, &err) < 0)
		fail_msg("%s", err->message);
	return buf_take(&text);
}

/* Numbers between commas; an empty field is NaN. */
static struct table read_table(const char *path, bool header)
{
	struct table table = {0};
	char *text = read_file(path), *at = text;

	if (header)
		at = strchr(at, '\n') + 1;
	while (*at) {
		char *end = at;
		double number = *at == ',' || *at == '\r' || *at == '\n'
					? (double)NAN
					: strtod(at, &end);

		gbt_push(&table.numbers, &number, sizeof(number));
		at = end + (*end == '\r');
		table.rows += *at == '\n';
		at += *at != '\0';
	}
	assert_true(table.rows > 0);
	table.columns = table.numbers.count / (table.rows ? table.rows : 1);
	mem_free(text);
	return table;
}

static struct gbt_model *read_model(const char *path)
{
	char *text = read_file(path);
	size_t length = strlen(text);
	struct error *err = NULL;
	struct gbt_model *model =
		strstr(path, ".json")
			? gbt_xgboost_read(text, length, path, &err)
			: gbt_lightgbm_read(text, length, path, &err);

	if (!model)
		fail_msg("%s: %s", err->message,
			 err->cause ? err->cause->message : "");
	mem_free(text);
	return model;
}

struct worst {
	double raw, predicted, contribution;
	size_t leaves;
};

static double differ(const double *got, const double *wanted, size_t count)
{
	double worst = 0;

	for (size_t i = 0; i < count; i++) {
		double by = fabs(got[i] - wanted[i]) / fmax(1, fabs(wanted[i]));

		if (!(by <= worst))
			worst = by;
	}
	return worst;
}

/* By the largest: what others give are sums of floats, ours are not. */
static double differ_in_all(const double *got, const double *wanted,
			    size_t count)
{
	double worst = 0, most = 1;

	for (size_t i = 0; i < count; i++)
		most = fmax(most, fabs(wanted[i]));
	for (size_t i = 0; i < count; i++)
		if (!(fabs(got[i] - wanted[i]) / most <= worst))
			worst = fabs(got[i] - wanted[i]) / most;
	return worst;
}

static void check_row(const struct gbt_model *model,
		      struct gbt_explainer *explainer, const double *row,
		      const double *wanted, struct worst *worst)
{
	size_t outputs = model->outputs;
	size_t width = outputs * ((size_t)model->features + 1);
	double *got = mem_array(width, sizeof(*got));
	uint32_t *leaves = mem_array(model->tree_count, sizeof(*leaves));

	gbt_raw(model, row, got);
	worst->raw = fmax(worst->raw, differ(got, wanted, outputs));
	wanted += outputs;
	gbt_predict(model, row, got);
	worst->predicted = fmax(worst->predicted, differ(got, wanted, outputs));
	wanted += outputs;
	gbt_leaves(model, row, leaves);
	for (uint32_t i = 0; i < model->tree_count; i++)
		worst->leaves += leaves[i] != wanted[i];
	wanted += model->tree_count;
	if (explainer) {
		gbt_explain(explainer, row, got);
		worst->contribution = fmax(worst->contribution,
					   differ_in_all(got, wanted, width));
	}
	mem_free(got);
	mem_free(leaves);
}

/* Each fast way gives the plain walk's bits, for any number of rows. */
static void check_fast(const struct gbt_model *model, const struct table *table)
{
	const double *rows = table->numbers.data;
	size_t count = table->rows, width = model->outputs;
	double *wanted = mem_array(count * width, sizeof(*wanted));
	double *got = mem_array(count * width, sizeof(*got));

	for (size_t i = 0; i < count; i++)
		gbt_raw(model, rows + i * model->features, wanted + i * width);
	for (int way = 0; way <= (int)gbt_fast_best(); way++) {
		struct gbt_fast *fast =
			gbt_fast_new_for(model, (enum gbt_fast_way)way);
		static const size_t counts[] = {1, 5, 32, 33, SIZE_MAX};

		for (size_t k = 0; k < 5; k++) {
			size_t some = counts[k] < count ? counts[k] : count;

			memset(got, 0, count * width * sizeof(*got));
			gbt_fast_batch(fast, rows, some, got);
			assert_memory_equal(got, wanted,
					    some * width * sizeof(*got));
		}
		for (size_t i = 0; i < count; i++) {
			gbt_fast_raw(fast, rows + i * model->features, got);
			assert_memory_equal(got, wanted + i * width,
					    width * sizeof(*got));
		}
		gbt_fast_free(fast);
	}
	mem_free(wanted);
	mem_free(got);
}

/* The same of rows that are nothing but hard to tell. */
static void check_odd_rows(const struct gbt_model *model)
{
	static const double odd[] = {NAN,    INFINITY, -INFINITY, 0,
				     -0.0,   1e-36,    -1e-36,    1e300,
				     -1e300, 0.999999, 3,         16777216};
	size_t count = 70, kinds = sizeof(odd) / sizeof(*odd);
	struct table table = {.rows = count, .columns = model->features};
	uint32_t random = 1;

	for (size_t i = 0; i < count * model->features; i++) {
		random = random * 1664525 + 1013904223;
		gbt_push(&table.numbers, &odd[(random >> 16) % kinds],
			 sizeof(*odd));
	}
	check_fast(model, &table);
	gbt_vector_release(&table.numbers);
}

static int failed(const char *name, const struct worst *worst)
{
	if (worst->raw <= 1e-6 && worst->predicted <= 1e-6 && !worst->leaves &&
	    worst->contribution <= 1e-6)
		return 0;
	print_error("%s: raw %g predicted %g wrong leaves %zu contributions"
		    " %g\n",
		    name, worst->raw, worst->predicted, worst->leaves,
		    worst->contribution);
	return 1;
}

/* NAME.lgb.txt or NAME.xgb.json beside NAME.….out.csv. */
static int check_case(const char *dir, const char *name)
{
	bool json = strstr(name, ".json") != NULL;
	size_t stem = strlen(name) - (json ? 5 : 4);
	size_t base = strcspn(name, ".");
	char *model_path = mem_printf("%s/%s", dir, name);
	char *out = mem_printf("%s/%.*s.out.csv", dir, (int)stem, name);
	char *in = mem_printf("%s/%.*s.%s.csv", dir, (int)base, name,
			      json ? "xin" : "lin");
	struct table rows = read_table(in, true);
	struct table wanted = read_table(out, false);
	const double *expected = wanted.numbers.data;
	struct gbt_model *model = read_model(model_path);
	struct gbt_explainer *explainer = gbt_explainer_new(model, NULL);
	struct worst worst = {0};
	int status;

	assert_int_equal(rows.columns, model->features);
	for (size_t i = 0; expected && i < rows.rows; i++)
		check_row(model, explainer,
			  (double *)rows.numbers.data + i * rows.columns,
			  expected + i * wanted.columns, &worst);
	status = failed(name, &worst);
	check_fast(model, &rows);
	check_odd_rows(model);
	gbt_explainer_free(explainer);
	gbt_model_free(model);
	gbt_vector_release(&rows.numbers);
	gbt_vector_release(&wanted.numbers);
	mem_free(model_path);
	mem_free(out);
	mem_free(in);
	return status;
}

static bool is_model(const char *name)
{
	size_t length = strlen(name);

	return (length > 8 && strcmp(name + length - 8, ".lgb.txt") == 0) ||
	       (length > 5 && strcmp(name + length - 5, ".json") == 0);
}

/* How many cases there were; fails unless all agree. */
static int check_dir(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int cases = 0, wrong = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		if (is_model(entry->d_name)) {
			cases++;
			wrong += check_case(path, entry->d_name);
		}
	closedir(dir);
	assert_int_equal(wrong, 0);
	return cases;
}

static void models_of_other_libraries_agree(void **state)
{
	(void)state;
	assert_true(check_dir("tests/data/gbt") > 0);
}

static void all_parity_cases_agree(void **state)
{
	const char *data = getenv("TIDEMILL_DATA");
	char *path =
		mem_printf("%s/gbt/parity", data ? data : "../shared/data");
	int cases = check_dir(path);

	(void)state;
	mem_free(path);
	if (!cases)
		skip(); /* no data */
	assert_int_equal(cases, 41);
}

static const char circle[] =
	"tree\nnum_tree_per_iteration=1\nmax_feature_idx=0\n\n"
	"Tree=0\nnum_leaves=2\nsplit_feature=0\nthreshold=1\n"
	"decision_type=2\nleft_child=0\nright_child=-1\n"
	"leaf_value=1 2\nend of trees\n";

static void any_bytes_are_an_error(void **state)
{
	static const char *const texts[] = {
		"", "tree\n", "{", "{}", "[]", "{\"learner\":{}}", circle,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct error *err = NULL;

		assert_null(gbt_lightgbm_read(texts[i], strlen(texts[i]), "f",
					      &err));
		assert_non_null(err);
		error_free(err);
		err = NULL;
		assert_null(gbt_xgboost_read(texts[i], strlen(texts[i]), "f",
					     &err));
		assert_non_null(err);
		error_free(err);
	}
}

/* Written as LightGBM's text and read again, it says the same. */
static void check_rewritten(const char *name, const char *inputs)
{
	struct gbt_model *model = read_model(name), *again;
	struct table rows = read_table(inputs, true);
	double got[16], wanted[16];
	struct error *err = NULL;
	struct buf text;

	buf_init(&text, FILE_MAX);
	if (gbt_lightgbm_write(model, &text, &err) < 0)
		fail_msg("%s", err->message);
	again = gbt_lightgbm_read(text.data, text.length, "again", &err);
	if (!again)
		fail_msg("%s", err->message);
	for (size_t i = 0; i < rows.rows; i++) {
		const double *row =
			(double *)rows.numbers.data + i * rows.columns;

		gbt_predict(model, row, wanted);
		gbt_predict(again, row, got);
		/* Ours are sums of doubles, XGBoost's of floats. */
		if (differ(got, wanted, model->outputs) >
		    (model->float_sums ? 1e-5 : 1e-9))
			fail_msg("%s: row %zu: %g, expected %g", name, i,
				 got[0], wanted[0]);
	}
	gbt_vector_release(&rows.numbers);
	gbt_model_free(model);
	gbt_model_free(again);
	buf_release(&text);
}

static void what_is_written_for_lightgbm_says_the_same(void **state)
{
	(void)state;
	check_rewritten("tests/data/gbt/mixed_ova.lgb.txt",
			"tests/data/gbt/mixed_ova.lin.csv");
	check_rewritten("tests/data/gbt/mixed_rf.lgb.txt",
			"tests/data/gbt/mixed_rf.lin.csv");
	check_rewritten("tests/data/gbt/mixed_linear.lgb.txt",
			"tests/data/gbt/mixed_linear.lin.csv");
	check_rewritten("tests/data/gbt/mixed_dart.xgb.json",
			"tests/data/gbt/mixed_dart.xin.csv");
	check_rewritten("tests/data/gbt/mixed_tweedie.xgb.json",
			"tests/data/gbt/mixed_tweedie.xin.csv");
}

static void an_image_is_a_model_and_damage_is_seen(void **state)
{
	struct gbt_model *model = read_model("tests/data/gbt/"
					     "mixed_ova.lgb.txt");
	size_t size = model->image_size;
	char *copy = mem_copy_n(model->image, size);
	struct gbt_model *again = gbt_model_open(copy, size, NULL);

	(void)state;
	assert_non_null(again);
	assert_int_equal(again->tree_count, model->tree_count);
	gbt_model_free(again);
	for (size_t i = 0; i < size; i += 997) {
		copy[i] ^= 1;
		assert_null(gbt_model_open(copy, size, NULL));
		copy[i] ^= 1;
	}
	for (size_t i = 0; i < size; i += 4999)
		assert_null(gbt_model_open(copy, i, NULL));
	mem_free(copy);
	gbt_model_free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(models_of_other_libraries_agree),
		cmocka_unit_test(all_parity_cases_agree),
		cmocka_unit_test(any_bytes_are_an_error),
		cmocka_unit_test(what_is_written_for_lightgbm_says_the_same),
		cmocka_unit_test(an_image_is_a_model_and_damage_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
