/* model:scores(): a CSV text in, lines of predictions out, a part a time. */
#include <lauxlib.h>

#include "lua/lbuf.h"
#include "lua/lerror.h"
#include "lua/lmodel.h"
#include "lua/model_rows.h"
#include "lua/options.h"
#include "runtime/base/mem.h"
#include "runtime/learn/gbt/predict.h"
#include "runtime/text/number_text.h"

#define SCORES "tidemill.model.scores"

enum { PART_ROWS = 1024, PART_MAX = 64 << 20, VALUES_MAX = 8 << 20 };

enum want { WANT_PREDICTIONS, WANT_RAW, WANT_CONTRIBUTIONS };

/* The model is user value 1, the text 2, the options 3. */
struct scores {
	struct model_rows rows;
	struct lmodel *model; /* borrowed from user value 1 */
	enum want want;
	size_t width;             /* numbers a row of output */
	size_t part_rows;         /* at a time */
	double *inputs, *outputs; /* owned: part_rows of them */
	bool started;
};

static int l_gc(lua_State *L)
{
	struct scores *scores = luaL_checkudata(L, 1, SCORES);

	model_rows_close(&scores->rows);
	mem_free(scores->inputs);
	mem_free(scores->outputs);
	scores->inputs = scores->outputs = NULL;
	return 0;
}

/* A name in a header, in quotes if it needs them. */
static void put_name(struct buf *out, const char *name)
{
	bool plain = true;

	for (const char *at = name; *at; at++)
		if (*at == ',' || *at == '"' || *at == '\n' || *at == '\r')
			plain = false;
	if (plain) {
		buf_puts(out, name);
		return;
	}
	buf_putc(out, '"');
	for (const char *at = name; *at; at++) {
		if (*at == '"')
			buf_putc(out, '"');
		buf_putc(out, *at);
	}
	buf_putc(out, '"');
}

static void put_output(struct buf *out, const struct gbt_model *model,
		       const char *prefix, uint32_t output)
{
	if (output < model->classes.count) {
		char *name = mem_printf("%s%s", prefix,
					gbt_string(&model->classes, output));

		put_name(out, name);
		mem_free(name);
	} else {
		buf_printf(out, "%s%u", prefix, output);
	}
}

static void put_contribution_names(struct buf *out,
				   const struct gbt_model *model)
{
	for (uint32_t o = 0; o < model->outputs; o++)
		for (uint32_t f = 0; f <= model->features; f++) {
			if (o || f)
				buf_putc(out, ',');
			if (model->outputs > 1) {
				put_output(out, model, "", o);
				buf_putc(out, ':');
			}
			put_name(out, f < model->features
					      ? gbt_string(&model->names, f)
					      : "bias");
		}
}

static void put_header(struct buf *out, const struct scores *scores)
{
	const struct gbt_model *model = scores->model->model;

	if (scores->want == WANT_CONTRIBUTIONS)
		put_contribution_names(out, model);
	else if (scores->width == 1)
		buf_puts(out, "prediction");
	else
		for (uint32_t i = 0; i < scores->width; i++) {
			if (i)
				buf_putc(out, ',');
			put_output(out, model, "prediction_", i);
		}
	buf_putc(out, '\n');
}

static void put_rows(struct buf *out, const struct scores *scores, size_t count)
{
	for (size_t i = 0; i < count * scores->width; i++) {
		text_float(out, scores->outputs[i]);
		buf_putc(out, (i + 1) % scores->width ? ',' : '\n');
	}
}

static void compute(struct scores *scores, size_t count)
{
	const struct gbt_model *model = scores->model->model;

	if (scores->want == WANT_CONTRIBUTIONS) {
		for (size_t i = 0; i < count; i++)
			gbt_explain(scores->model->explainer,
				    scores->inputs + i * model->features,
				    scores->outputs + i * scores->width);
		return;
	}
	lmodel_batch(scores->model, scores->inputs, count, scores->outputs);
	if (scores->want == WANT_RAW)
		return;
	for (size_t i = 0; i < count; i++)
		gbt_transform_raw(model, scores->outputs + i * model->outputs);
	if (scores->width < model->outputs)
		for (size_t i = 0; i < count; i++)
			scores->outputs[i] =
				scores->outputs[i * model->outputs];
}

/* The next lines, nil at the end. */
static int l_next(lua_State *L)
{
	struct scores *scores = luaL_checkudata(L, 1, SCORES);
	size_t features = scores->model->model->features, count = 0;
	struct error *err = NULL;
	struct buf *out = lbuf_push(L, PART_MAX);
	int status = 1;

	while (count < scores->part_rows &&
	       (status = model_rows_next(&scores->rows,
					 scores->inputs + count * features,
					 NULL, &err)) > 0)
		count++;
	if (status < 0)
		return lerror_raise(L, err);
	if (!scores->started)
		put_header(out, scores);
	else if (!count)
		return 0;
	scores->started = true;
	compute(scores, count);
	put_rows(out, scores, count);
	if (out->full) {
		error_set(&err, ERROR_LIMIT, "the rows are too long to print");
		return lerror_raise(L, err);
	}
	lbuf_push_string(L, out);
	return 1;
}

static size_t rows_at_once(const struct gbt_model *model, size_t width)
{
	size_t widest = model->features > width ? model->features : width;
	size_t rows = VALUES_MAX / (widest + 1);

	return rows < 1 ? 1 : rows > PART_ROWS ? PART_ROWS : rows;
}

static void prepare(struct scores *scores)
{
	const struct gbt_model *model = scores->model->model;
	size_t outputs = model->outputs;

	scores->width = outputs;
	if (scores->want == WANT_CONTRIBUTIONS)
		scores->width = outputs * ((size_t)model->features + 1);
	else if (scores->want == WANT_PREDICTIONS)
		scores->width = gbt_predictions(model);
	scores->part_rows = rows_at_once(model, scores->width);
	if (outputs < scores->width)
		outputs = scores->width;
	scores->inputs = mem_array(scores->part_rows * model->features + 1,
				   sizeof(double));
	scores->outputs =
		mem_array(scores->part_rows * outputs + 1, sizeof(double));
}

int lmodel_scores(lua_State *L)
{
	static const char *const names[] = {"file", "want", "ignore", "read",
					    NULL};
	static const char *const wants[] = {"predictions", "raw",
					    "contributions", NULL};
	struct lmodel *model = lmodel_check(L, 1);
	struct model_source source;
	struct error *err = NULL;
	struct scores *scores;

	lua_settop(L, 3);
	options_check(L, 3, names, "model:scores");
	lmodel_source(L, &source);
	scores = lua_newuserdatauv(L, sizeof(*scores), 3);
	*scores = (struct scores){.model = model};
	luaL_setmetatable(L, SCORES);
	for (int i = 1; i <= 3; i++) {
		lua_pushvalue(L, i);
		lua_setiuservalue(L, 4, i);
	}
	scores->want = (enum want)options_choice(L, 3, "want", wants);
	if (scores->want == WANT_CONTRIBUTIONS)
		lmodel_explainer(L, model);
	scores->rows.model = model->model;
	if (model_rows_open(&scores->rows, &source,
			    options_text(L, 3, "ignore"), &err) < 0)
		return lerror_raise(L, err);
	prepare(scores);
	lua_pushcfunction(L, l_next);
	lua_insert(L, -2);
	return 2;
}

void lmodel_open_scores(lua_State *L)
{
	luaL_newmetatable(L, SCORES);
	lua_pushcfunction(L, l_gc);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
}
