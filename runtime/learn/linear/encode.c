/* Sums over features: what linear models and rates have in common. */
#include "runtime/learn/linear/encode.h"

#include <math.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/added.h"

uint32_t linear_levels(const struct gbt_table *table, uint32_t feature)
{
	if (!table->levels)
		return 0;
	return table->level_first[feature + 1] - table->level_first[feature];
}

double linear_weight(const struct gbt_table *table, size_t row)
{
	return table->weight ? table->weight[row] : 1;
}

void linear_sum_init(struct linear_sum *sum, const struct gbt_table *table)
{
	uint32_t at = 0;

	*sum = (struct linear_sum){.features = table->features};
	sum->first = mem_array((size_t)table->features + 1, sizeof(uint32_t));
	for (uint32_t i = 0; i < table->features; i++) {
		uint32_t levels = linear_levels(table, i);

		sum->first[i] = at;
		at += levels ? GBT_ADDED_LEVELS + levels : GBT_ADDED_NUMBER;
	}
	sum->first[table->features] = at;
	sum->values = mem_array((size_t)at + 1, sizeof(double));
}

void linear_sum_release(struct linear_sum *sum)
{
	mem_free(sum->first);
	mem_free(sum->values);
	*sum = (struct linear_sum){0};
}

double linear_sum_score(const struct linear_sum *sum,
			const struct gbt_table *table, size_t row)
{
	double score = sum->base;

	for (uint32_t i = 0; i < sum->features; i++) {
		uint32_t first = sum->first[i];

		score += gbt_added_value(
			sum->values + first, sum->first[i + 1] - first,
			linear_levels(table, i) > 0, table->columns[i][row]);
	}
	return score;
}

static void add_number(double *sum, const double *other, double share)
{
	if (other[GBT_ADDED_SLOPE] != 0) {
		sum[GBT_ADDED_LOW] = other[GBT_ADDED_LOW];
		sum[GBT_ADDED_HIGH] = other[GBT_ADDED_HIGH];
	}
	sum[GBT_ADDED_SLOPE] += share * other[GBT_ADDED_SLOPE];
	sum[GBT_ADDED_OFFSET] += share * other[GBT_ADDED_OFFSET];
	sum[GBT_ADDED_MISSING] += share * other[GBT_ADDED_MISSING];
}

void linear_sum_add(struct linear_sum *sum, const struct linear_sum *other,
		    double share, const struct gbt_table *table)
{
	sum->base += share * other->base;
	for (uint32_t i = 0; i < sum->features; i++) {
		uint32_t first = sum->first[i], end = sum->first[i + 1];

		if (!linear_levels(table, i)) {
			add_number(sum->values + first, other->values + first,
				   share);
			continue;
		}
		for (uint32_t k = first; k < end; k++)
			sum->values[k] += share * other->values[k];
	}
}
