#include "runtime/learn/linear/linear.h"

#include <math.h>

#include "runtime/base/mem.h"
#include "runtime/learn/linear/solve.h"

double linear_path(uint32_t index, double weight)
{
	return weight * 10 * pow(10, -0.5 * index);
}

double linear_rows_weight(const struct linear_rows *rows)
{
	double sum = 0;

	for (size_t i = 0; i < rows->count; i++)
		sum += linear_weight(rows->table, rows->rows[i]);
	return sum;
}

static void solve(const struct linear_matrix *matrix, double penalty,
		  double *coefficients)
{
	struct linear_problem problem = {
		.rows = matrix->rows.count,
		.columns = matrix->count,
		.values = matrix->values,
		.target = matrix->target,
		.weights = matrix->weights,
	};

	if (matrix->rows.binary)
		linear_logistic(&problem, penalty, coefficients);
	else
		linear_ridge(&problem, penalty, coefficients);
}

void linear_fit_path(const struct linear_rows *rows, uint32_t count,
		     struct linear_sum *sums)
{
	struct linear_matrix matrix;
	double *coefficients, weight;

	linear_matrix_init(&matrix, rows);
	weight = linear_rows_weight(&matrix.rows);
	coefficients = mem_array((size_t)matrix.count + 1, sizeof(double));
	for (uint32_t i = 0; i < count; i++) {
		solve(&matrix, linear_path(i, weight), coefficients);
		linear_matrix_sum(&matrix, coefficients, &sums[i]);
	}
	mem_free(coefficients);
	linear_matrix_release(&matrix);
}

void linear_fit(const struct linear_rows *rows, double penalty,
		struct linear_sum *sum)
{
	struct linear_matrix matrix;
	double *coefficients;

	linear_matrix_init(&matrix, rows);
	coefficients = mem_array((size_t)matrix.count + 1, sizeof(double));
	solve(&matrix, penalty, coefficients);
	linear_matrix_sum(&matrix, coefficients, sum);
	mem_free(coefficients);
	linear_matrix_release(&matrix);
}
