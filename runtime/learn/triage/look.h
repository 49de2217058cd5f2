/* A line as the judge sees it: a row of numbers. */
#pragma once

#include "runtime/learn/triage/lexicon.h"

enum { TRIAGE_FEATURES_MAX = 256 };

unsigned triage_features(void); /* at most TRIAGE_FEATURES_MAX */
/* The name of a feature, at most `room` bytes. */
void triage_feature_name(unsigned feature, char *name, size_t room);
/* Fills a row of triage_features() numbers. */
void triage_look(const struct triage_lines *lines, uint32_t i, float *row);
