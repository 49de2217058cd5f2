/* model_train.cross(): how good models are on rows they did not see. */
#include <lauxlib.h>

#include "lua/lerror.h"
#include "lua/lmodel.h"
#include "lua/model_training.h"
#include "lua/options.h"
#include "runtime/base/mem.h"
#include "runtime/learn/gbt/metrics.h"
#include "runtime/learn/gbt/predict.h"
#include "runtime/learn/gbt/vector.h"
#include "runtime/learn/linear/forest.h"

#define CROSSING "tidemill.model_train.crossing"

enum { FOLDS = 5 };

struct crossing {
	struct folds folds;
	uint32_t *rows;                         /* owned */
	struct gbt_table *part;                 /* owned: of one fold */
	struct gbt_vector truth, score, weight; /* double, of all folds */
};

static int l_gc(lua_State *L)
{
	struct crossing *crossing = luaL_checkudata(L, 1, CROSSING);

	folds_release(&crossing->folds);
	forest_table_free(crossing->part);
	mem_free(crossing->rows);
	gbt_vector_release(&crossing->truth);
	gbt_vector_release(&crossing->score);
	gbt_vector_release(&crossing->weight);
	*crossing = (struct crossing){0};
	return 0;
}

/* Predictions of the fold's rows go to the end of the vectors. */
static void foresee(struct crossing *crossing, const struct gbt_model *model,
		    const struct gbt_table *table, const struct fold *fold)
{
	double *row = mem_array((size_t)model->features + 1, sizeof(*row));
	double *out = mem_array(model->outputs, sizeof(*out));

	for (size_t i = 0; i < fold->tested; i++) {
		uint32_t at = fold->test[i];
		double weight = linear_weight(table, at);

		for (uint32_t f = 0; f < model->features; f++)
			row[f] = table->columns[f][at];
		gbt_predict(model, row, out);
		for (uint32_t k = 0; k < gbt_predictions(model); k++)
			gbt_push(&crossing->score, &out[k], sizeof(*out));
		gbt_push(&crossing->truth, &table->label[at], sizeof(double));
		gbt_push(&crossing->weight, &weight, sizeof(weight));
	}
	mem_free(row);
	mem_free(out);
}

/* The metrics of the rows from `first` on, as a table. */
static void push_metrics(lua_State *L, const struct crossing *crossing,
			 const struct training *training,
			 const struct gbt_model *model, size_t first)
{
	const double *weights = crossing->weight.data;
	struct gbt_sample sample = {
		.truth = (const double *)crossing->truth.data + first,
		.score = (const double *)crossing->score.data +
			 first * gbt_predictions(model),
		.weights = training->view.table.weight ? weights + first : NULL,
		.count = crossing->truth.count - first,
	};

	lmodel_push_metrics(L, model, &sample);
}

static void set_count(lua_State *L, const char *name, size_t value)
{
	lua_pushinteger(L, (lua_Integer)value);
	lua_setfield(L, -2, name);
}

/* Push the fold's metrics and leave its model at `place`. */
static void push_fold(lua_State *L, struct crossing *crossing,
		      const struct training *training, const struct fold *fold,
		      int place)
{
	const struct gbt_table *table = &training->view.table;
	size_t first = crossing->truth.count;
	struct error *err = NULL;
	struct lmodel *model = lmodel_push(L);

	lua_replace(L, place);
	crossing->part = forest_table_new(table, fold->train, fold->trained);
	model->model = model_training_learn(L, training, crossing->part, &err);
	forest_table_free(crossing->part);
	crossing->part = NULL;
	if (!model->model) {
		lerror_raise(L, err);
		return;
	}
	foresee(crossing, model->model, table, fold);
	push_metrics(L, crossing, training, model->model, first);
	set_count(L, "learned", fold->trained);
}

/* Raises an option that makes no sense. */
static void refuse(lua_State *L, const char *name, const char *why)
{
	struct error *err = NULL;

	if (lua_getfield(L, 2, name) != LUA_TNIL) {
		error_set(&err, ERROR_INVALID,
			  "a cross-validation knows no '%s': %s", name, why);
		lerror_raise(L, err);
	}
	lua_pop(L, 1);
}

static struct crossing *push_crossing(lua_State *L,
				      const struct training *training)
{
	const struct gbt_table *table = &training->view.table;
	uint32_t count = (uint32_t)options_count(L, 2, "folds", 2, FOLDS);
	uint64_t seed = (uint64_t)options_count(L, 2, "seed", 0, 1);
	const char *objective = options_text(L, 2, "objective");
	enum gbt_objective found = GBT_BINARY;
	struct linear_rows rows = {.table = table, .count = table->rows};
	struct crossing *crossing;

	luaL_argcheck(L, count <= FOLDS_MAX, 2, "more than 100 folds");
	refuse(L, "from",
	       "that model may have learned the rows it would be "
	       "judged by");
	refuse(L, "group", "it would take groups apart");
	crossing = lua_newuserdatauv(L, sizeof(*crossing), 0);
	*crossing = (struct crossing){0};
	luaL_setmetatable(L, CROSSING);
	if (objective)
		gbt_objective_find(objective, &found);
	rows.binary = found == GBT_BINARY;
	crossing->rows = mem_array(table->rows + 1, sizeof(uint32_t));
	for (size_t i = 0; i < table->rows; i++)
		crossing->rows[i] = (uint32_t)i;
	rows.rows = crossing->rows;
	folds_init(&crossing->folds, &rows, count, training->ordered, seed);
	return crossing;
}

int lmodel_cross(lua_State *L)
{
	struct training *training;
	struct crossing *crossing;
	struct error *err = NULL;
	int place;

	training = model_training_push(L, "folds");
	crossing = push_crossing(L, training);
	if (crossing->folds.count == 0) {
		error_set(&err, ERROR_INVALID,
			  "%zu rows, expected at least %d to take apart",
			  training->table.rows, FOLDS_FEWEST);
		return lerror_raise(L, err);
	}
	lua_pushnil(L);
	place = lua_gettop(L);
	lua_createtable(L, (int)crossing->folds.count, 0);
	for (uint32_t i = 0; i < crossing->folds.count; i++) {
		push_fold(L, crossing, training, &crossing->folds.list[i],
			  place);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	push_metrics(L, crossing, training, lmodel_check(L, place)->model, 0);
	lua_insert(L, -2);
	lua_setfield(L, -2, "folds");
	lua_pushboolean(L, training->ordered);
	lua_setfield(L, -2, "ordered");
	return 1;
}

void lmodel_open_cross(lua_State *L)
{
	luaL_newmetatable(L, CROSSING);
	lua_pushcfunction(L, l_gc);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
}
