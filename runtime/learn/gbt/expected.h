/* Models that are part of a program: over features that it knows. */
#pragma once

#include "runtime/learn/gbt/model.h"

enum { GBT_EXPECTED_NAME = 64 };

/* What a model must be over, in this order. */
struct gbt_expected {
	uint32_t features;
	/* Writes the name of a feature, at most `room` bytes. */
	void (*name)(uint32_t feature, char *name, size_t room);
};

/*
 * The model in a copy of `image`. NULL with ERROR_INVALID when it is damaged,
 * or when its features are others, or in another order, or it says more than
 * one number.
 */
struct gbt_model *gbt_model_expect(const void *image, size_t size,
				   const struct gbt_expected *expected,
				   struct error **err);
