/* Normal equations, and Newton's method over them. */
#include "runtime/learn/linear/solve.h"

#include <math.h>
#include <string.h>

#include "runtime/base/mem.h"

enum { ROUNDS_MAX = 60, HALVES_MAX = 30 };

/* The matrix has a row and a column more, of the constant. */
struct equations {
	size_t size;
	double *matrix; /* owned; the lower half */
	double *vector; /* owned */
};

static void equations_init(struct equations *equations, size_t columns)
{
	equations->size = columns + 1;
	equations->matrix = mem_array(equations->size * equations->size,
				      sizeof(*equations->matrix));
	equations->vector =
		mem_array(equations->size, sizeof(*equations->vector));
}

static void equations_release(struct equations *equations)
{
	mem_free(equations->matrix);
	mem_free(equations->vector);
}

static void equations_clear(struct equations *equations)
{
	size_t size = equations->size;

	memset(equations->matrix, 0, size * size * sizeof(double));
	memset(equations->vector, 0, size * sizeof(double));
}

/* A row that counts `weight` and pulls towards `pull` / `weight`. */
static void add_row(struct equations *equations, const double *row,
		    double weight, double pull)
{
	size_t columns = equations->size - 1;
	double *last = equations->matrix + columns * equations->size;

	for (size_t i = 0; i < columns; i++) {
		double *line = equations->matrix + i * equations->size;
		double part = weight * row[i];

		if (row[i] == 0)
			continue;
		for (size_t k = 0; k <= i; k++)
			line[k] += part * row[k];
		last[i] += part;
		equations->vector[i] += pull * row[i];
	}
	last[columns] += weight;
	equations->vector[columns] += pull;
}

static void add_penalty(struct equations *equations, double penalty)
{
	for (size_t i = 0; i + 1 < equations->size; i++)
		equations->matrix[i * equations->size + i] += penalty;
}

static void factor(double *matrix, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		double *line = matrix + i * size, before = line[i];

		for (size_t k = 0; k <= i; k++) {
			const double *other = matrix + k * size;
			double sum = line[k];

			for (size_t j = 0; j < k; j++)
				sum -= line[j] * other[j];
			if (k < i)
				line[k] = other[k] > 0 ? sum / other[k] : 0;
			else
				line[i] = sum > 1e-13 * before ? sqrt(sum) : 0;
		}
	}
}

void linear_cholesky(double *matrix, double *vector, size_t size)
{
	factor(matrix, size);
	for (size_t i = 0; i < size; i++) {
		const double *line = matrix + i * size;

		for (size_t k = 0; k < i; k++)
			vector[i] -= line[k] * vector[k];
		vector[i] = line[i] > 0 ? vector[i] / line[i] : 0;
	}
	for (size_t i = size; i-- > 0;) {
		for (size_t k = i + 1; k < size; k++)
			vector[i] -= matrix[k * size + i] * vector[k];
		vector[i] = matrix[i * size + i] > 0
				    ? vector[i] / matrix[i * size + i]
				    : 0;
	}
}

static double weight_of(const struct linear_problem *problem, size_t row)
{
	return problem->weights ? problem->weights[row] : 1;
}

void linear_ridge(const struct linear_problem *problem, double penalty,
		  double *coefficients)
{
	struct equations equations;

	equations_init(&equations, problem->columns);
	for (size_t i = 0; i < problem->rows; i++) {
		double weight = weight_of(problem, i);

		add_row(&equations, problem->values + i * problem->columns,
			weight, weight * problem->target[i]);
	}
	add_penalty(&equations, penalty);
	linear_cholesky(equations.matrix, equations.vector, equations.size);
	memcpy(coefficients, equations.vector,
	       equations.size * sizeof(*coefficients));
	equations_release(&equations);
}

double linear_log_loss(double score, double target)
{
	return (score > 0 ? score : 0) + log1p(exp(-fabs(score))) -
	       target * score;
}

double linear_log_odds(double positive, double all)
{
	return log((positive + 0.5) / (all - positive + 0.5));
}

static double score_of(const struct linear_problem *problem, size_t row,
		       const double *coefficients)
{
	const double *values = problem->values + row * problem->columns;
	double sum = coefficients[problem->columns];

	for (uint32_t i = 0; i < problem->columns; i++)
		sum += values[i] * coefficients[i];
	return sum;
}

static double objective(const struct linear_problem *problem, double penalty,
			const double *coefficients)
{
	double sum = 0;

	for (uint32_t i = 0; i < problem->columns; i++)
		sum += coefficients[i] * coefficients[i];
	sum *= penalty / 2;
	for (size_t i = 0; i < problem->rows; i++)
		sum += weight_of(problem, i) *
		       linear_log_loss(score_of(problem, i, coefficients),
				       problem->target[i]);
	return sum;
}

/* Newton's step away from the coefficients, into equations->vector. */
static void find_step(const struct linear_problem *problem, double penalty,
		      const double *coefficients, struct equations *equations)
{
	equations_clear(equations);
	for (size_t i = 0; i < problem->rows; i++) {
		double share =
			1 / (1 + exp(-score_of(problem, i, coefficients)));
		double weight = weight_of(problem, i);

		add_row(equations, problem->values + i * problem->columns,
			weight * (share * (1 - share) + 1e-12),
			weight * (share - problem->target[i]));
	}
	add_penalty(equations, penalty);
	for (uint32_t i = 0; i < problem->columns; i++)
		equations->vector[i] += penalty * coefficients[i];
	linear_cholesky(equations->matrix, equations->vector, equations->size);
}

/* Go as much of the step as makes things better; how far that was. */
static double go(const struct linear_problem *problem, double penalty,
		 const struct equations *equations, double *coefficients,
		 double *now)
{
	double *tried = mem_array(equations->size, sizeof(*tried));
	double part = 1, far = 0;

	for (int i = 0; i < HALVES_MAX; i++) {
		double next;

		for (size_t k = 0; k < equations->size; k++)
			tried[k] =
				coefficients[k] - part * equations->vector[k];
		next = objective(problem, penalty, tried);
		part /= 2;
		if (!(next <= *now))
			continue;
		for (size_t k = 0; k < equations->size; k++)
			far = fmax(far, fabs(tried[k] - coefficients[k]));
		memcpy(coefficients, tried, equations->size * sizeof(*tried));
		*now = next;
		break;
	}
	mem_free(tried);
	return far;
}

static void sum_classes(const struct linear_problem *problem, double *positive,
			double *all)
{
	*positive = *all = 0;
	for (size_t i = 0; i < problem->rows; i++) {
		*positive += weight_of(problem, i) * problem->target[i];
		*all += weight_of(problem, i);
	}
}

void linear_logistic(const struct linear_problem *problem, double penalty,
		     double *coefficients)
{
	struct equations equations;
	double positive, all, now;

	sum_classes(problem, &positive, &all);
	if (!(positive > 0) || !(positive < all)) {
		memset(coefficients, 0,
		       problem->columns * sizeof(*coefficients));
		coefficients[problem->columns] = linear_log_odds(positive, all);
		return;
	}
	equations_init(&equations, problem->columns);
	now = objective(problem, penalty, coefficients);
	for (int round = 0; round < ROUNDS_MAX; round++) {
		find_step(problem, penalty, coefficients, &equations);
		if (go(problem, penalty, &equations, coefficients, &now) < 1e-9)
			break;
	}
	equations_release(&equations);
}
