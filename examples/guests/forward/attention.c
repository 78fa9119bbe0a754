/*
 * The cache comes in pages of 32 positions: (block, kv_head, keys or values, 32, head_dim) halves, as the host keeps them
 * by default. Position t of a weighted sum goes to partial sum t modulo 32, and the partial sums are added as lanes.h adds
 * its lanes: the host's order, that of ggml's products with transposed values.
 */
#include "attention.h"

#include "lanes.h"
#include "memory.h"
#include "numbers.h"
#include "operations.h"

#define PAGE_POSITIONS LANE_COUNT

static uint16_t **pages; /* (context / 32), null until reserved */
static float *scores;    /* (heads of a group, context) */
static float *expanded;  /* (32, head_dim) */
static float *partials;  /* (32, head_dim) */

int32_t attention_prepare(const struct model *m)
{
    size_t group = (size_t)(m->heads / m->kv_heads), row = (size_t)m->head_dim * sizeof(float);
    pages = allocate(((size_t)m->context / PAGE_POSITIONS + 1) * sizeof *pages);
    scores = allocate(group * (size_t)m->context * sizeof *scores);
    expanded = allocate(PAGE_POSITIONS * row);
    partials = allocate(PAGE_POSITIONS * row);
    return pages && scores && expanded && partials ? 0 : FORWARD_NO_ROOM;
}

int32_t attention_reserve(const struct model *m, int32_t position)
{
    uint16_t **page = &pages[position / PAGE_POSITIONS];
    if (*page != NULL) return 0;
    uint64_t halves = (uint64_t)m->block_count * (uint64_t)m->kv_heads * 2 * PAGE_POSITIONS * (uint64_t)m->head_dim;
    if (halves > SIZE_MAX / sizeof(uint16_t)) return FORWARD_NO_ROOM;
    *page = allocate((size_t)halves * sizeof(uint16_t));
    return *page != NULL ? 0 : FORWARD_NO_ROOM;
}

/* The 32 rows of keys (0) or values (1) in the page of a position. */
static uint16_t *rows_of(const struct model *m, int32_t block, int32_t kv_head, int32_t position, int kind)
{
    size_t index = ((size_t)block * (size_t)m->kv_heads + (size_t)kv_head) * 2 + (size_t)kind;
    return pages[position / PAGE_POSITIONS] + index * PAGE_POSITIONS * (size_t)m->head_dim;
}

void attention_store(const struct model *m, int32_t block, int32_t position, const float *keys, const float *values)
{
    int32_t at = position % PAGE_POSITIONS * m->head_dim;
    for (int32_t h = 0; h < m->kv_heads; h++) {
        uint16_t *key = rows_of(m, block, h, position, 0) + at, *value = rows_of(m, block, h, position, 1) + at;
        for (int32_t i = 0; i < m->head_dim; i++) {
            key[i] = half_of(keys[h * m->head_dim + i]);
            value[i] = half_of(values[h * m->head_dim + i]);
        }
    }
}

/* Rows of the page that begins at a position, as floats; returns how many are in use. */
static int32_t expand(const struct model *m, int32_t block, int32_t kv_head, int32_t from, int32_t length, int kind)
{
    int32_t count = length - from < PAGE_POSITIONS ? length - from : PAGE_POSITIONS;
    const uint16_t *halves = rows_of(m, block, kv_head, from, kind);
    for (int32_t i = 0; i < count * m->head_dim; i++) expanded[i] = half_to_float(halves[i]);
    return count;
}

static void combine(int32_t head_dim, float *output)
{
    for (int32_t i = 0; i < head_dim; i++) {
        float lanes[LANE_COUNT];
        for (int l = 0; l < LANE_COUNT; l++) lanes[l] = partials[l * head_dim + i];
        for (int width = LANE_COUNT / 2; width >= 4; width /= 2)
            for (int l = 0; l < width; l++) lanes[l] += lanes[l + width];
        output[i] = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    }
}

/* One query head; its weights are a row of scores. */
static void weigh(const struct model *m, int32_t block, int32_t kv_head, int32_t length, const float *weights, float *output)
{
    for (int32_t i = 0; i < LANE_COUNT * m->head_dim; i++) partials[i] = 0;
    for (int32_t from = 0; from < length; from += PAGE_POSITIONS) {
        int32_t count = expand(m, block, kv_head, from, length, 1);
        for (int32_t t = 0; t < count; t++) {
            float weight = weights[from + t];
            float *sum = partials + t * m->head_dim;
            const float *value = expanded + t * m->head_dim;
            for (int32_t i = 0; i < m->head_dim; i++) sum[i] += weight * value[i];
        }
    }
    combine(m->head_dim, output);
}

int32_t attention_run(const struct model *m, int32_t block, int32_t position, const float *queries, float *output)
{
    int32_t group = m->heads / m->kv_heads, length = position + 1;
    for (int32_t kv_head = 0; kv_head < m->kv_heads; kv_head++) {
        int32_t first = kv_head * group;
        for (int32_t from = 0; from < length; from += PAGE_POSITIONS) {
            int32_t count = expand(m, block, kv_head, from, length, 0);
            for (int32_t h = 0; h < group; h++)
                for (int32_t t = 0; t < count; t++)
                    scores[h * m->context + from + t] =
                        dot(queries + (first + h) * m->head_dim, expanded + t * m->head_dim, m->head_dim) * m->attention_scale;
        }
        for (int32_t h = 0; h < group; h++) {
            TRY(operation_softmax(scores + h * m->context, length));
            weigh(m, block, kv_head, length, scores + h * m->context, output + (first + h) * m->head_dim);
        }
    }
    return 0;
}
