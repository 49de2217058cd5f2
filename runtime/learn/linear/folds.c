#include "runtime/learn/linear/folds.h"

#include <string.h>

#include "runtime/base/mem.h"

enum { PARTS = 5, PARTS_OF_FEW = 10, FEW = 1000, NO_PART = UINT8_MAX };

/* Vigna's splitmix64. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15U;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

/* Cards of `count` parts, shuffled anew when they are used up. */
struct deck {
	uint8_t cards[FOLDS_MAX];
	uint32_t count, at;
	uint64_t state;
};

static void deck_init(struct deck *deck, uint32_t count, uint64_t seed)
{
	*deck = (struct deck){.count = count, .at = count, .state = seed};
	for (uint32_t i = 0; i < count; i++)
		deck->cards[i] = (uint8_t)i;
}

static uint8_t draw(struct deck *deck)
{
	if (deck->at == deck->count) {
		for (uint32_t i = deck->count; i > 1; i--) {
			uint32_t other =
				(uint32_t)(next_random(&deck->state) % i);
			uint8_t card = deck->cards[i - 1];

			deck->cards[i - 1] = deck->cards[other];
			deck->cards[other] = card;
		}
		deck->at = 0;
	}
	return deck->cards[deck->at++];
}

/* The part of each row. */
static void assign_any(const struct linear_rows *rows, uint32_t count,
		       uint64_t seed, uint8_t *parts)
{
	struct deck decks[2];

	deck_init(&decks[0], count, seed);
	deck_init(&decks[1], count, seed + 1);
	for (size_t i = 0; i < rows->count; i++) {
		double label = rows->table->label[rows->rows[i]];

		parts[i] = draw(&decks[rows->binary && label > 0]);
	}
}

/* The first 2 of count + 2 pieces are in no part; at least 3 fifths. */
static void assign_ordered(const struct linear_rows *rows, uint32_t count,
			   uint8_t *parts)
{
	size_t from = count == 1 ? rows->count - rows->count / 5
				 : rows->count * 2 / (count + 2);

	for (size_t i = 0; i < rows->count; i++)
		parts[i] = i < from ? NO_PART
				    : (uint8_t)((i - from) * count /
						(rows->count - from));
}

static void fill(struct folds *folds, const struct linear_rows *rows,
		 const uint8_t *parts, bool ordered)
{
	for (uint32_t p = 0; p < folds->count; p++) {
		struct fold *fold = &folds->list[p];

		fold->train = mem_array(rows->count, sizeof(uint32_t));
		fold->test = mem_array(rows->count, sizeof(uint32_t));
		for (size_t i = 0; i < rows->count; i++) {
			bool before = parts[i] == NO_PART || parts[i] < p;

			if (parts[i] == p)
				fold->test[fold->tested++] = rows->rows[i];
			else if (before || !ordered)
				fold->train[fold->trained++] = rows->rows[i];
		}
		folds->tested += fold->tested;
	}
}

/* One part in five: the last one, or any. */
static void assign_one(const struct linear_rows *rows, bool ordered,
		       uint64_t seed, uint8_t *parts)
{
	if (ordered) {
		assign_ordered(rows, 1, parts);
		return;
	}
	assign_any(rows, PARTS, seed, parts);
	for (size_t i = 0; i < rows->count; i++)
		parts[i] = parts[i] == 0 ? 0 : NO_PART;
}

/* Of very many rows of the one part every n-th. */
static void thin(struct folds *folds)
{
	struct fold *fold = folds->list;
	size_t step = (fold->tested + FOLDS_TESTED - 1) / FOLDS_TESTED, at = 0;

	if (step < 2)
		return;
	for (size_t i = 0; i < fold->tested; i += step)
		fold->test[at++] = fold->test[i];
	fold->tested = folds->tested = at;
}

void folds_init(struct folds *folds, const struct linear_rows *rows,
		uint32_t count, bool ordered, uint64_t seed)
{
	bool one = count == 0 && rows->count >= FOLDS_SMALL;
	uint8_t *parts;

	*folds = (struct folds){0};
	if (rows->count < FOLDS_FEWEST)
		return;
	if (count == 0 && !one)
		count = rows->count < FEW ? PARTS_OF_FEW : PARTS;
	if (count > FOLDS_MAX)
		count = FOLDS_MAX;
	if (count > rows->count / 2)
		count = (uint32_t)(rows->count / 2);
	folds->count = one ? 1 : count;
	folds->list = mem_array(folds->count, sizeof(*folds->list));
	parts = mem_alloc(rows->count);
	if (one)
		assign_one(rows, ordered, seed, parts);
	else if (ordered)
		assign_ordered(rows, count, parts);
	else
		assign_any(rows, count, seed, parts);
	fill(folds, rows, parts, ordered);
	if (one)
		thin(folds);
	mem_free(parts);
}

void folds_release(struct folds *folds)
{
	for (uint32_t i = 0; i < folds->count; i++) {
		mem_free(folds->list[i].train);
		mem_free(folds->list[i].test);
	}
	mem_free(folds->list);
	*folds = (struct folds){0};
}
