/* Attention over the guest's own cache of keys and values. */
#ifndef ATTENTION_H
#define ATTENTION_H

#include "model.h"

/* Takes the memory for a model's longest context, besides the cache, which grows with the text. */
int32_t attention_prepare(const struct model *model);

/* Makes room for a position. */
int32_t attention_reserve(const struct model *model, int32_t position);

/* Keeps the keys and values, (kv_heads, head_dim) each, of a position. */
void attention_store(const struct model *model, int32_t block, int32_t position, const float *keys, const float *values);

/* output (heads, head_dim) = attention of a position's queries, (heads, head_dim), to all positions up to its own. */
int32_t attention_run(const struct model *model, int32_t block, int32_t position, const float *queries, float *output);

#endif
